/**
 * @module
 * Measurements of a group before training on it, and the group in the objective's form.
 */
import type { CompletionCredit } from "../../credit/index.ts";
import type { Score, ScoreRequest, Sequence } from "../../engine/index.ts";
import { EngineError } from "../../errors/index.ts";
import { isScorable } from "../../math/index.ts";
import {
  algorithmNeeds,
  countedMask,
  type KnownAdvantages,
  type ObjectiveGroup,
} from "../../objective/index.ts";
import { type Group, groupRewards, spreads } from "../batch/group.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { presentTerm, type ViewScores } from "./view-scores.ts";

/** A group with the model outputs measured before the first step. */
export interface MeasuredGroup {
  readonly group: Group;
  /** `[G][T]` 1 where the token counts: tokens of truncated completions do not where the algorithm masks them. */
  readonly masks: readonly Uint8Array[];
  /** `[G][T]` nats. */
  readonly refLogprobs?: readonly Float64Array[] | undefined;
  /** `[G][T]` nats, by the trainer before the batch's first step; only if the algorithm corrects for the sampler. */
  readonly trainerLogprobs?: readonly Float64Array[] | undefined;
  /** `[G][T]` estimates of the value head, reward units. */
  readonly oldValues?: readonly Float64Array[] | undefined;
  /** Factors of separately normalised rewards, if any. */
  readonly apart?: SeparateFactors | undefined;
}

/** How separately normalised rewards enter the advantage. */
export interface SeparateFactors {
  /** `[K]` */
  readonly factors: readonly number[];
  readonly whiten: boolean;
}

/** A group with the credit of its completions. */
export interface CreditedGroup extends MeasuredGroup {
  /** The group counts in the means of the loss but has no gradient. */
  readonly isIdle?: boolean;
  readonly credits: readonly CompletionCredit[];
  /** The rewards of the problem's other forms as their credit has shaped them; the group's own `others` unless given. */
  readonly shapedOthers?: readonly (number | null)[];
  /** Advantages over the whole batch; absent if the algorithm compares pairs. */
  readonly known?: KnownAdvantages | undefined;
}

/** `[G][T]` 1 where a token of the group counts. */
export function masksOf({ rollouts }: Group, { objective }: Pick<Training, "objective">): Uint8Array[] {
  return rollouts.map(({ completion: { tokens, stopReason } }) =>
    countedMask({ tokens: tokens.length, isTruncated: stopReason === "length" }, objective),
  );
}

/** Prompt and tokens of every completion. */
export function sequencesOf(groups: readonly MeasuredGroup[]): Sequence[] {
  return groups.flatMap(({ group }) =>
    group.rollouts.map(({ completion }) => ({ prompt: group.prompt, completion: completion.tokens })),
  );
}

/**
 * Adds model outputs to each group before any update: log-probs under the frozen reference on request, and what the
 * algorithm needs of the value head and of the trainer.
 */
export async function measureGroups(
  training: Training,
  groups: readonly Group[],
  wants: { readonly reference: boolean; readonly apart?: SeparateFactors | undefined },
  watch: Stopwatch,
): Promise<MeasuredGroup[]> {
  const { apart } = wants;
  const { engine, objective, sampling } = training;
  const { values, trainerLogprobs } = algorithmNeeds(objective);
  const plain = groups.map((group): MeasuredGroup => ({ group, masks: masksOf(group, training), apart }));
  const sequences = sequencesOf(plain);
  const { temperature } = sampling;
  const scored = async (isWanted: boolean, request: ScoreRequest) =>
    isWanted && sequences.length > 0
      ? watch.time("score", () => engine.score(sequences, request))
      : undefined;
  const reference = await scored(wants.reference, { weights: "reference", temperature });
  const trainer = await scored(trainerLogprobs, { temperature });
  const valued = await scored(values, { values: true });
  let next = 0;
  return plain.map((own) => {
    const places = own.group.rollouts.map(() => next++);
    return {
      ...own,
      ...(reference && { refLogprobs: places.map((place) => reference[place]!.logprobs) }),
      ...(trainer && { trainerLogprobs: places.map((place) => trainer[place]!.logprobs) }),
      ...(valued && { oldValues: places.map((place) => valuesOf(valued[place]!)) }),
    };
  });
}

