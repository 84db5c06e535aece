/**
 * @module
 * How far the program that samples is from the one that trains. Both compute log-probs of the same tokens under the same
 * weights; on a cluster they are two implementations, in two precisions, and their difference is noise in every ratio.
 */
import { type Mismatch, mismatch } from "../engine/index.ts";
import type { CreditedGroup } from "./measured-group.ts";

/**
 * Compares the log-probs that came with sampled tokens with the trainer's.
 *
 * @param trainer `[T]` nats each, in the order of the groups' completions
 * @throws EngineError when a completion has another number of tokens than the trainer saw
 */
export function samplerMismatch(
  groups: readonly CreditedGroup[],
  trainer: readonly Float64Array[],
): Mismatch {
  const completions = groups.flatMap(({ group }) => group.rollouts.map(({ completion }) => completion));
  return mismatch(
    completions.map(({ logprobs }) => logprobs),
    trainer,
  );
}
