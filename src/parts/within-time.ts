/**
 * @module
 * Waits for user code, with a time limit and until the caller cancels.
 */
import { timerMs } from "./timer-ms.ts";

/** How long work may take. */
export interface TimeLimit {
  readonly milliseconds: number;
  /** The error of work that takes longer. */
  readonly late: () => Error;
  /** When aborted, the wait ends. */
  readonly signal?: AbortSignal | undefined;
}

function isThenable<T>(work: T | PromiseLike<T>): work is PromiseLike<T> {
  return typeof (work as { readonly then?: unknown } | null | undefined)?.then === "function";
}

/**
 * The result of work that may be a promise. After a timeout the work itself continues; its result is ignored.
 *
 * @throws the work's own error, the limit's error after a timeout, or the signal's reason when it is aborted
 */
export async function withinTime<T>(
  work: T | PromiseLike<T>,
  { milliseconds, late, signal }: TimeLimit,
): Promise<T> {
  if (!isThenable(work)) return work;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => {};
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), timerMs(milliseconds));
    onAbort = () => reject(signal?.reason);
    if (signal?.aborted) onAbort();
    else signal?.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
