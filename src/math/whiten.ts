/**
 * @module
 * Whitening over a batch of completions of unequal length.
 */
import { NumericError } from "../errors/index.ts";
import { requireFinite, requireLength, requireNumber, requireObjects } from "./check.ts";

/**
 * Shifts and scales all counted numbers of a batch to mean 0 and variance 1.
 *
 *     x ← (x − x̄) / √(var x + epsilon)          mean and variance over n and n − 1 counted tokens of the batch
 *
 * Source: implementations of PPO for language models (verl, TRL); arXiv:1707.06347 does not print it. Equal numbers
 * and a single one give 0.
 *
 * @param rows `[B][T]`
 * @param masks `[B][T]`, 1 where the token counts
 * @param epsilon against division by 0. Default 1e-8
 * @returns `[B][T]`; 0 at masked tokens
 * @throws ShapeError when masks and rows differ in shape
 * @throws NumericError when epsilon is not a finite number ≥ 0, or a counted number or the difference of two is not finite
 */
export function whiten(
  rows: readonly ArrayLike<number>[],
  masks: readonly ArrayLike<number>[],
  epsilon = 1e-8,
): Float64Array[] {
  requireNumber("epsilon", epsilon, 0);
  requireObjects("rows", rows);
  requireLength("masks", masks, rows.length);
  for (const [i, row] of rows.entries()) {
    requireLength(`masks[${i}]`, masks[i], row.length);
    requireFinite(`rows[${i}]`, row, masks[i]);
  }
  const counted = rows.flatMap((row, i) => Array.from(row).filter((_, t) => masks[i]![t] !== 0));
  const first = counted[0] ?? 0;
  const areEqual = counted.every((value) => value === first);
  let centre = 0;
  for (const value of counted) centre += value / counted.length;
  // By the greatest of them, so that squares of very small or large numbers neither vanish nor overflow.
  let greatest = 0;
  for (const value of counted) greatest = Math.max(greatest, Math.abs(value - centre));
  let squares = 0;
  for (const value of counted) squares += ((value - centre) / (greatest || 1)) ** 2;
  const deviation = greatest * Math.sqrt(squares / (counted.length - 1));
  const divisor = epsilon === 0 || deviation > 1e100 ? deviation : Math.sqrt(deviation ** 2 + epsilon);
  const isFlat = areEqual || greatest === 0;
  if (!isFlat && !Number.isFinite(divisor)) {
    throw new NumericError("rows: they differ by more than a number can hold");
  }
  return rows.map((row, i) =>
    Float64Array.from(row, (value, t) => (isFlat || masks[i]![t] === 0 ? 0 : (value - centre) / divisor)),
  );
}
