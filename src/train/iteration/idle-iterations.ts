/**
 * @module
 * Iterations that teach nothing, in a row, and when to say so.
 */
import type { IterationMetrics } from "./iteration-metrics.ts";

/** Iterations without a used group before the user is warned; the next warnings come after twice as many each time. */
const FIRST = 3;

/** Counts iterations in which no group was learnt from. */
export class IdleIterations {
  #inARow = 0;
  #next = FIRST;

  /** Warnings about an iteration. */
  add({ iteration, usedGroups, completions, withoutAnswer, reward }: IterationMetrics): string[] {
    const unread =
      withoutAnswer === 1 && completions > 0
        ? `the verdict read no answer in any of the ${completions} completions; see prompt.format and verdict.from`
        : undefined;
    if (usedGroups > 0) {
      this.#inARow = 0;
      this.#next = FIRST;
      return iteration === 1 && unread !== undefined ? [unread] : [];
    }
    this.#inARow += 1;
    if (this.#inARow < this.#next) return iteration === 1 && unread !== undefined ? [unread] : [];
    this.#next *= 2;
    const why = unread ?? `the mean reward was ${reward.toFixed(3)}`;
    return [
      `nothing was learnt in ${this.#inARow} iterations in a row: all completions of each problem had the same reward; ${why}`,
    ];
  }
}
