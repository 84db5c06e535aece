/**
 * @module
 * Weights of mean one within a completion: the scale of a method apart from its shape.
 */
import { mean } from "../math/index.ts";
import { type CreditMethod, withCredit } from "./method.ts";

/**
 * Weights divided by their mean over the tokens that count.
 *
 *     wₜ / ((1/T)·Σ_k w_k)
 *
 * Weights whose mean is not positive stay as they are: there is no scale to take out.
 *
 * @param weights `[T]`
 * @param mask `[T]` 1 where the token counts; all count when absent
 * @example
 * meanOne(Float64Array.of(1, 0, 0, 1)); // [2, 0, 0, 2]
 */
export function meanOne(weights: Float64Array, mask?: ArrayLike<number>): Float64Array {
  const average = mean(weights, mask);
  return average > 0 ? weights.map((weight) => weight / average) : weights;
}

/** The method with the weights of each completion scaled to mean one. */
export function withMeanOne(method: CreditMethod): CreditMethod {
  return withCredit(method, (groups, rng, progress) =>
    method
      .credit(groups, rng, progress)
      .map((credits, g) =>
        credits.map((credit, i) => ({ ...credit, weights: meanOne(credit.weights, groups[g]![i]!.mask) })),
      ),
  );
}
