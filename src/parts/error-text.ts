/**
 * @module
 * The message of any value that user code throws.
 */
import { errorPlace } from "./error-place.ts";
import { isFrozenFault } from "./frozen.ts";
import { shownValue } from "./shown-value.ts";

function messageOf(error: Error): string {
  if (isFrozenFault(error)) {
    return `${error.message}; if it is an input, it cannot be changed in place: change a copy such as [...list]`;
  }
  return error.message === "" ? error.name : error.message;
}

/** The message of an error and its place in the user's file, or the thrown text itself; any other value is described. */
export function errorText(error: unknown): string {
  if (error instanceof Error) {
    const place = errorPlace(error);
    return place === undefined ? messageOf(error) : `${messageOf(error)}, at ${place}`;
  }
  if (typeof error === "string" && error !== "") return error;
  return `threw ${shownValue(error)}, expected an Error`;
}
