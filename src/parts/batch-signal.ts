/**
 * @module
 * A signal for work on many completions at once.
 */
import { setMaxListeners } from "node:events";

/**
 * A signal that is aborted with any of the given signals, for the same reason, and may have any number of listeners. Each
 * completion of a batch listens for itself, and Node warns of a leak above ten listeners.
 *
 * @returns undefined if none is given
 */
export function batchSignal(...given: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const signals = given.filter((signal) => signal !== undefined);
  if (signals.length === 0) return undefined;
  const own = AbortSignal.any(signals);
  setMaxListeners(0, own);
  return own;
}
