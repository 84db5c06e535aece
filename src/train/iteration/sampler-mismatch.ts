/**
 * @module
 * The mismatch between sampler and trainer. Both compute log-probs of the same tokens under the same weights; on a
 * cluster they are two implementations in two precisions, and their difference is noise in every importance ratio. With
 * rollouts in 8 bits they are two models: one with rounded weights, and the trained one.
 */
import { type Mismatch, mismatch, type Score } from "../../engine/index.ts";
import type { Group, Rollout } from "../batch/group.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";
import type { Training } from "./training.ts";

/** Whether rollouts are sampled by rounded weights. */
export function isRounded({ engine }: Pick<Training, "engine">): boolean {
  return engine.capabilities.has("int8-rollouts");
}

/** Whether the present sampler gave the log-probs: not of noised images, which the trainer scored, nor of earlier weights. */
const isSampled = ({ isReplayed }: Group, { isNoised }: Rollout) => !isReplayed && !isNoised;

/**
 * Compares the sampler's log-probs with the trainer's. Completions from noised images, whose log-probs are the trainer's own,
 * and replayed completions, which earlier weights sampled, are left out.
 *
 * @param trainer `[T]` nats each, of the completions at `places`
 * @param places indices among all completions of the groups, in their order
 * @returns undefined where none is left
 * @throws EngineError when the trainer scored another number of tokens of a completion
 */
export function samplerMismatch(
  groups: readonly CreditedGroup[],
  trainer: readonly Float64Array[],
  places: readonly number[],
): Mismatch | undefined {
  const all = groups.flatMap(({ group }) => group.rollouts.map((rollout) => ({ group, rollout })));
  const kept = places.flatMap((place, i) => {
    const { group, rollout } = all[place]!;
    return isSampled(group, rollout) ? [{ sampler: rollout.completion.logprobs, trainer: trainer[i]! }] : [];
  });
  if (kept.length === 0) return undefined;
  return mismatch(
    kept.map(({ sampler }) => sampler),
    kept.map((own) => own.trainer),
  );
}

/**
 * Compares the log-probs of rollouts by rounded weights with the trainer's before the first step. Completions that were not
 * scored are left out too.
 *
 * @param scores by the trainer, one per completion, where the objective does not correct for the sampler
 * @returns undefined where nothing was scored
 */
export function roundingMismatch(
  groups: readonly CreditedGroup[],
  scores: readonly (Score | undefined)[] | undefined,
): Mismatch | undefined {
  const sampler: Float64Array[] = [];
  const trainer: Float64Array[] = [];
  let place = 0;
  for (const { group, trainerLogprobs } of groups) {
    for (const [i, rollout] of group.rollouts.entries()) {
      const scored = trainerLogprobs?.[i] ?? scores?.[place]?.logprobs;
      place++;
      if (scored === undefined || !isSampled(group, rollout)) continue;
      sampler.push(rollout.completion.logprobs);
      trainer.push(scored);
    }
  }
  return sampler.length === 0 ? undefined : mismatch(sampler, trainer);
}
