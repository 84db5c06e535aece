/**
 * @module
 * Measures that DyCo-RL's ablations use in place of the Fisher-Rao distance: the sharpness of one attention row, and
 * the KL divergence of two rows.
 */
import { sum } from "../math/sums.ts";

/** Attention below this counts as this where a logarithm of it is taken. */
const SMALLEST = 1e-12;

/**
 * Distance of attention from uniform.
 *
 *     1 − H(p)/ln N,      p scaled to sum 1
 *
 * The division by ln N lets supports of different sizes be compared.
 *
 * @param weights `[N]`, finite, ≥ 0, any sum
 * @returns in [0, 1]; 0 without mass and for fewer than two keys
 * @example
 * attentionSharpness([1, 0, 0, 0]); // 1
 */
export function attentionSharpness(weights: ArrayLike<number>): number {
  const mass = sum(weights);
  if (!(mass > 0) || weights.length < 2) return 0;
  let entropy = 0;
  for (let j = 0; j < weights.length; j++) {
    const p = weights[j]! / mass;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.min(Math.max(1 - entropy / Math.log(weights.length), 0), 1);
}

/**
 * KL divergence of the row before from this one.
 *
 *     KL(p ‖ q) = Σ_j pⱼ·ln(pⱼ / qⱼ),      p, q scaled to sum 1, qⱼ at least 1e-12
 *
 * In this direction a key that only the newer row has adds nothing; in the other the divergence would be infinite.
 *
 * @param before `[N]` p, finite, ≥ 0, any sum
 * @param now `[N]` q, the same
 * @returns nats ≥ 0; 0 when either has no mass
 */
export function attentionDivergence(before: ArrayLike<number>, now: ArrayLike<number>): number {
  const beforeMass = sum(before);
  const nowMass = sum(now);
  if (!(beforeMass > 0 && nowMass > 0)) return 0;
  let divergence = 0;
  for (let j = 0; j < before.length; j++) {
    const p = before[j]! / beforeMass;
    if (p > 0) divergence += p * Math.log(p / Math.max(now[j]! / nowMass, SMALLEST));
  }
  return Math.max(divergence, 0);
}
