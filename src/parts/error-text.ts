/**
 * @module
 * The message of any value that user code throws.
 */
import { isFrozenFault } from "./frozen.ts";
import { shownValue } from "./shown-value.ts";

/** The message of an error, or the thrown text itself; any other value is described. */
export function errorText(error: unknown): string {
  if (isFrozenFault(error)) {
    return `${(error as Error).message}; if it is an input, it cannot be changed in place: change a copy such as [...list]`;
  }
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  if (typeof error === "string" && error !== "") return error;
  return `threw ${shownValue(error)}, expected an Error`;
}
