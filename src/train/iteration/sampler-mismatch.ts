/**
 * @module
 * The mismatch between sampler and trainer. Both compute log-probs of the same tokens under the same weights; on a
 * cluster they are two implementations in two precisions, and their difference is noise in every importance ratio.
 */
import { type Mismatch, mismatch } from "../../engine/index.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";

/**
 * Compares the sampler's log-probs with the trainer's.
 *
 * @param trainer `[T]` nats each, of the completions at `places`
 * @param places indices among all completions of the groups, in their order
 * @throws EngineError when the trainer scored another number of tokens of a completion
 */
export function samplerMismatch(
  groups: readonly CreditedGroup[],
  trainer: readonly Float64Array[],
  places: readonly number[],
): Mismatch {
  const all = groups.flatMap(({ group }) => group.rollouts.map(({ completion }) => completion.logprobs));
  return mismatch(
    places.map((place) => all[place]!),
    trainer,
  );
}
