/**
 * @module
 * Mean and covariance of a few samples, the covariance drawn towards a multiple of the identity.
 */
import { ShapeError } from "../../errors/index.ts";
import { requireObjects } from "../check.ts";

/** Estimates of a distribution from samples. */
export interface ShrunkCovariance {
  /** `[D]` */
  readonly mean: Float64Array;
  /** `[D × D]` row-major, symmetric. */
  readonly covariance: Float64Array;
  /** Share of the identity's multiple in it, in [0, 1]. */
  readonly shrinkage: number;
}

/**
 * Ledoit and Wolf's estimate.
 *
 *     S = (1/n)·Σ (x − x̄)(x − x̄)ᵀ,   m = tr S / D,   Σ̂ = (1 − s)·S + s·m·I
 *     s = min(b², d²) / d²,   d² = ‖S − m·I‖²/D,   b² = (1/n²)·Σ ‖(x − x̄)(x − x̄)ᵀ − S‖²/D
 *
 * Source: Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices" (2004).
 *
 * @param samples `[n][D]`, one at least, finite
 * @returns shrinkage 0 where S is a multiple of the identity already, as with one sample
 * @throws ShapeError when there is no sample, or lengths differ
 */
export function ledoitWolf(samples: readonly ArrayLike<number>[]): ShrunkCovariance {
  requireObjects("samples", samples);
  const size = samples[0]?.length ?? 0;
  for (const [i, { length }] of samples.entries()) {
    if (length !== size) throw new ShapeError(`samples[${i}]: expected ${size} numbers, got ${length}`);
  }
  if (size === 0) throw new ShapeError("samples: expected one at least, of one number at least");
  const count = samples.length;
  const mean = new Float64Array(size);
  for (const sample of samples) for (let d = 0; d < size; d++) mean[d]! += sample[d]! / count;
  const centred = samples.map((sample) => mean.map((centre, d) => sample[d]! - centre));
  const entries = Array.from({ length: size * size }, (_, at) => [Math.floor(at / size), at % size] as const);
  const plain = Float64Array.from(
    entries,
    ([row, column]) => centred.reduce((sum, x) => sum + x[row]! * x[column]!, 0) / count,
  );
  let scale = 0;
  for (let d = 0; d < size; d++) scale += plain[d * (size + 1)]! / size;
  const target = (at: number) => (at % (size + 1) === 0 ? scale : 0);
  const distance = plain.reduce((sum, value, at) => sum + (value - target(at)) ** 2, 0);
  let spread = 0;
  for (const x of centred) {
    for (const [at, [row, column]] of entries.entries()) {
      spread += (x[row]! * x[column]! - plain[at]!) ** 2 / count ** 2;
    }
  }
  const shrinkage = distance === 0 ? 0 : Math.min(spread, distance) / distance;
  const covariance = plain.map((value, at) => (1 - shrinkage) * value + shrinkage * target(at));
  return { mean, covariance, shrinkage };
}

/**
 * Distance of a point of the plane from samples, in their deviations.
 *
 *     √((z − x̄)ᵀ Σ̂⁻¹ (z − x̄)),   x̄ and Σ̂ by Ledoit and Wolf
 *
 * @param samples `[n]` of the plane, finite
 * @returns undefined if there are no samples, or they have no spread
 */
export function mahalanobis(
  samples: readonly (readonly [number, number])[],
): ((point: readonly [number, number]) => number) | undefined {
  requireObjects("samples", samples);
  if (samples.length === 0) return undefined;
  const { mean, covariance } = ledoitWolf(samples);
  const [a = 0, b = 0, , d = 0] = covariance;
  const determinant = a * d - b * b;
  if (!(determinant > 0)) return undefined;
  return ([first, second]) => {
    const [x, y] = [first - mean[0]!, second - mean[1]!];
    return Math.sqrt(Math.max(0, (d * x * x - 2 * b * x * y + a * y * y) / determinant));
  };
}
