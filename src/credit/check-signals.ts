/**
 * @module
 * Checks shared by the credit methods: signals must have one length and be finite masses where tokens count.
 */
import { NumericError, ShapeError } from "../errors/index.ts";
import type { AttentionSignals } from "./attention-signals.ts";

const NAMES = ["visualMass", "textMass", "visualShift", "textShift"] as const;

/** Whether token t counts; all do without a mask. */
export function counts(mask: ArrayLike<number> | undefined, t: number): boolean {
  return mask === undefined || mask[t] !== 0;
}

/**
 * Fails unless all signals and the mask have one length and every token that counts has finite values ≥ 0.
 *
 * @returns that length, T
 * @throws ShapeError, NumericError
 */
export function checkSignals(input: AttentionSignals & { mask?: ArrayLike<number> | undefined }): number {
  const tokens = input.visualMass.length;
  for (const name of NAMES) {
    if (input[name].length !== tokens) {
      throw new ShapeError(`${name}: expected shape [${tokens}], got [${input[name].length}]`);
    }
  }
  if (input.mask && input.mask.length !== tokens) {
    throw new ShapeError(`mask: expected shape [${tokens}], got [${input.mask.length}]`);
  }
  for (let t = 0; t < tokens; t++) {
    if (!counts(input.mask, t)) continue;
    for (const name of NAMES) {
      const value = input[name][t]!;
      if (!(value >= 0 && value < Infinity)) {
        throw new NumericError(`${name}[${t}]: expected a finite number ≥ 0, got ${value}`);
      }
    }
  }
  return tokens;
}
