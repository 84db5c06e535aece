/**
 * @module
 * A clock on which waiting takes no time.
 */
import type { Clock } from "../http/index.ts";

export interface QuickClock extends Clock {
  /** Milliseconds that were waited. */
  readonly waited: () => number;
}

/** Makes a clock at 0. */
export function quickClock(): QuickClock {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
    waited: () => now,
  };
}
