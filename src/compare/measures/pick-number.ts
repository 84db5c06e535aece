/**
 * @module
 * A number out of a diagnosis, by its path: keys, and items of lists that have these values, such as
 * `connectivity[row=own].heldByAnchors`.
 */
import type { ModelDiagnosis } from "../../diagnose/index.ts";
import { ConfigError } from "../../errors/index.ts";
import { isSettings } from "../../parts/index.ts";

/** A step of a path: a key, and of the list there the item that has these values. */
const STEP = /^(?<key>\w+)(?:\[(?<where>[^\]]+)\])?$/;

/** Steps of a path; dots within brackets part nothing. */
const stepsOf = (path: string) => path.match(/(?:[^.[\]]+(?:\[[^\]]*\])?)/g) ?? [];

/** Conditions of a step, `[key, value]` each. */
const conditionsOf = (where: string): [string, string][] =>
  where.split(",").map((condition) => {
    const [key = "", value = ""] = condition.split("=");
    return [key.trim(), value.trim()];
  });

/** The parts of a diagnosis; parts that are true may be missing. */
const PARTS: Readonly<Record<Exclude<keyof ModelDiagnosis, "name" | "leftOut">, boolean>> = {
  completions: false,
  tokens: false,
  accuracy: false,
  correlation: false,
  intervention: false,
  timeCourse: false,
  alignment: false,
  roleAccuracy: false,
  connectivity: false,
  grounding: true,
  agreement: true,
};

/** Values that a path's conditions may have, by their key; other keys may have any value. */
export type Allowed = Readonly<Record<string, readonly string[]>>;

/**
 * Fails where a path asks for a part or an item that no diagnosis of this measure can have.
 *
 * @throws ConfigError naming the part or the condition
 */
export function checkPath(path: string, allowed: Allowed, where: string): void {
  const [part = ""] = stepsOf(path).map((step) => STEP.exec(step)?.groups?.["key"]);
  if (!(part in PARTS)) {
    const known = Object.keys(PARTS).join(", ");
    throw new ConfigError(`${where}.pick: expected a path that begins with one of ${known}, got ${path}`);
  }
  for (const step of stepsOf(path)) {
    for (const [key, value] of conditionsOf(STEP.exec(step)?.groups?.["where"] ?? "")) {
      const values = allowed[key];
      if (values === undefined || values.includes(value)) continue;
      const expected = values.length === 0 ? "none" : values.join(" or ");
      throw new ConfigError(`${where}.pick: expected ${key}=${expected} in ${path}, got ${key}=${value}`);
    }
  }
}

/** The item of a list that meets conditions; null if no item does, undefined if an item lacks one of their keys. */
function itemOf(list: readonly unknown[], conditions: readonly [string, string][]): unknown {
  const found = list.find((item) =>
    conditions.every(([key, wanted]) => isSettings(item) && String(item[key]) === wanted),
  );
  if (found !== undefined) return found;
  const haveKeys = list.every((item) => conditions.every(([key]) => isSettings(item) && key in item));
  return haveKeys ? null : undefined;
}

/**
 * The number at a path; NaN where the diagnosis has none, since nothing of that kind was found: a list without the item, or a
 * share of no tokens.
 *
 * @throws ConfigError naming the step that no diagnosis has
 */
export function numberAt(value: unknown, path: string, where: string): number {
  let here = value;
  for (const [i, step] of stepsOf(path).entries()) {
    const { key, where: condition } = STEP.exec(step)?.groups ?? {};
    const inner = isSettings(here) && key !== undefined ? here[key] : undefined;
    here = condition !== undefined && Array.isArray(inner) ? itemOf(inner, conditionsOf(condition)) : inner;
    const isMissingPart = here === undefined && i === 0 && PARTS[key as keyof typeof PARTS];
    // JSON has no NaN.
    if (here === null || isMissingPart) return Number.NaN;
    if (here === undefined) throw new ConfigError(`${where}.pick: the diagnosis has no ${step} in ${path}`);
  }
  const estimate = isSettings(here) && "estimate" in here ? here["estimate"] : here;
  if (estimate === null) return Number.NaN;
  if (typeof estimate === "number") return estimate;
  throw new ConfigError(`${where}.pick: expected the place of a number, got ${path}`);
}