function valuesOf({ values }: Score): Float64Array {
  if (values === undefined) throw new EngineError("score: expected values, got none");
  return values;
}

/** `[G]` rewards plus the credit method's addition; null where no verifier could judge. */
export function shapedRewards(group: Group, credits?: readonly CompletionCredit[]): (number | null)[] {
  return groupRewards(group).map((reward, i) =>
    isScorable(reward) ? reward + (credits?.[i]?.rewardBonus ?? 0) : null,
  );
}

/** Whether the shaped rewards of a group differ. */
export function hasShapedSpread({ group, credits, shapedOthers }: CreditedGroup): boolean {
  return spreads({ ...group, others: shapedOthers ?? group.others ?? [] }, shapedRewards(group, credits));
}

/** The groups of one round of sampling. A group of a problem in several forms gets the shaped rewards of the other forms. */
export function withShapedForms(groups: readonly CreditedGroup[]): readonly CreditedGroup[] {
  return groups.map((own) => {
    const { drawn } = own.group;
    if (drawn === undefined) return own;
    const others = groups.filter((other) => other !== own && other.group.drawn === drawn);
    return { ...own, shapedOthers: others.flatMap(({ group, credits }) => shapedRewards(group, credits)) };
  });
}

/**
 * The batch in the objective's form.
 *
 * @param scores of the current policy, one per completion; by default log-probs and values of sampling, or of the
 * trainer before the first step if known
 * @param views `[V]` the current policy's scores under each view of the credits' terms, one per completion; by default
 * those before the first step
 */
export function objectiveGroups(
  groups: readonly (MeasuredGroup & Partial<CreditedGroup>)[],
  scores?: readonly (Score | undefined)[],
  views?: ViewScores,
): ObjectiveGroup[] {
  let first = 0;
  return groups.map((measured) => {
    const { group, masks, credits, isIdle, refLogprobs, trainerLogprobs, oldValues, known } = measured;
    const start = first;
    first += group.rollouts.length;
    return {
      isIdle,
      known,
      ...comparisons(measured),
      completions: group.rollouts.map(({ completion }, i) => ({
        ...present(scores?.[start + i], trainerLogprobs?.[i] ?? completion.logprobs, oldValues?.[i]),
        oldValues: oldValues?.[i],
        oldLogprobs: trainerLogprobs?.[i] ?? completion.logprobs,
        samplerLogprobs: completion.logprobs,
        refLogprobs: refLogprobs?.[i],
        mask: masks[i]!,
        weights: credits?.[i]?.weights,
        advantageBonus: credits?.[i]?.advantageBonus,
        perception: credits?.[i]?.perception,
        viewTerm: presentTerm(credits?.[i]?.viewTerm, views, start + i),
        isTruncated: completion.stopReason === "length",
      })),
    };
  });
}

/** Rewards of a group and the other rewards of its comparison. */
function comparisons({
  group,
  credits,
  shapedOthers,
  apart,
}: MeasuredGroup & Partial<CreditedGroup>): Pick<
  ObjectiveGroup,
  "rewards" | "others" | "parts" | "isWhitened"
> {
  const { separate } = group;
  const rewards = shapedRewards(group, credits);
  const others = shapedOthers ?? group.others;
  if (separate === undefined || apart === undefined) return { rewards, others };
  const { factors, whiten } = apart;
  const parts = separate.map((scores, k) => ({ coefficient: factors[k]!, rewards: scores }));
  return { rewards, others, parts: [{ coefficient: 1, rewards }, ...parts], isWhitened: whiten };
}

function present(score: Score | undefined, logprobs: Float64Array, oldValues: Float64Array | undefined) {
  if (score === undefined) return { logprobs, values: oldValues };
  return { logprobs: score.logprobs, values: oldValues && valuesOf(score) };
}
