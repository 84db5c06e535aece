/**
 * @module
 * The words of anything that code of a user's own may throw.
 */
import { shownValue } from "./shown-value.ts";

/** The message of an error, or a text that was thrown; of anything else, what it is. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  if (typeof error === "string" && error !== "") return error;
  return `threw ${shownValue(error)}, expected an Error`;
}
