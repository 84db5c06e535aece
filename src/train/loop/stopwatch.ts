/**
 * @module
 * Seconds per phase of an iteration.
 */

/** The timed phases; `wait` is for a batch that is sampled ahead. */
export type TimedPhase = "wait" | "prepare" | "sample" | "verify" | "credit" | "score" | "update";

/** Adds up the time spent in each phase. */
export class Stopwatch {
  readonly #clock: () => number;
  readonly #start: number;
  readonly #spent = new Map<TimedPhase, number>();

  /** @param clock milliseconds from any fixed moment */
  constructor(clock: () => number) {
    this.#clock = clock;
    this.#start = clock();
  }

  /** Runs the work and adds its time to a phase. */
  async time<T>(phase: TimedPhase, work: () => Promise<T>): Promise<T> {
    const start = this.#clock();
    try {
      return await work();
    } finally {
      this.#spent.set(phase, (this.#spent.get(phase) ?? 0) + this.#clock() - start);
    }
  }

  /** Seconds of each phase so far; 0 for phases not entered. */
  seconds(phase: TimedPhase): number {
    return (this.#spent.get(phase) ?? 0) / 1000;
  }

  /** Seconds since the stopwatch was made. */
  total(): number {
    return (this.#clock() - this.#start) / 1000;
  }
}
