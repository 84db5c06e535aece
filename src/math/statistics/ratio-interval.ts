/**
 * @module
 * Interval of a ratio of two means that are measured on the same items, such as a method's gain as a share of what is
 * possible.
 */
import { NumericError } from "../../errors/index.ts";
import { requireArray, requireFinite, requireLength } from "../check.ts";
import { mean } from "./descriptive.ts";
import { studentQuantile } from "./distributions/student-t.ts";
import { type Interval, upperProbability } from "./interval.ts";

/**
 * Ratio of means x̄ / ȳ over items measured in both, with Fieller's interval.
 *
 *     { θ : (x̄ − θȳ)² ≤ t²_{n−1} · (s_xx − 2θ·s_xy + θ²·s_yy) / n }
 *
 * Source: Fieller, Journal of the Royal Statistical Society B 16 (1954). The set is an interval only where ȳ differs from 0 at
 * the level; else it is unbounded, and the interval is infinite. It is exact for normal differences, as a t interval is.
 *
 * @param x `[N]`
 * @param y `[N]` whose mean divides
 * @returns an infinite interval for one item, or where ȳ does not differ from 0 at the level; the estimate is NaN
 *   where ȳ is 0
 * @throws ShapeError when the lengths differ
 * @throws NumericError when there are none, one is not finite, or the level is outside (0, 1)
 * @example
 * ratioInterval([1, 2, 3], [4, 4, 4]); // { estimate: 0.5, low: −0.121, high: 1.121 }
 */
export function ratioInterval(x: ArrayLike<number>, y: ArrayLike<number>, level = 0.95): Interval {
  const upper = upperProbability(level);
  requireArray("x", x);
  requireLength("y", y, x.length);
  if (x.length === 0) throw new NumericError("x: expected at least one number, got none");
  requireFinite("x", x);
  requireFinite("y", y);
  const n = x.length;
  const [xMean, yMean] = [mean(x), mean(y)];
  const estimate = yMean === 0 ? Number.NaN : xMean / yMean;
  const unbounded = { estimate, low: -Infinity, high: Infinity };
  if (n === 1) return unbounded;
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [u, v] = [x[i]! - xMean, y[i]! - yMean];
    xx += u * u;
    xy += u * v;
    yy += v * v;
  }
  const factor = studentQuantile(upper, n - 1) ** 2 / (n * (n - 1));
  // a·θ² − 2b·θ + c ≤ 0
  const a = yMean * yMean - factor * yy;
  const b = xMean * yMean - factor * xy;
  const c = xMean * xMean - factor * xx;
  if (!(a > 0)) return unbounded;
  const root = Math.sqrt(Math.max(0, b * b - a * c));
  return { estimate, low: (b - root) / a, high: (b + root) / a };
}
