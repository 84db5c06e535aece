/**
 * @module
 * Failures of user code as errors that name the part.
 */
import { FoveaError, PartError } from "../errors/index.ts";
import { errorText } from "./error-text.ts";

/** A failure of a user's part as an error that names it; typed errors stay as they are. */
export function partError(error: unknown, part: string): Error {
  if (error instanceof FoveaError) return error;
  return new PartError(`${part}: ${errorText(error)}`, { cause: error });
}
