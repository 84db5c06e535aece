/**
 * @module
 * Interval of a proportion.
 */
import { NumericError } from "../../errors/index.ts";
import { normalQuantile } from "./distributions/normal.ts";
import { type Interval, upperProbability } from "./interval.ts";

/**
 * Wilson score interval of a proportion: within [0, 1], and honest near its ends.
 *
 *     (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n)
 *
 * Source: E. B. Wilson, JASA 22 (1927).
 *
 * @param successes an integer in 0 … trials
 * @param trials n; 0 gives estimate 0 and the interval [0, 1]: nothing is known
 * @throws NumericError when the counts or the level are impossible
 * @example
 * wilsonInterval(5, 10); // { estimate: 0.5, low: 0.2366, high: 0.7634 }
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  const whole = Number.isInteger(successes) && Number.isInteger(trials);
  if (!(whole && successes >= 0 && trials >= successes)) {
    throw new NumericError(`expected integers 0 ≤ successes ≤ trials, got ${successes} of ${trials}`);
  }
  if (trials === 0) return { estimate: 0, low: 0, high: 1 };
  const z = normalQuantile(upperProbability(level));
  const share = successes / trials;
  const centre = share + (z * z) / (2 * trials);
  const width = z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials));
  const divisor = 1 + (z * z) / trials;
  return {
    estimate: share,
    low: successes === 0 ? 0 : Math.max(0, (centre - width) / divisor),
    high: successes === trials ? 1 : Math.min(1, (centre + width) / divisor),
  };
}
