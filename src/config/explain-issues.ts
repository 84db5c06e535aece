/**
 * @module
 * Turns zod's issues into one `ConfigError` that names each key, the expected value and the nearest name.
 */
import type { z } from "zod";
import { ConfigError } from "../errors/index.ts";
import { expectedText, isSettings, nearestName, valueAt } from "../parts/index.ts";
import { nearestSettings, OTHER_NAMES } from "./nearest-setting.ts";
import { keysAt } from "./schema-keys.ts";

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join(".");
}

/** Why a key is not allowed at its place. */
function explainUnknown(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
  key: string,
  input: unknown,
): string {
  const full = dotted([...path, key]);
  const known = keysAt(schema, path);
  const elsewhere = known.filter((candidate) => candidate.name === key && candidate.kind !== undefined);
  const near = nearestSettings(schema, path, key, input);
  const hint = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
  if (elsewhere.length > 0) {
    const parent = valueAt(input, path);
    const kind = isSettings(parent) ? parent["kind"] : undefined;
    const owners = [...new Set(elsewhere.map((candidate) => `"${candidate.kind}"`))].join(", ");
    const meant = Object.hasOwn(OTHER_NAMES, key) ? hint : "";
    return `${full} does not apply to ${dotted(path)}.kind "${String(kind)}"; it belongs to ${owners}${meant}`;
  }
  return `unknown key ${full}${hint}`;
}

function explain(schema: z.core.$ZodType, issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => explainUnknown(schema, issue.path, key, input));
  }
  const where = dotted(issue.path);
  const got = valueAt(input, issue.path);
  if (issue.code === "invalid_union" && issue.path.at(-1) === "kind") {
    const kinds = [...new Set(keysAt(schema, issue.path.slice(0, -1)).flatMap(({ kind }) => kind ?? []))];
    const near = typeof got === "string" ? nearestName(got, kinds) : undefined;
    const hint = near === undefined ? "" : `; did you mean "${near}"?`;
    return [`${where}: expected one of ${kinds.join(", ")}, got ${JSON.stringify(got) ?? "nothing"}${hint}`];
  }
  const said = expectedText(issue);
  const shown = said.includes("got ") ? "" : `, got ${JSON.stringify(got) ?? "nothing"}`;
  return [`${where === "" ? "config" : where}: ${said}${shown}`];
}

/** One error for all of zod's issues. */
export function configErrorFrom(
  schema: z.core.$ZodType,
  error: z.core.$ZodError,
  input: unknown,
): ConfigError {
  const lines = error.issues.flatMap((issue) => explain(schema, issue, input));
  return new ConfigError(
    lines.length === 1 ? (lines[0] ?? "") : `${lines.length} problems:\n  ${lines.join("\n  ")}`,
  );
}
