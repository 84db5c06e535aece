/**
 * @module
 * Differences between two trees of settings, for the error of a refused resume.
 */
import { isSettings } from "../../parts/index.ts";

/** Dotted keys whose values differ, with both values, in the order of the first tree; items of lists by their place. */
export function differences(before: unknown, after: unknown, prefix = ""): string[] {
  const areLists = Array.isArray(before) && Array.isArray(after) && before.length === after.length;
  if (areLists && before.every(isSettings) && after.every(isSettings)) {
    return before.flatMap((item, i) => differences(item, after[i], `${prefix}.${i}`));
  }
  if (isSettings(before) && isSettings(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      differences(before[key], after[key], prefix === "" ? key : `${prefix}.${key}`),
    );
  }
  const was = JSON.stringify(before) ?? "unset";
  const is = JSON.stringify(after) ?? "unset";
  return was === is ? [] : [`${prefix}: ${was} before, ${is} now`];
}
