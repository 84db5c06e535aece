/**
 * @module
 * Agreement of two raters beyond chance.
 */
import { ShapeError } from "../../errors/index.ts";
import { requireArray } from "../check.ts";

/**
 * Cohen's kappa of two raters over the same N items (Cohen 1960, "A coefficient of agreement for nominal scales").
 *
 *     κ = (p_o − p_e) / (1 − p_e),   p_o = share of items rated alike,   p_e = Σ_c p_a(c) · p_b(c)
 *
 * @param a `[N]` categories by the first rater
 * @param b `[N]` categories by the second
 * @returns 1 for full agreement, 0 for agreement by chance; null where it is not defined. It is not defined without
 *   items, or if both gave all items the same category, so that chance alone agrees on everything
 * @throws ShapeError when the lengths differ
 *
 * @example
 * cohensKappa(["y", "y", "n", "n"], ["y", "n", "n", "n"]); // 0.5
 */
export function cohensKappa<Category extends string>(
  a: readonly Category[],
  b: readonly Category[],
): number | null {
  requireArray("a", a);
  requireArray("b", b);
  if (a.length !== b.length) {
    throw new ShapeError(`kappa: expected as many ratings by both, got ${a.length} and ${b.length}`);
  }
  const n = a.length;
  const counts = new Map<Category, { a: number; b: number }>();
  const countOf = (category: Category) => {
    const found = counts.get(category) ?? { a: 0, b: 0 };
    counts.set(category, found);
    return found;
  };
  let alike = 0;
  for (const [i, category] of a.entries()) {
    countOf(category).a += 1;
    countOf(b[i]!).b += 1;
    if (category === b[i]) alike += 1;
  }
  // n² · p_e, which is exact, so that 1 − p_e is exactly 0 for complete agreement by chance.
  const chance = [...counts.values()].reduce((sum, count) => sum + count.a * count.b, 0);
  return n === 0 || chance === n * n ? null : (alike * n - chance) / (n * n - chance);
}
