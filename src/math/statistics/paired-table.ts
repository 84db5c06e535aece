/**
 * @module
 * The table of two binary evaluations of the same problems.
 */
import { NumericError } from "../../errors/index.ts";
import { requireArray, requireLength, requireObject } from "../check.ts";

/** Problems by who is right. */
export interface PairedTable {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * Counts problems by which of two evaluations is right.
 *
 * @param first `[P]`, 1 where right, else 0
 * @param second `[P]`, on the same problems in the same order
 * @throws ShapeError when the lengths differ
 * @throws NumericError when a score is neither 0 nor 1
 * @example
 * pairedTable([1, 1, 0, 0], [1, 0, 0, 0]); // { both: 1, onlyFirst: 1, onlySecond: 0, neither: 2 }
 */
export function pairedTable(first: ArrayLike<number>, second: ArrayLike<number>): PairedTable {
  requireArray("first", first);
  requireLength("second", second, first.length);
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  for (let p = 0; p < first.length; p++) {
    const isFirst = isRight("first", p, first[p]!);
    const isSecond = isRight("second", p, second[p]!);
    if (isFirst) counts[isSecond ? "both" : "onlyFirst"]++;
    else counts[isSecond ? "onlySecond" : "neither"]++;
  }
  return counts;
}

/**
 * The number of problems in a table.
 *
 * @throws ShapeError without a table
 * @throws NumericError when a count is not an integer ≥ 0
 */
export function tableSize(table: PairedTable): number {
  requireObject("table", table);
  const { both, onlyFirst, onlySecond, neither } = table;
  for (const [name, count] of Object.entries({ both, onlyFirst, onlySecond, neither })) {
    if (!(Number.isSafeInteger(count) && count >= 0)) {
      throw new NumericError(`${name}: expected an integer ≥ 0, got ${count}`);
    }
  }
  return both + onlyFirst + onlySecond + neither;
}

function isRight(name: string, p: number, score: number): boolean {
  if (score !== 0 && score !== 1) throw new NumericError(`${name}[${p}]: expected 0 or 1, got ${score}`);
  return score === 1;
}
