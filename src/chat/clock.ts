/**
 * @module
 * The clock that a client waits by.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

/** Time, for tests one that passes at once. */
export interface Clock {
  /** Milliseconds from any fixed moment. */
  now(): number;
  /** Ends early when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    await sleepFor(milliseconds, undefined, signal && { signal }).catch(() => undefined);
  },
};
