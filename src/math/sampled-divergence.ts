/**
 * @module
 * Divergences of two distributions from the log-probs of a token that the first of them drew, each with its slopes in
 * both. The slope need not be the derivative of the value. The slope of an estimate is not an estimate of the slope,
 * because the token was drawn from the distribution that changes.
 */

import { requireChoice } from "./check.ts";

/**
 * Which divergence of p, which drew the token, and q.
 *
 * - `forward`: KL(p ‖ q)
 * - `reverse`: KL(q ‖ p)
 * - `estimate`: reports KL(p ‖ q) and has the slopes of its estimate k3, as losses have that differentiate it
 */
export const DIVERGENCE_DIRECTIONS = ["forward", "reverse", "estimate"] as const;
export type DivergenceDirection = (typeof DIVERGENCE_DIRECTIONS)[number];

/** A divergence at one token. */
export interface SampledDivergence {
  /** Nats, ≥ 0. */
  readonly value: number;
  /** Slope in log p(o); over tokens drawn from p its mean is the gradient that the direction names. */
  readonly first: number;
  /** Slope in log q(o). */
  readonly second: number;
}

/**
 * With w = q(o)/p(o):
 *
 *     forward    w − 1 − log w        slopes −log w and w − 1:   means ∇_p KL(p ‖ q) and ∇_q KL(p ‖ q)
 *     reverse    w·log w − w + 1      slopes 1 − w and w·log w:  means ∇_p KL(q ‖ p) and ∇_q KL(q ‖ p)
 *     estimate   w − 1 − log w        slopes 1 − w and w − 1:    means ∇_p KL(q ‖ p) and ∇_q KL(p ‖ q)
 *
 * Source: J. Schulman, "Approximating KL Divergence" (2020), for the values. A token whose value reaches the bound has
 * that value and no slope.
 *
 * @param first log p(o), nats
 * @param second log q(o), nats
 * @param bound nats
 * @throws ConfigError when the direction is another
 * @example
 * sampledDivergence("estimate", Math.log(0.5), Math.log(0.25)); // { value: ln 2 − 0.5, first: 0.5, second: −0.5 }
 */
export function sampledDivergence(
  direction: DivergenceDirection,
  first: number,
  second: number,
  bound = Infinity,
): SampledDivergence {
  if (!Object.hasOwn(divergences, direction)) requireChoice("direction", direction, DIVERGENCE_DIRECTIONS);
  const found = divergences[direction](second - first);
  return found.value < bound ? found : { value: bound, first: 0, second: 0 };
}

const divergences: Readonly<Record<DivergenceDirection, (logW: number) => SampledDivergence>> = {
  forward: (logW) => {
    const excess = Math.expm1(logW);
    return { value: excess - logW, first: -logW, second: excess };
  },
  reverse: (logW) => {
    const excess = Math.expm1(logW);
    const weighted = logW === -Infinity ? 0 : (excess + 1) * logW;
    return { value: weighted - excess, first: -excess, second: weighted };
  },
  estimate: (logW) => {
    const excess = Math.expm1(logW);
    return { value: excess - logW, first: -excess, second: excess };
  },
};
