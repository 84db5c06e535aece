/**
 * @module
 * Sums of a number by unit, so that a weighted mean over resampled units needs no second look at the items.
 */

/** Sums of items by the unit that they belong to. */
export class GroupedSums {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;
  #items = 0;

  constructor(units: number) {
    this.#sums = new Float64Array(units);
    this.#counts = new Float64Array(units);
  }

  /** Items added. */
  get items(): number {
    return this.#items;
  }

  /** Units that have an item. */
  get units(): number {
    return this.#counts.reduce((count, items) => count + (items > 0 ? 1 : 0), 0);
  }

  add(unit: number, value: number): void {
    this.#sums[unit]! += value;
    this.#counts[unit]! += 1;
    this.#items++;
  }

  /**
   * Σ wᵤ·Σ xᵤ / Σ wᵤ·nᵤ.
   *
   * @param weights of the units
   * @returns NaN where no item counts
   */
  mean(weights: ArrayLike<number>): number {
    let sum = 0;
    let count = 0;
    for (let u = 0; u < this.#sums.length; u++) {
      sum += weights[u]! * this.#sums[u]!;
      count += weights[u]! * this.#counts[u]!;
    }
    return sum / count;
  }
}
