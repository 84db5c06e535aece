/**
 * @module
 * The regularised incomplete beta function, on which Student's t and the binomial distribution rest.
 */
import { NumericError } from "../../../errors/index.ts";

/** Steps after which the continued fraction is given up; parameters of 1e15 near the mean take about 1e6. */
const MOST_STEPS = 1e7;

/**
 * Regularised incomplete beta function.
 *
 *     I_x(a, b) = Γ(a + b) / (Γ(a)·Γ(b)) · ∫₀ˣ t^(a−1)·(1 − t)^(b−1) dt
 *
 * By a continued fraction (modified Lentz) on the side of the mean where it is small, so that small values keep their
 * digits. The factor before it is a saddle point's (Loader 2000, "Fast and accurate computation of binomial
 * probabilities"): differences of log-gammas would lose all digits where a and b are large.
 *
 * @param x in [0, 1]
 * @param y 1 − x; given apart, since it has digits of its own where x is near 1
 * @param a > 0
 * @param b > 0
 * @returns in [0, 1]
 * @throws NumericError when the fraction does not converge
 */
export function incompleteBeta(x: number, y: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerTail(y, x, b, a);
  return lowerTail(x, y, a, b);
}

function lowerTail(x: number, y: number, a: number, b: number): number {
  return density(x, y, a, b) / continuedFraction(x, y, a, b);
}

/** x^a·y^b·Γ(a + b) / (Γ(a)·Γ(b)). */
function density(x: number, y: number, a: number, b: number): number {
  const n = a + b;
  const logarithm =
    stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y);
  return Math.sqrt((a / n) * (b / (2 * Math.PI))) * Math.exp(logarithm);
}

/** ln Γ(z) − (z − ½)·ln z + z − ½·ln 2π: what Stirling's formula leaves out, for z > 0. */
function stirlingError(z: number): number {
  let above = 0;
  let shifted = z;
  for (; shifted < 16; shifted++) above += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
  const square = 1 / (shifted * shifted);
  const series = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)));
  return above + series / shifted;
}

/** a·ln(a/m) + m − a, without cancellation where a and m are near each other. */
function deviance(a: number, m: number): number {
  if (Math.abs(a - m) >= 0.1 * (a + m)) return a * Math.log(a / m) + m - a;
  const v = (a - m) / (a + m);
  let sum = (a - m) * v;
  let term = 2 * a * v;
  for (let odd = 3; ; odd += 2) {
    term *= v * v;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** β₀ + α₁/(β₁ + α₂/(β₂ + …)) in the contracted form of Didonato and Morris (1992), whose terms do not cancel. */
function continuedFraction(x: number, y: number, a: number, b: number): number {
  const drift = a * y - b * x + 1;
  let fraction = nonZero((a * drift) / (a + 1));
  let c = fraction;
  let d = 0;
  for (let m = 1; m <= MOST_STEPS; m++) {
    const odd = a + 2 * m - 1;
    const alpha = ((a + m - 1) / odd) * ((a + b + m - 1) / odd) * m * (b - m) * x * x;
    const beta = m + (m * (b - m) * x) / odd + ((a + m) / (odd + 2)) * (drift + m * (1 + y));
    d = 1 / nonZero(beta + alpha * d);
    c = nonZero(beta + alpha / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) return fraction;
  }
  throw new NumericError(`incomplete beta: no convergence at x = ${x}, a = ${a}, b = ${b}`);
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
