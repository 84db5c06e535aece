/**
 * @module
 * The clock that a client waits by.
 */
import { setTimeout as sleepFor } from "node:timers/promises";

/** Time as a client sees it; tests pass one of their own. */
export interface Clock {
  /** Milliseconds from any fixed moment. */
  now(): number;
  /** Ends early when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => {
    // Aborted, it is over: what the signal means is looked at afterwards.
    await sleepFor(milliseconds, undefined, signal && { signal }).catch(() => undefined);
  },
};
