/**
 * @module
 * A gate before a server: so many requests at once, and none during a pause.
 */
import type { Clock } from "../http/index.ts";

export class RequestGate {
  readonly #clock: Clock;
  readonly #queue: (() => void)[] = [];
  #free: number;
  #pausedUntil = -Infinity;

  constructor(limit: number, clock: Clock) {
    this.#free = limit;
    this.#clock = clock;
  }

  /** Runs work once there is room for it, in the order of calls. */
  async within<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    else this.#free -= 1;
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** From now on nothing passes before this moment of the clock. */
  pauseUntil(moment: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, moment);
  }

  /** Waits for the end of the pause, if there is one. */
  async pause(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const left = this.#pausedUntil - this.#clock.now();
      if (left <= 0) return;
      await this.#clock.sleep(left, signal);
    }
  }
}
