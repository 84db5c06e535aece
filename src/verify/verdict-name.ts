/**
 * @module
 * The name of a verdict for the record: its kind and the options that change its decisions. Two verdicts that may decide
 * differently have two names.
 */
import { createHash } from "node:crypto";

/** Longer values are shown by their hash. */
const MAX_SHOWN = 60;

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
  return text.length <= MAX_SHOWN
    ? text
    : `sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

/**
 * A verdict's name with its options that are not the defaults.
 *
 * @example
 * verdictName("answer", { from: "mark" }, { from: "anywhere" }); // "answer, from mark"
 */
export function verdictName(
  name: string,
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): string {
  const parts = Object.entries(options).flatMap(([option, value]) =>
    value === undefined || JSON.stringify(value) === JSON.stringify(defaults[option])
      ? []
      : [`${option} ${shown(value)}`],
  );
  return [name, ...parts].join(", ");
}
