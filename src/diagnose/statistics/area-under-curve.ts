/**
 * @module
 * How well a number separates two kinds of tokens, over all thresholds.
 */
import { NumericError, ShapeError } from "../../errors/index.ts";

/**
 * Area under the ROC curve: how often a positive item scores higher than a negative one, ties counting half.
 *
 *     AUC = Σ_{i ∈ pos} Σ_{j ∈ neg} wᵢ·wⱼ·(1[xᵢ > xⱼ] + ½·1[xᵢ = xⱼ]) / (Σ_{i ∈ pos} wᵢ · Σ_{j ∈ neg} wⱼ)
 *
 * The Mann-Whitney U over its maximum. Scores are sorted once, so that a bootstrap costs one pass a resample.
 *
 * @example
 * new RankedScores([1, 2, 2, 3], [0, 0, 1, 1]).area(); // 0.875
 */
export class RankedScores {
  readonly #order: Uint32Array;
  readonly #scores: ArrayLike<number>;
  readonly #isPositive: ArrayLike<number>;

  /**
   * @param scores `[N]`, not NaN
   * @param isPositive `[N]` 1 or 0
   * @throws ShapeError when the lengths differ
   * @throws NumericError when a score is NaN
   */
  constructor(scores: ArrayLike<number>, isPositive: ArrayLike<number>) {
    if (scores.length !== isPositive.length) {
      throw new ShapeError(`isPositive: expected shape [${scores.length}], got [${isPositive.length}]`);
    }
    const wrong = Array.prototype.findIndex.call(scores, Number.isNaN);
    if (wrong >= 0) throw new NumericError(`scores[${wrong}]: expected a finite number, got NaN`);
    this.#scores = scores;
    this.#isPositive = isPositive;
    this.#order = Uint32Array.from({ length: scores.length }, (_, i) => i).sort(
      (a, b) => scores[a]! - scores[b]!,
    );
  }

  /**
   * The area.
   *
   * @param weights how often each item counts; once unless given
   * @returns in [0, 1]; NaN without positive or without negative items
   */
  area(weights?: (item: number) => number): number {
    const order = this.#order;
    const scores = this.#scores;
    let below = 0;
    let positives = 0;
    let won = 0;
    for (let start = 0; start < order.length; ) {
      const score = scores[order[start]!]!;
      let tiedPositives = 0;
      let tiedNegatives = 0;
      let end = start;
      for (; end < order.length && scores[order[end]!] === score; end++) {
        const item = order[end]!;
        const weight = weights === undefined ? 1 : weights(item);
        if (this.#isPositive[item]) tiedPositives += weight;
        else tiedNegatives += weight;
      }
      won += tiedPositives * (below + tiedNegatives / 2);
      below += tiedNegatives;
      positives += tiedPositives;
      start = end;
    }
    return won / (positives * below);
  }
}

/**
 * Cliff's δ of two groups from the area under their curve.
 *
 *     δ = P(x > y) − P(x < y) = 2·AUC − 1
 *
 * In [−1, 1]; 0 where neither group is higher. It asks nothing of the shape of either distribution, where Cohen's d wants
 * a standard deviation that means something: attention mass is bounded, skewed and heaped near its ends.
 */
export function cliffsDelta(area: number): number {
  return 2 * area - 1;
}
