/**
 * @module
 * The objective of algorithms whose unit is the token: the parts of a `TokenAlgorithm` put together, one pass over the
 * tokens.
 */
import { countTokens, logRatio } from "../math/index.ts";
import type { BatchAdvantages, RewardedGroup, TokenAlgorithm } from "./algorithm.ts";
import { comparedAdvantages } from "./compared-advantages.ts";
import { MetricsCollector } from "./metrics.ts";
import { perceptionTerm } from "./perception.ts";
import { samplerWeights } from "./sampler-correction.ts";
import type { ObjectiveCompletion, ObjectiveGroup, ObjectiveResult } from "./types.ts";
import { valueObjective } from "./value-objective.ts";
import { viewTermAt } from "./view-term.ts";

/** Loss and coefficients of a batch that `checkGroups` has passed. */
export function tokenObjective(
  algorithm: TokenAlgorithm,
  groups: readonly ObjectiveGroup[],
): ObjectiveResult {
  const all = groups.flatMap(({ completions }) => completions);
  const isCounted = ({ mask, isTruncated }: ObjectiveCompletion) =>
    countTokens(mask) > 0 || (algorithm.truncated === "mask-and-count" && isTruncated === true);
  const scales = algorithm.aggregation(
    all.map(({ mask }) => mask),
    all.filter(isCounted).length,
  );
  const { advantages, returns } = givenAdvantages(groups) ?? batchAdvantages(algorithm, groups);
  const metrics = new MetricsCollector();
  let loss = 0;
  let next = 0;
  const terms = groups.map(({ rewards, completions, isIdle }, g) => {
    metrics.group(rewards, isIdle);
    return completions.map((completion, i) => {
      const term = completionTerm(algorithm, completion, advantages[g]![i]!, scales[next++]!, metrics);
      loss -= term.value;
      return term;
    });
  });
  const views = all.find(({ viewTerm }) => viewTerm)?.viewTerm?.views;
  const values =
    returns && algorithm.value ? valueObjective(algorithm.value, groups, returns, scales) : undefined;
  return {
    loss: loss + (values?.loss ?? 0) + 0,
    coefficients: terms.map((group) => group.map(({ derivative }) => derivative)),
    ...(views && {
      viewCoefficients: views.map((_, v) =>
        terms.map((group) =>
          group.map(({ derivative, views: own }) => own[v] ?? new Float64Array(derivative.length)),
        ),
      ),
    }),
    ...(values && { valueCoefficients: values.coefficients }),
    ...(algorithm.entropyCoefficient > 0 && {
      entropyCoefficients: entropyCoefficients(algorithm.entropyCoefficient, groups, scales),
    }),
    metrics: metrics.summary({ value: values?.metrics }),
  };
}

/** The advantages that the groups have: all or none of them, as `checkGroups` sees to. */
function givenAdvantages(groups: readonly ObjectiveGroup[]): BatchAdvantages | undefined {
  const known = groups.flatMap((group) => group.known ?? []);
  if (known.length === 0) return undefined;
  const returns = known.flatMap((own) => (own.returns ? [own.returns] : []));
  return {
    advantages: known.map(({ advantages }) => advantages),
    returns: returns.length === known.length ? returns : undefined,
  };
}

/** Token advantages of a batch that `checkGroups` has passed, and the targets of its values. */
export function batchAdvantages(
  algorithm: TokenAlgorithm,
  groups: readonly ObjectiveGroup[],
): BatchAdvantages {
  return comparedAdvantages(
    algorithm.advantage,
    groups.map((group) => rewarded(algorithm, group)),
    groups,
    groups.some(({ isWhitened }) => isWhitened),
  );
}

/**
 * The input of the advantage part: rewards, and the KL to the reference as a penalty of each token.
 *
 *     penaltyₜ = β·KL(log π_old(oₜ), log π_ref(oₜ))
 */
