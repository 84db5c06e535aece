/**
 * @module
 * Counts of a task's own measures, added over answers.
 */
import type { Tally, Task } from "../data/index.ts";
import { DataError } from "../errors/index.ts";

/** Sums of counts by name. */
export class TallySums extends Map<string, Tally> {
  /** Adds the counts of one answer. */
  add(name: string, { right, of }: Tally): void {
    const sum = this.get(name) ?? { right: 0, of: 0 };
    this.set(name, { right: sum.right + right, of: sum.of + of });
  }

  /** The sum over all names. */
  get total(): Tally {
    let [right, of] = [0, 0];
    for (const tally of this.values()) {
      right += tally.right;
      of += tally.of;
    }
    return { right, of };
  }
}

/**
 * A task's counts of one answer.
 *
 * @throws DataError when a count is no count, naming the measure and the problem
 */
export function talliesOf(
  measures: NonNullable<Task["measures"]>,
  ...[problem, text, isRight]: Parameters<NonNullable<Task["measures"]>>
): readonly (readonly [name: string, tally: Tally])[] {
  const tallies = Object.entries(measures(problem, text, isRight));
  for (const [name, { right, of }] of tallies) {
    if (Number.isInteger(right) && Number.isInteger(of) && right >= 0 && right <= of) continue;
    throw new DataError(
      `measure ${name} of problem ${problem.id}: expected whole numbers 0 ≤ right ≤ of, got ${right} of ${of}`,
    );
  }
  return tallies;
}
