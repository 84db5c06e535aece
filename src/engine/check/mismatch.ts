/**
 * @module
 * How far two programs are apart that compute log-probs of the same tokens: one that samples and one that trains.
 */
import { EngineError } from "../../errors/index.ts";

/** Over tokens. */
export interface Mismatch {
  readonly tokens: number;
  /** Mean of |log π_trainer − log π_sampler|, nats. */
  readonly mean: number;
  /** Its maximum. */
  readonly max: number;
  /** k3 estimate of KL(sampler ‖ trainer), nats. */
  readonly kl: number;
}

/**
 * Compares log-probs of the same completions.
 *
 *     Δₜ = log π_trainer(oₜ) − log π_sampler(oₜ),   KL ≈ mean( exp(Δₜ) − 1 − Δₜ )
 *
 * @param sampler `[T]` nats each
 * @param trainer `[T]` nats each, in the same order
 * @throws EngineError when a completion has another number of tokens
 */
export function mismatch(sampler: readonly Float64Array[], trainer: readonly Float64Array[]): Mismatch {
  let tokens = 0;
  let sum = 0;
  let max = 0;
  let kl = 0;
  for (const [i, sampled] of sampler.entries()) {
    const own = trainer[i];
    if (own?.length !== sampled.length) {
      throw new EngineError(`completion ${i}: expected ${sampled.length} log-probs, got ${own?.length}`);
    }
    for (let t = 0; t < own.length; t++) {
      const shift = own[t]! - sampled[t]!;
      sum += Math.abs(shift);
      max = Math.max(max, Math.abs(shift));
      kl += Math.expm1(shift) - shift;
    }
    tokens += own.length;
  }
  return { tokens, mean: tokens === 0 ? 0 : sum / tokens, max, kl: tokens === 0 ? 0 : kl / tokens };
}
