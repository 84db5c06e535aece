/**
 * @module
 * Words on the warnings of a run.
 */
import type { RunWarning } from "./protocol.ts";

/** When a warning came, and what it says. */
export function warningText({ message, first, last, times }: RunWarning): string {
  const when = times === 1 ? `iteration ${first}` : `iterations ${first} to ${last}, ${times} times`;
  return `${when}: ${message}`;
}
