/**
 * @module
 * A tree of settings: plain objects of JSON values.
 */

/** A tree of settings, as read from a file or built from flags. */
export interface Settings {
  readonly [key: string]: unknown;
}

/** True for a plain object, false for arrays, null and values. */
export function isSettings(value: unknown): value is Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The values of a tree by dotted key; lists are values.
 *
 * @example
 * dottedValues({ train: { groupSize: 8 } }); // [["train.groupSize", 8]]
 */
export function dottedValues(tree: unknown, key = ""): [key: string, value: unknown][] {
  if (!isSettings(tree)) return [[key, tree]];
  return Object.entries(tree).flatMap(([name, inner]) =>
    dottedValues(inner, key === "" ? name : `${key}.${name}`),
  );
}
