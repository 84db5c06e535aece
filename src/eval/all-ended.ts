/**
 * @module
 * Tasks that write to one file at the same time: all of them end before the error of one is thrown.
 */

/** Waits until all tasks have ended, then throws the error of the first in the list that failed. */
export async function allEnded(tasks: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(tasks)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}
