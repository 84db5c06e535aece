/**
 * @module
 * Counts consecutive iterations without an update, and when to warn.
 */
import type { IterationMetrics } from "./iteration-metrics.ts";

/** Iterations without an update before the first warning; the interval doubles with each warning. */
const FIRST = 3;

/** The state that a checkpoint keeps: iterations in a row, and at how many the next warning is given. */
export interface SavedIdle {
  readonly inARow: number;
  readonly next: number;
  readonly unrewardedInARow: number;
}

/** Counts iterations in which no step was made. */
export class IdleIterations {
  #inARow: number;
  #next: number;
  #unrewardedInARow: number;

  constructor(
    { inARow, next, unrewardedInARow }: SavedIdle = { inARow: 0, next: FIRST, unrewardedInARow: 0 },
  ) {
    this.#inARow = inARow;
    this.#next = next;
    this.#unrewardedInARow = unrewardedInARow;
  }

  /** The state for a checkpoint. */
  get saved(): SavedIdle {
    return { inARow: this.#inARow, next: this.#next, unrewardedInARow: this.#unrewardedInARow };
  }

  /** Warnings about an iteration. */
  add(metrics: IterationMetrics): string[] {
    const { iteration, steps, completions, withoutAnswer, unscorable } = metrics;
    const isUnrewarded = completions > 0 && unscorable === completions;
    const unread =
      withoutAnswer === 1 && completions > 0
        ? `the verdict found no answer in any of the ${completions} completions; see prompt.format and verdict.from`
        : undefined;
    if (steps > 0) {
      this.#inARow = 0;
      this.#unrewardedInARow = 0;
      this.#next = FIRST;
      return iteration === 1 && unread !== undefined ? [unread] : [];
    }
    this.#inARow += 1;
    if (isUnrewarded) return this.#unrewarded(completions);
    this.#unrewardedInARow = 0;
    if (this.#inARow < this.#next) return iteration === 1 && unread !== undefined ? [unread] : [];
    this.#next *= 2;
    return [`no update in ${this.#inARow} iterations in a row: ${reasonOf(metrics, unread)}`];
  }

  /** Warns at the first such iteration in a row, the second, the fourth, and so on. */
  #unrewarded(completions: number): string[] {
    this.#unrewardedInARow += 1;
    if (!Number.isInteger(Math.log2(this.#unrewardedInARow))) return [];
    const times = this.#unrewardedInARow === 1 ? "" : ` in ${this.#unrewardedInARow} iterations in a row`;
    return [
      `no update${times}: none of the ${completions} completions has a reward, since a reward or the verdict gave null for each`,
    ];
  }
}

/** Why an iteration made no step. */
function reasonOf({ skipReason, usedGroups, reward }: IterationMetrics, unread: string | undefined): string {
  if (skipReason !== undefined) return `the step of the last was skipped: ${skipReason}`;
  if (usedGroups > 0) return "no token had a gradient";
  const why = unread ?? `the mean reward was ${reward.toFixed(3)}`;
  return `all completions of each problem had the same reward; ${why}; fovea train --try shows whether any answer can be right`;
}
