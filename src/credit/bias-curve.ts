/**
 * @module
 * How much attention positions get for their place alone, as AT-RL models it.
 */

const EXPONENTIAL = 0.15;
const DECAY = 4;
const COSINE = 0.05;

/**
 * Bias of each key position.
 *
 *     bⱼ ∝ 1 + 0.15·e^{−4·p} + 0.05·cos(π·p),   p = j/N,   j = 1 … N,   mean 1
 *
 * Source: AT-RL, arXiv:2602.11455, Eq. 12 (printed with T for N and with the axis running over the keys).
 *
 * @param keys N ≥ 0
 * @returns `[N]` > 0
 * @example
 * biasCurve(1); // [1]
 */
export function biasCurve(keys: number): Float64Array {
  const curve = new Float64Array(keys);
  let total = 0;
  for (let j = 0; j < keys; j++) {
    const p = (j + 1) / keys;
    curve[j] = 1 + EXPONENTIAL * Math.exp(-DECAY * p) + COSINE * Math.cos(Math.PI * p);
    total += curve[j]!;
  }
  return curve.map((bias) => (bias * keys) / total);
}
