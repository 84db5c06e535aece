/**
 * @module
 * The standard normal distribution.
 */
import { NumericError } from "../../../errors/index.ts";

/** Beyond it the tail has a continued fraction of its own. */
const TAIL = 3;

/**
 * Probability that a standard normal Z is at most x. The lower tail keeps its digits; for the upper one ask for −x.
 *
 *     Φ(x) = P(Z ≤ x)
 *
 * @example
 * normalProbability(-1.96); // 0.02500
 */
export function normalProbability(x: number): number {
  if (x > 0) return 1 - normalProbability(-x);
  return x < -TAIL ? density(x) * millsRatio(-x) : 0.5 - density(x) * centre(-x);
}

/**
 * The x with P(Z ≤ x) = probability, by bisection.
 *
 * @param probability in (0, 1)
 * @throws NumericError outside it
 * @example
 * normalQuantile(0.975); // 1.95996…
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new NumericError(`probability: expected a number in (0, 1), got ${probability}`);
  }
  if (probability === 0.5) return 0;
  if (probability > 0.5) return -normalQuantile(1 - probability);
  let low = -40;
  let high = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    // Near the middle the distance to ½ has the digits, in the tail the probability itself.
    const isBelow =
      middle > -1
        ? density(middle) * centre(-middle) > 0.5 - probability
        : normalProbability(middle) < probability;
    if (isBelow) low = middle;
    else high = middle;
  }
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** (Φ(x) − ½) / φ(x) = x + x³/3 + x⁵/(3·5) + …, for x ≥ 0 (Marsaglia 2004, "Evaluating the normal distribution"). */
function centre(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; term > 1e-17 * sum; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

/** (1 − Φ(x)) / φ(x) = 1/(x + 1/(x + 2/(x + 3/(x + …)))), for x ≥ 3 (Laplace). */
function millsRatio(x: number): number {
  let below = x;
  for (let k = 80; k >= 1; k--) below = x + k / below;
  return 1 / below;
}
