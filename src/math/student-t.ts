/**
 * @module
 * Quantiles of the normal and of Student's t distribution, for intervals. Accurate to about 1e-10, made for a few
 * calls per report.
 */
import { NumericError } from "../errors/index.ts";

/**
 * Probability that Student's t with the given degrees of freedom is at most x.
 *
 *     P(T ≤ x) = 1 − I_{ν/(ν+x²)}(ν/2, 1/2) / 2     for x ≥ 0
 *
 * @param freedom ν > 0
 */
export function studentProbability(x: number, freedom: number): number {
  const square = x * x;
  const tail = incompleteBeta(freedom / (freedom + square), freedom / 2, 0.5) / 2;
  return x >= 0 ? 1 - tail : tail;
}

/**
 * The x with P(T ≤ x) = probability, found by bisection.
 *
 * @param probability in (0, 1)
 * @param freedom degrees of freedom ν > 0; infinite gives the normal distribution
 * @throws NumericError outside these ranges
 * @example
 * studentQuantile(0.975, 2); // 4.30265…
 */
export function studentQuantile(probability: number, freedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new NumericError(`probability: expected a number in (0, 1), got ${probability}`);
  }
  if (!(freedom > 0)) throw new NumericError(`freedom: expected a number > 0, got ${freedom}`);
  if (freedom > 1e7) return normalQuantile(probability);
  if (probability < 0.5) return -studentQuantile(1 - probability, freedom);
  let low = 0;
  let high = 1;
  while (studentProbability(high, freedom) < probability) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (studentProbability(middle, freedom) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The x with P(Z ≤ x) = probability for a standard normal Z, by bisection on its distribution function.
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
  if (probability < 0.5) return -normalQuantile(1 - probability);
  let low = 0;
  let high = 40;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (normalCentre(middle) < probability - 0.5) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(0 ≤ Z ≤ x) by its power series in x, which converges for all x (Marsaglia 2004). */
function normalCentre(x: number): number {
  if (x > 9) return 0.5;
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * sum && k < 600; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (modified Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/** ln Γ(x) for x > 0: shifted above 12, then Stirling's series. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 12) {
    shift += Math.log(z);
    z += 1;
  }
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
