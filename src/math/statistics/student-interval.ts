/**
 * @module
 * Interval of a mean from few measurements.
 */
import { NumericError } from "../../errors/index.ts";
import { requireArray, requireFinite } from "../check.ts";
import { mean, variance } from "./descriptive.ts";
import { studentQuantile } from "./distributions/student-t.ts";
import { type Interval, upperProbability } from "./interval.ts";

/**
 * Interval of a mean from few measurements, Student's t.
 *
 *     x̄ ± t_{n−1} · s / √n
 *
 * Source: Student, Biometrika 6 (1908). The bounds may leave the scale of the values: `intervalWithin` cuts them.
 *
 * @param values `[N]`; one value gives an infinite interval
 * @throws NumericError when there are none, one is not finite, or the level is outside (0, 1)
 * @example
 * studentInterval([1, 2, 3]); // { estimate: 2, low: −0.4841, high: 4.4841 }
 */
export function studentInterval(values: ArrayLike<number>, level = 0.95): Interval {
  const upper = upperProbability(level);
  requireArray("values", values);
  if (values.length === 0) throw new NumericError("values: expected at least one number, got none");
  requireFinite("values", values);
  const estimate = mean(values);
  if (values.length === 1) return { estimate, low: -Infinity, high: Infinity };
  const width = studentQuantile(upper, values.length - 1) * Math.sqrt(variance(values) / values.length);
  return { estimate, low: estimate - width, high: estimate + width };
}
