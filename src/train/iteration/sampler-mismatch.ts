/**
 * @module
 * How far the program that samples is from the one that trains. Both compute log-probs of the same tokens under the same
 * weights; on a cluster they are two implementations, in two precisions, and their difference is noise in every ratio.
 */
import { EngineError } from "../../errors/index.ts";
import type { CreditedGroup } from "../credit/measured-group.ts";

/** Over the tokens of a batch. */
export interface SamplerMismatch {
  readonly tokens: number;
  /** Mean of |log π_trainer − log π_sampler|, nats. */
  readonly mean: number;
  /** Its maximum. */
  readonly max: number;
  /** k3 estimate of KL(sampler ‖ trainer), nats. */
  readonly kl: number;
}

/**
 * Compares the log-probs that came with sampled tokens with the trainer's.
 *
 *     Δₜ = log π_trainer(oₜ) − log π_sampler(oₜ),   KL ≈ mean( exp(Δₜ) − 1 − Δₜ )
 *
 * @param trainer `[T]` nats each, of the completions at `places`
 * @param places indices among all completions of the groups, in their order
 * @throws EngineError when a completion has another number of tokens than the trainer saw
 */
export function samplerMismatch(
  groups: readonly CreditedGroup[],
  trainer: readonly Float64Array[],
  places: readonly number[],
): SamplerMismatch {
  const all = groups.flatMap(({ group }) => group.rollouts.map(({ completion }) => completion));
  const completions = places.map((place) => all[place]!);
  let tokens = 0;
  let sum = 0;
  let max = 0;
  let kl = 0;
  for (const [i, { logprobs }] of completions.entries()) {
    const own = trainer[i];
    if (own?.length !== logprobs.length) {
      throw new EngineError(`completion ${i}: expected ${logprobs.length} log-probs, got ${own?.length}`);
    }
    for (let t = 0; t < own.length; t++) {
      const shift = own[t]! - logprobs[t]!;
      sum += Math.abs(shift);
      max = Math.max(max, Math.abs(shift));
      kl += Math.expm1(shift) - shift;
    }
    tokens += own.length;
  }
  return { tokens, mean: tokens === 0 ? 0 : sum / tokens, max, kl: tokens === 0 ? 0 : kl / tokens };
}
