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
