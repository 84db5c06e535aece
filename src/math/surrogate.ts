/**
 * @module
 * Policy surrogates: what is maximised for one token, as a function of its importance ratio ρ and advantage A, each
 * with its derivative in ρ beside it. All are to be maximised; losses are their negatives.
 *
 * At the kinks of a clip the derivative is that of the side inside the trust region: only a ratio strictly beyond a
 * bound is cut off. Automatic differentiation has no one answer there; torch 2.15 halves the gradient at a ratio
 * exactly on a bound, also where the surrogate is smooth.
 */

import { NumericError } from "../errors/index.ts";
import { requireObject } from "./check.ts";

/** A surrogate's value and slope at one token. */
export interface SurrogateValue {
  readonly value: number;
  /** ∂value/∂ρ. */
  readonly derivative: number;
  /** The bound that cut this token's gradient off, if one did; `"dual"` is the bound of dual clip. */
  readonly clipped: "none" | "low" | "high" | "dual";
}

/** Trust region of the importance ratio: [1 − clipLow, 1 + clipHigh]. */
export interface ClipOptions {
  /** ε_low ≥ 0; infinite does not clip. */
  readonly clipLow: number;
  /** ε_high ≥ 0; infinite does not clip. */
  readonly clipHigh: number;
  /** Bound c > 1 of dual clip: for A < 0 the surrogate is at least c·A. Absent: no bound. */
  readonly dualClip?: number | undefined;
}

/** Negative as well as missing bounds would clip nothing, or everything. */
function checkClip(options: ClipOptions): void {
  requireObject("options", options);
  const { clipLow, clipHigh, dualClip = Infinity } = options;
  if (clipLow >= 0 && clipHigh >= 0 && dualClip > 1) return;
  throw new NumericError(
    `clip: expected clipLow ≥ 0, clipHigh ≥ 0 and dualClip > 1, got ${clipLow}, ${clipHigh} and ${dualClip}`,
  );
}

const FLAT: SurrogateValue = { value: 0, derivative: 0, clipped: "none" };

/**
 * Clipped surrogate.
 *
 *     f(ρ) = min( ρ·A, clamp(ρ, 1 − clipLow, 1 + clipHigh)·A )
 *     f(ρ) ← max( f(ρ), c·A )                                      for A < 0, with dual clip
 *
 * Source: PPO, arXiv:1707.06347, eq. 7; unequal bounds: DAPO, arXiv:2503.14476, section 3.1; dual clip:
 * arXiv:1912.09729.
 *
 * @param ratio ρ > 0
 * @param advantage A, any unit; at 0 value and derivative are 0 for any ratio
 * @throws NumericError when a bound is missing or impossible
 */
export function clippedSurrogate(ratio: number, advantage: number, options: ClipOptions): SurrogateValue {
  checkClip(options);
  if (advantage === 0) return FLAT;
  const low = 1 - options.clipLow;
  const high = 1 + options.clipHigh;
  if (advantage > 0 && ratio > high) return { value: high * advantage, derivative: 0, clipped: "high" };
  if (advantage < 0 && ratio < low) return { value: low * advantage, derivative: 0, clipped: "low" };
  const { dualClip = Infinity } = options;
  if (advantage < 0 && ratio > dualClip) {
    return { value: dualClip * advantage, derivative: 0, clipped: "dual" };
  }
  return { value: ratio * advantage, derivative: advantage, clipped: "none" };
}

/** Temperatures of the soft gate, > 0; larger cuts faster. */
export interface SoftGateOptions {
  /** τ for A > 0. */
  readonly temperaturePositive: number;
  /** τ for A ≤ 0. */
  readonly temperatureNegative: number;
}

/**
 * Soft-gated surrogate: a smooth trust region in place of the clip.
 *
 *     f(ρ)  = (4/τ)·σ(τ·(ρ − 1))·A
 *     f′(ρ) = 4·σ·(1 − σ)·A                     exactly A at ρ = 1
 *
 * Source: SAPO, arXiv:2511.20347. Implementations differ in the τ they give A = 0; there both value and
 * derivative are 0, so nothing depends on it.
 *
 * @param ratio ρ > 0
 * @param advantage A, any unit
 * @throws NumericError when a temperature is missing or impossible
 */
export function softGateSurrogate(
  ratio: number,
  advantage: number,
  options: SoftGateOptions,
): SurrogateValue {
  requireObject("options", options);
  if (advantage === 0) return FLAT;
  const temperature = advantage > 0 ? options.temperaturePositive : options.temperatureNegative;
  if (!(temperature > 0)) throw new NumericError(`temperature: expected a number > 0, got ${temperature}`);
  const gate = 1 / (1 + Math.exp(-temperature * (ratio - 1)));
  return {
    value: (4 / temperature) * gate * advantage,
    derivative: 4 * gate * (1 - gate) * advantage,
    clipped: "none",
  };
}

/**
 * The ratio held inside its trust region, used as a constant weight (its gradient is stopped).
 *
 *     w = clamp(ρ, 1 − clipLow, 1 + clipHigh)
 *
 * Source: CISPO, arXiv:2506.13585.
 *
 * @throws NumericError when a bound is missing or impossible
 */
export function clampedRatio(ratio: number, options: ClipOptions): number {
  checkClip(options);
  return Math.min(Math.max(ratio, 1 - options.clipLow), 1 + options.clipHigh);
}
