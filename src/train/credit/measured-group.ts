/**
 * @module
 * Measurements of a group before training on it, and the group in the objective's form.
 */
import type { CompletionCredit } from "../../credit/index.ts";
import type { Score, Sequence } from "../../engine/index.ts";
import { EngineError } from "../../errors/index.ts";
import { isScorable } from "../../math/index.ts";
import type { ObjectiveGroup } from "../../objective/index.ts";
import { type Group, groupRewards, spreads } from "../batch/group.ts";
import type { Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import { presentTerm, type ViewScores } from "./view-scores.ts";

/** A group with the model outputs measured before the first step. */
export interface MeasuredGroup {
  readonly group: Group;
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
}

/** Prompt and tokens of every completion. */
export function sequencesOf(groups: readonly MeasuredGroup[]): Sequence[] {
  return groups.flatMap(({ group }) =>
    group.rollouts.map(({ completion }) => ({ prompt: group.prompt, completion: completion.tokens })),
  );
}

/** Adds log-probs under the frozen reference and value-head estimates to each group, as requested. */
export async function measureGroups(
  { engine, sampling }: Training,
  groups: readonly Group[],
  wants: {
    readonly reference: boolean;
    readonly values: boolean;
    readonly apart?: SeparateFactors | undefined;
  },
  watch: Stopwatch,
): Promise<MeasuredGroup[]> {
  const { apart } = wants;
  const plain = groups.map((group): MeasuredGroup => ({ group, apart }));
  const sequences = sequencesOf(plain);
  const { temperature } = sampling;
  const reference = wants.reference
    ? await watch.time("score", () => engine.score(sequences, { weights: "reference", temperature }))
    : undefined;
  const valued = wants.values
    ? await watch.time("score", () => engine.score(sequences, { values: true }))
    : undefined;
  let next = 0;
  return plain.map(({ group }) => {
    const places = group.rollouts.map(() => next++);
    return {
      group,
      apart,
      ...(reference && { refLogprobs: places.map((place) => reference[place]!.logprobs) }),
      ...(valued && { oldValues: places.map((place) => valuesOf(valued[place]!)) }),
    };
  });
}

/** Adds the trainer's log-probs to each group with a gradient, before any update. */
export async function withTrainerLogprobs(
  { engine, sampling }: Training,
  groups: readonly CreditedGroup[],
  watch: Stopwatch,
): Promise<CreditedGroup[]> {
  const moving = groups.filter(({ isIdle }) => !isIdle);
  if (moving.length === 0) return [...groups];
  const { temperature } = sampling;
  const scores = await watch.time("score", () => engine.score(sequencesOf(moving), { temperature }));
  let next = 0;
  return groups.map((own) =>
    own.isIdle ? own : { ...own, trainerLogprobs: own.group.rollouts.map(() => scores[next++]!.logprobs) },
  );
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
export function hasShapedSpread({ group, credits }: CreditedGroup): boolean {
  return spreads(group, shapedRewards(group, credits));
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
  return groups.map(({ group, credits, isIdle, refLogprobs, trainerLogprobs, oldValues, apart }) => {
    const start = first;
    first += group.rollouts.length;
    return {
      isIdle,
      ...comparisons(group, shapedRewards(group, credits), apart),
      completions: group.rollouts.map(({ completion }, i) => ({
        ...present(scores?.[start + i], trainerLogprobs?.[i] ?? completion.logprobs, oldValues?.[i]),
        oldValues: oldValues?.[i],
        oldLogprobs: trainerLogprobs?.[i] ?? completion.logprobs,
        samplerLogprobs: completion.logprobs,
        refLogprobs: refLogprobs?.[i],
        mask: new Uint8Array(completion.tokens.length).fill(1),
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
function comparisons(
  { others, separate }: Group,
  rewards: readonly (number | null)[],
  apart: SeparateFactors | undefined,
): Pick<ObjectiveGroup, "rewards" | "others" | "parts" | "isWhitened"> {
  if (separate === undefined || apart === undefined) return { rewards, others };
  const { factors, whiten } = apart;
  const parts = separate.map((scores, k) => ({ coefficient: factors[k]!, rewards: scores }));
  return { rewards, others, parts: [{ coefficient: 1, rewards }, ...parts], isWhitened: whiten };
}

function present(score: Score | undefined, logprobs: Float64Array, oldValues: Float64Array | undefined) {
  if (score === undefined) return { logprobs, values: oldValues };
  return { logprobs: score.logprobs, values: oldValues && valuesOf(score) };
}
