/**
 * @module
 * The policy objective of a batch and its derivative in the log-probs of the sampled tokens, in closed form. Every
 * loss here depends on the model through those log-probs only, so an engine that can add up the gradient of
 * Σ c·log π can train with any of them.
 */
import { logRatio } from "../math/index.ts";
import type { Algorithm } from "./algorithm.ts";
import { checkGroups } from "./check.ts";
import { MetricsCollector } from "./metrics.ts";
import { parseAlgorithm, resolveAlgorithm } from "./resolve.ts";
import type { AlgorithmInput } from "./schema.ts";
import type { ObjectiveCompletion, ObjectiveContext, ObjectiveGroup, ObjectiveResult } from "./types.ts";

/**
 * Loss of a batch of groups and the coefficients that an engine accumulates.
 *
 *     loss = −Σ_{g,i,t} scale_{g,i,t} · ( f(ρₜ, Âᵢ·wₜ) − β·KLₜ )
 *     c    = −∂loss/∂log π(oₜ)
 *
 * scale is the aggregation, f the surrogate, ρ the importance ratio, Â the advantage of the completion in its group,
 * w the token weights, β the KL coefficient. Where the algorithm stops a gradient (GSPO's token form, CISPO,
 * REINFORCE) c is what differentiation with that stop gives.
 *
 * Masked tokens are never looked at and have coefficient 0. A group without spread of rewards has advantage 0 and
 * coefficients 0 unless β > 0 (or the algorithm has no baseline), but its tokens count in the means. A completion
 * without counted tokens counts in no mean.
 *
 * @param config the `algorithm` part of the configuration; missing options take their defaults
 * @param groups `[P]` of `[G]` completions
 * @throws ConfigError when an option is unknown or impossible, reference log-probs are missing for β > 0, or token
 *   weights meet an algorithm that erases them
 * @throws ShapeError when lengths do not agree, naming the completion
 * @throws NumericError when a counted log-prob or weight is not finite
 * @example
 * const completion = (logprob: number) => ({ logprobs: [logprob], oldLogprobs: [logprob], mask: [1] });
 * objective({ kind: "reinforce" }, [{ rewards: [1, 0], completions: [completion(-1), completion(-2)] }]).coefficients;
 * // [[[0.25], [-0.25]]]
 */
export function objective(
  config: AlgorithmInput,
  groups: readonly ObjectiveGroup[],
  context: ObjectiveContext = {},
): ObjectiveResult {
  const algorithm = resolveAlgorithm(parseAlgorithm(config), context);
  checkGroups(groups, algorithm);
  const scales = algorithm.aggregation(
    groups.flatMap(({ completions }) => completions.map(({ mask }) => mask)),
  );
  const metrics = new MetricsCollector();
  let loss = 0;
  let next = 0;
  const coefficients = groups.map(({ rewards, completions }) => {
    const advantages = algorithm.advantages(rewards);
    metrics.group(rewards, advantages);
    return completions.map((completion, i) => {
      const term = completionTerm(algorithm, completion, advantages[i]!, scales[next++]!, metrics);
      loss -= term.value;
      return term.derivative;
    });
  });
  return { loss: loss + 0, coefficients, metrics: metrics.summary() };
}

/** What one completion adds to the maximised objective, and its derivative in the log-probs. */
function completionTerm(
  algorithm: Algorithm,
  completion: ObjectiveCompletion,
  advantage: number,
  scales: Float64Array,
  metrics: MetricsCollector,
): { value: number; derivative: Float64Array } {
  const { logprobs, oldLogprobs, refLogprobs, mask, weights } = completion;
  const { ratioLevel, surrogate, kl, klCoefficient } = algorithm;
  const ratios = ratioLevel.ratios(logRatio(logprobs, oldLogprobs), mask);
  const ratioSlope = new Float64Array(mask.length);
  const direct = new Float64Array(mask.length);
  let value = 0;
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 0) continue;
    const scale = scales[t]!;
    const weight = weights?.[t] ?? 1;
    const term = surrogate(ratios[t]!, advantage * weight, logprobs[t]!);
    value += scale * term.value;
    ratioSlope[t] = scale * term.ratioDerivative;
    direct[t] = scale * term.logprobDerivative;
    const divergence = refLogprobs && kl(logprobs[t]!, refLogprobs[t]!);
    if (divergence && klCoefficient !== 0) {
      value -= scale * klCoefficient * divergence.value;
      direct[t]! -= scale * klCoefficient * divergence.derivative;
    }
    metrics.token(ratios[t]!, weight, term.clipped, divergence?.value);
  }
  metrics.completionEnd();
  const pulled = ratioLevel.pullback(ratios, ratioSlope, mask);
  return { value, derivative: pulled.map((slope, t) => slope + direct[t]! + 0) };
}
