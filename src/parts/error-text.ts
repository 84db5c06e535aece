/**
 * @module
 * The words of anything that code of a user's own may throw.
 */

/** The message of an error; of anything else, what it is. */
export function errorText(error: unknown): string {
  if (error instanceof Error) return error.message === "" ? error.name : error.message;
  const text = typeof error === "object" ? JSON.stringify(error) : String(error);
  return `${typeof error} ${text ?? ""} thrown`;
}
