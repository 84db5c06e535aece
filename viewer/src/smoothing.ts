/**
 * @module
 * Smoothing of curves.
 */

/**
 * Exponential moving average without the pull to its start.
 *
 *     mᵢ = β·mᵢ₋₁ + (1 − β)·yᵢ,   sᵢ = mᵢ / (1 − βⁿ),   n: values so far
 *
 * @param values null where there is none; it stays so
 * @param beta in [0, 1); 0 leaves the values as they are
 */
export function smoothed(values: readonly (number | null)[], beta: number): (number | null)[] {
  let mass = 0;
  let mean = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = beta * mean + (1 - beta) * value;
    mass = beta * mass + (1 - beta);
    return mean / mass;
  });
}
