/**
 * @module
 * The Fisher-Rao geodesic distance between discrete distributions, the measure of how far attention moved.
 */
import { NumericError } from "../errors/index.ts";
import { requireArray, requireLength } from "../math/check.ts";

/**
 * Fisher-Rao distance of two distributions given by their masses.
 *
 *     d(p, q) = 2·arccos Σ_j √(pⱼ·qⱼ),      p, q scaled to sum 1
 *
 * Computed from the chord between √p and √q, as 4·arcsin(‖√p − √q‖ / 2). This is the same number; the arccosine loses
 * half the digits where p and q are close. Equal inputs give exactly 0.
 *
 * Source: DyCo-RL, arXiv:2606.08035, Eq. 7.
 *
 * @param p `[N]`, finite, ≥ 0, any sum
 * @param q `[N]`, the same
 * @returns in [0, π]; 0 when either has no mass
 * @throws ShapeError when the lengths differ
 * @throws NumericError when a mass is negative, NaN or infinite
 * @example
 * fisherRaoDistance([1, 0], [1, 1]); // π/2
 */
export function fisherRaoDistance(p: ArrayLike<number>, q: ArrayLike<number>): number {
  requireArray("p", p);
  requireLength("q", q, p.length);
  let pMass = 0;
  let qMass = 0;
  for (let j = 0; j < p.length; j++) {
    const [mass, other] = [p[j]!, q[j]!];
    if (!(mass >= 0 && other >= 0))
      throw new NumericError(`mass ${j}: expected numbers ≥ 0, got ${mass}, ${other}`);
    pMass += mass;
    qMass += other;
  }
  if (!(pMass < Infinity && qMass < Infinity))
    throw new NumericError(`masses: expected finite sums, got ${pMass}, ${qMass}`);
  if (!(pMass > 0 && qMass > 0)) return 0;
  let chord = 0;
  for (let j = 0; j < p.length; j++) chord += (Math.sqrt(p[j]! / pMass) - Math.sqrt(q[j]! / qMass)) ** 2;
  // Four times the rounded arcsine of √½ is the next number above π.
  return Math.min(Math.PI, 4 * Math.asin(Math.min(Math.sqrt(chord) / 2, Math.SQRT1_2)));
}
