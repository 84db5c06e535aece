/**
 * @module
 * A batch of random log-probs for tests of objectives, and its loss's slopes by central differences.
 */
import { Rng } from "../math/index.ts";
import {
  type AlgorithmInput,
  type ObjectiveGroup,
  type ObjectiveMetrics,
  objective,
} from "../objective/index.ts";

export interface Tokens {
  logprobs: Float64Array;
  oldLogprobs: Float64Array;
  refLogprobs: Float64Array;
  weights: Float64Array;
  mask: number[];
}
export interface Batch extends ObjectiveGroup {
  rewards: number[];
  completions: Tokens[];
}

/** Two groups of three completions of 1 to 5 tokens, the last token of each but the first masked. */
export function batch(drift = 0.4): Batch[] {
  const rng = new Rng("algorithms");
  return [0, 1].map(() => ({
    rewards: [1, 0, 0.5],
    completions: [1, 3, 5].map((tokens) => {
      const logprobs = Float64Array.from({ length: tokens }, () => rng.uniform(-3, -0.1));
      return {
        logprobs,
        oldLogprobs: logprobs.map((logprob) => logprob + rng.normal(0, drift)),
        refLogprobs: logprobs.map((logprob) => logprob + rng.normal(0, 0.5)),
        weights: logprobs.map(() => rng.uniform(0.2, 2)),
        mask: Array.from({ length: tokens }, (_, t) => (t > 0 && t === tokens - 1 ? 0 : 1)),
      };
    }),
  }));
}

/** −∂loss/∂x by central differences, x moved by `move(tokens, t, step)`. */
export function slopes(
  config: AlgorithmInput,
  groups: Batch[],
  move: (tokens: Tokens, t: number, step: number) => void,
): number[] {
  const step = 1e-6;
  return groups.flatMap(({ completions }) =>
    completions.flatMap((tokens) =>
      tokens.mask.map((_, t) => {
        move(tokens, t, step);
        const above = objective(config, groups).loss;
        move(tokens, t, -2 * step);
        const below = objective(config, groups).loss;
        move(tokens, t, step);
        return -(above - below) / (2 * step);
      }),
    ),
  );
}

/** All coefficients in one row. */
export function flat(coefficients: readonly (readonly Float64Array[])[]): number[] {
  return coefficients.flat().flatMap((row) => [...row]);
}

/** Every number of an objective's metrics, with the numbers of its parts. */
export function numbersOf(metrics: ObjectiveMetrics): number[] {
  return Object.values(metrics).flatMap((part: number | object | undefined) =>
    typeof part === "object" ? (Object.values(part) as number[]) : (part ?? []),
  );
}
