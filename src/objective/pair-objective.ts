/**
 * @module
 * The objective of algorithms whose unit is the pair: two completions of one prompt, the better and the worse.
 */
import { countTokens, logRatio, tokenRatio } from "../math/index.ts";
import type { PairAlgorithm } from "./algorithm.ts";
import { MetricsCollector } from "./metrics.ts";
import type { ObjectiveCompletion, ObjectiveGroup, ObjectiveResult } from "./types.ts";

/**
 * Loss of a batch as the mean over its pairs, and its derivative in the log-probs.
 *
 *     hᵢ   = Σₜ mₜ·wₜ·(log π(oₜ) − log π_ref(oₜ))
 *     loss = 1/N · Σ_pairs L(h_chosen − h_rejected)
 *     cᵢₜ  = −1/N · Σ_pairs L′ · (1[i chosen] − 1[i rejected]) · mₜ·wₜ
 *
 * Every completion has reference log-probs, as `checkGroups` sees to. One without counted tokens is in no pair. Log-probs of sampling are looked at for metrics only.
 */
export function pairObjective(algorithm: PairAlgorithm, groups: readonly ObjectiveGroup[]): ObjectiveResult {
  const metrics = new MetricsCollector();
  const slopes = groups.map(({ completions }) => new Float64Array(completions.length));
  let total = 0;
  let count = 0;
  let differences = 0;
  let right = 0;
  groups.forEach(({ rewards, completions, isIdle }, g) => {
    metrics.group(rewards, isIdle);
    const weighted = completions.map((completion) => weightedLogRatio(completion));
    const comparable = completions.map(({ mask }, i) =>
      countTokens(mask) > 0 ? (rewards[i] ?? null) : null,
    );
    for (const { chosen, rejected } of algorithm.pairs(comparable)) {
      const difference = weighted[chosen]! - weighted[rejected]!;
      const { value, derivative } = algorithm.loss(difference);
      total += value;
      count++;
      differences += difference;
      if (difference > 0) right++;
      slopes[g]![chosen]! += derivative;
      slopes[g]![rejected]! -= derivative;
    }
    for (const completion of completions) note(algorithm, completion, metrics);
  });
  const pairs = Math.max(count, 1);
  return {
    loss: total / pairs,
    coefficients: groups.map(({ completions }, g) =>
      completions.map(({ mask, weights }, i) =>
        Float64Array.from(mask, (counts, t) =>
          counts === 0 ? 0 : (-slopes[g]![i]! / pairs) * (weights?.[t] ?? 1) + 0,
        ),
      ),
    ),
    metrics: metrics.summary({
      pair: { pairs: count, margin: (algorithm.beta * differences) / pairs, accuracy: right / pairs },
    }),
  };
}

function weightedLogRatio({ logprobs, refLogprobs, mask, weights }: ObjectiveCompletion): number {
  let sum = 0;
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] !== 0) sum += (weights?.[t] ?? 1) * (logprobs[t]! - refLogprobs![t]!);
  }
  return sum;
}

function note(
  { divergence }: PairAlgorithm,
  { logprobs, oldLogprobs, refLogprobs, mask, weights }: ObjectiveCompletion,
  metrics: MetricsCollector,
): void {
  const ratios = tokenRatio(logRatio(logprobs, oldLogprobs));
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 0) continue;
    metrics.token({
      ratio: ratios[t]!,
      advantage: 0,
      weight: weights?.[t] ?? 1,
      clipped: "none",
      divergence: divergence(logprobs[t]!, refLogprobs![t]!).value,
    });
  }
  metrics.completionEnd();
}
