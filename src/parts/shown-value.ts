/**
 * @module
 * A short description of a value that user code returned, for error messages.
 */

/** Characters that are quoted of a text. */
const QUOTED = 60;
/** Keys that are named of an object. */
const NAMED = 8;

/** A text in quotes, the size of an array or of bytes, a promise, the keys of an object, or any other value as a literal. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof Promise) return "a promise";
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value);
    const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : "";
    return `an object with ${keys.slice(0, NAMED).join(", ") || "nothing"}${more}`;
  }
  return typeof value === "string" ? JSON.stringify(value.slice(0, QUOTED)) : String(value);
}