function rewarded({ kl }: TokenAlgorithm, { rewards, completions }: ObjectiveGroup): RewardedGroup {
  const isPenalised = kl.placement === "reward" && kl.coefficient !== 0;
  return {
    rewards,
    completions: completions.map(({ mask, oldLogprobs, refLogprobs, values, oldValues }) => ({
      mask,
      values: oldValues ?? values,
      penalties:
        isPenalised && refLogprobs
          ? Float64Array.from(mask, (counts, t) =>
              counts === 0 ? 0 : kl.coefficient * kl.estimate(oldLogprobs[t]!, refLogprobs[t]!).value,
            )
          : undefined,
    })),
  };
}

/** One completion's part of the maximised objective, and its derivative in the log-probs. */
function completionTerm(
  algorithm: TokenAlgorithm,
  completion: ObjectiveCompletion,
  advantages: Float64Array,
  scales: Float64Array,
  metrics: MetricsCollector,
): { value: number; derivative: Float64Array; views: readonly Float64Array[] } {
  const { logprobs, oldLogprobs, samplerLogprobs, refLogprobs, mask, weights } = completion;
  const { advantageBonus, perception, viewTerm } = completion;
  const { ratioLevel, surrogate, kl } = algorithm;
  const corrected =
    algorithm.correction &&
    samplerLogprobs &&
    samplerWeights(algorithm.correction, samplerLogprobs, oldLogprobs, mask);
  const lossCoefficient = kl.placement === "loss" ? kl.coefficient : 0;
  const ratios = ratioLevel.ratios(logRatio(logprobs, oldLogprobs), mask);
  const ratioSlope = new Float64Array(mask.length);
  const direct = new Float64Array(mask.length);
  const views = (viewTerm?.views ?? []).map(() => new Float64Array(mask.length));
  let value = 0;
  for (let t = 0; t < mask.length; t++) {
    if (mask[t] === 0) continue;
    const scale = scales[t]!;
    const weight = weights?.[t] ?? 1;
    const advantage = advantages[t]!;
    const term = surrogate(ratios[t]!, advantage * weight + (advantageBonus?.[t] ?? 0), logprobs[t]!);
    const factor = scale * (corrected?.weights[t] ?? 1);
    value += factor * term.value;
    ratioSlope[t] = factor * term.ratioDerivative;
    direct[t] = factor * term.logprobDerivative;
    const divergence = refLogprobs && kl.estimate(logprobs[t]!, refLogprobs[t]!);
    if (divergence && lossCoefficient !== 0) {
      value -= scale * lossCoefficient * divergence.value;
      direct[t]! -= scale * lossCoefficient * divergence.derivative;
    }
    const perceived = perception && perceptionTerm(perception, logprobs[t]!, t);
    if (perceived) {
      value += scale * perceived.value;
      direct[t]! += scale * perceived.derivative;
    }
    const compared = viewTerm && viewTermAt(viewTerm, logprobs[t]!, t);
    if (compared) {
      value += scale * compared.value;
      direct[t]! += scale * compared.given;
      for (const [v, slopes] of views.entries()) slopes[t] = scale * compared.views[v]! + 0;
    }
    metrics.token({
      ratio: ratios[t]!,
      advantage,
      weight,
      correction: corrected && { factor: corrected.weights[t]!, isBeyond: corrected.beyond[t] === 1 },
      clipped: term.clipped,
      divergence: divergence?.value,
      perception: perceived?.divergence,
      viewTerm: compared?.value,
    });
  }
  metrics.completionEnd();
  const pulled = ratioLevel.pullback(ratios, ratioSlope, mask);
  return { value, derivative: pulled.map((slope, t) => slope + direct[t]! + 0), views };
}

/** The entropy bonus is a mean over tokens like every other term: coefficient × scale. */
function entropyCoefficients(
  coefficient: number,
  groups: readonly ObjectiveGroup[],
  scales: readonly Float64Array[],
): Float64Array[][] {
  let next = 0;
  return groups.map(({ completions }) =>
    completions.map(() => scales[next++]!.map((scale) => coefficient * scale)),
  );
}
