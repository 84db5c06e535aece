/**
 * @module
 * The words of anything that code of a user's own may throw.
 */
import { shownValue } from "./shown-value.ts";

/** The message of an error; of anything else, what was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  return `${shownValue(error)} thrown`;
}
