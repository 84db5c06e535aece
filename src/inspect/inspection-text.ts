/**
 * @module
 * An inspection for the terminal: tokens down, numbers and methods across.
 */
import { textTable } from "../eval/index.ts";
import type { CompletionInspection } from "./inspection.ts";

const fixed = (values: readonly number[] | null | undefined, t: number) =>
  values === null || values === undefined ? "" : values[t]!.toFixed(3);

/** Alternatives that the table shows of a token. */
const SHOWN = 3;

/**
 * The table, and below it why a method is missing.
 *
 * @param alternativeTexts `[T][k]` texts of the likeliest tokens in the place of each
 */
export function inspectionText(
  tokenTexts: readonly string[],
  inspection: CompletionInspection,
  alternativeTexts?: readonly (readonly string[])[],
): string {
  const { logprobs, entropy, signals, withoutImage, methods, alternatives } = inspection;
  const likeliest = (t: number) =>
    (alternatives?.[t] ?? [])
      .slice(0, SHOWN)
      .map(
        ({ logprob }, i) =>
          `${JSON.stringify(alternativeTexts?.[t]?.[i] ?? "")} ${(100 * Math.exp(logprob)).toFixed(0)} %`,
      )
      .join(", ");
  const shown = methods.filter(({ weights }) => weights !== null);
  const table = [
    [
      "token",
      "log-prob",
      ...(entropy ? ["entropy"] : []),
      ...signals.map(({ label }) => label),
      ...(withoutImage ? ["without image"] : []),
      ...shown.map(({ kind }) => kind),
      ...(alternatives ? ["likeliest"] : []),
    ],
    ...tokenTexts.map((text, t) => [
      JSON.stringify(text),
      fixed(logprobs, t),
      ...(entropy ? [fixed(entropy, t)] : []),
      ...signals.map(({ values }) => fixed(values, t)),
      ...(withoutImage ? [fixed(withoutImage, t)] : []),
      ...shown.map(({ weights, roles }) =>
        [fixed(weights, t), ...(roles ? [roles[t] ?? ""] : [])].join(" ").trim(),
      ),
      ...(alternatives ? [likeliest(t)] : []),
    ]),
  ];
  const missing = methods.flatMap(({ kind, missing: why }) => (why === undefined ? [] : [`${kind}: ${why}`]));
  return `${[textTable(table), ...missing].join("\n")}\n`;
}
