/**
 * @module
 * The loss of a value head, with its derivative in the value.
 */

import { NumericError } from "../errors/index.ts";

/** A value's loss and slope at one token. */
export interface ValueLoss {
  readonly value: number;
  /** ∂value/∂V. */
  readonly derivative: number;
  /** Whether the bound decided, so that the loss is that of the clipped value. */
  readonly isClipped: boolean;
}

/**
 * Clipped squared error of a value.
 *
 *     L(V) = ½·max( (V − R)², (clamp(V, V_old − clip, V_old + clip) − R)² )
 *
 * Source: implementations of PPO (verl, TRL); arXiv:1707.06347, eq. 9 has the plain squared error, which is
 * `clip` = ∞. At the edges the derivative is that of the unclipped error.
 *
 * @param value V, of the value head as it is
 * @param oldValue V_old, of the value head when the completion was sampled
 * @param target R, the return to be predicted
 * @param clip ≥ 0, reward units
 * @throws NumericError when the clip is not
 * @example
 * clippedValueLoss(1, 0, 0.25, 0.2); // { value: 0.28125, derivative: 0.75, isClipped: false }
 */
export function clippedValueLoss(value: number, oldValue: number, target: number, clip: number): ValueLoss {
  if (!(clip >= 0)) throw new NumericError(`clip: expected a number ≥ 0, got ${clip}`);
  const clamped = Math.min(Math.max(value, oldValue - clip), oldValue + clip);
  const plain = (value - target) ** 2;
  const held = (clamped - target) ** 2;
  return held > plain
    ? { value: held / 2, derivative: 0, isClipped: true }
    : { value: plain / 2, derivative: value - target, isClipped: false };
}
