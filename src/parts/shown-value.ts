/**
 * @module
 * A short description of a value that user code returned, for error messages.
 */

/** Characters that are quoted of a text. */
const QUOTED = 60;

/** A text in quotes, the size of an array, a promise, the keys of an object, or any other value as a literal. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object" && value !== null) {
    return `an object with ${Object.keys(value).join(", ") || "nothing"}`;
  }
  return typeof value === "string" ? JSON.stringify(value.slice(0, QUOTED)) : String(value);
}
