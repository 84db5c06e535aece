/**
 * @module
 * Student's t distribution.
 */
import { NumericError } from "../../../errors/index.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { normalProbability, normalQuantile } from "./normal.ts";

/**
 * Probability that Student's t is at most x. The lower tail keeps its digits; for the upper one ask for −x.
 *
 *     P(T ≤ x) = ½·I_{ν/(ν+x²)}(ν/2, ½)     for x ≤ 0
 *
 * @param freedom degrees of freedom ν > 0; infinite gives the normal distribution
 * @throws NumericError when freedom is not above 0 or x is NaN
 */
export function studentProbability(x: number, freedom: number): number {
  if (!(freedom > 0)) throw new NumericError(`freedom: expected a number > 0, got ${freedom}`);
  if (Number.isNaN(x)) throw new NumericError("x: expected a number, got NaN");
  if (freedom === Infinity) return normalProbability(x);
  if (x > 0) return 1 - studentProbability(-x, freedom);
  const square = x * x;
  return incompleteBeta(1 / (1 + square / freedom), 1 / (1 + freedom / square), freedom / 2, 0.5) / 2;
}

/**
 * The x with P(T ≤ x) = probability, by bisection.
 *
 * @param probability in (0, 1)
 * @param freedom degrees of freedom ν > 0; infinite gives the normal distribution
 * @throws NumericError outside these ranges, or where the quantile is beyond 1e150
 * @example
 * studentQuantile(0.975, 2); // 4.30265…
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new NumericError(`probability: expected a number in (0, 1), got ${probability}`);
  }
  if (!(freedom > 0)) throw new NumericError(`freedom: expected a number > 0, got ${freedom}`);
  if (freedom === Infinity) return normalQuantile(probability);
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -studentQuantile(1 - probability, freedom);
  let low = -1;
  while (studentProbability(low, freedom) > probability) low *= 2;
  if (low < -1e150) {
    throw new NumericError(`quantile of ${probability} with ${freedom} degrees of freedom: beyond 1e150`);
  }
  let high = low === -1 ? 0 : low / 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (studentProbability(middle, freedom) < probability) low = middle;
    else high = middle;
  }
}
