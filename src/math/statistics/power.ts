/**
 * @module
 * Power of a paired comparison: how small a difference so many pairs can show.
 */
import { NumericError } from "../../errors/index.ts";
import { studentQuantile } from "./distributions/student-t.ts";

/**
 * The least mean difference that a two-sided paired t test finds with a given chance.
 *
 *     δ = (t_{1−α/2} + t_{power}) · s / √n,   t with n − 1 degrees of freedom
 *
 * The usual approximation: a shifted t distribution in the place of the noncentral one.
 *
 * @param deviation standard deviation of the differences, s ≥ 0
 * @param pairs n, at least 2
 * @param significance α in (0, 1)
 * @param power chance to find it, in (α/2, 1): a difference of 0 is found in either direction with a chance of α/2
 * @throws NumericError outside these ranges
 * @example
 * detectableDifference(1.1, 12); // 0.977
 */
export function detectableDifference(
  deviation: number,
  pairs: number,
  significance = 0.05,
  power = 0.8,
): number {
  if (!(deviation >= 0 && deviation < Infinity)) {
    throw new NumericError(`deviation: expected a finite number ≥ 0, got ${deviation}`);
  }
  if (!(Number.isInteger(pairs) && pairs >= 2)) {
    throw new NumericError(`pairs: expected a whole number from 2, got ${pairs}`);
  }
  if (!(significance > 0 && significance < 1)) {
    throw new NumericError(`significance: expected a number in (0, 1), got ${significance}`);
  }
  if (!(power > significance / 2 && power < 1)) {
    throw new NumericError(`power: expected a number above ${significance / 2} and below 1, got ${power}`);
  }
  const freedom = pairs - 1;
  const quantiles = studentQuantile(1 - significance / 2, freedom) + studentQuantile(power, freedom);
  return (quantiles * deviation) / Math.sqrt(pairs);
}
