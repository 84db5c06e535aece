/**
 * @module
 * AT-RL's bias curve over the keys of a batch: what each column of attention is multiplied by.
 */
import { type BiasCurve, biasCurve } from "../../../credit/bias-curve.ts";
import type { PreparedSequence, SequenceBatch } from "../scoring/sequence-batches.ts";

/**
 * `[P·G, 1, S_p + T]` 1 / b_j of each completion's keys, 0 at padding. Positions count real tokens only, so that a
 * sequence has the same curve in every batch.
 */
export function calibrationFactors(
  { shape, slots }: SequenceBatch,
  sequences: readonly PreparedSequence[],
  curve?: BiasCurve,
): Float32Array {
  const { promptLength, completionLength } = shape;
  const width = promptLength + completionLength;
  const factors = new Float32Array(slots.length * width);
  for (const [slot, index] of slots.entries()) {
    if (index >= 0) {
      const { prompt, completion } = sequences[index]!;
      const first = slot * width + promptLength - prompt.tokens.length;
      writeCalibration(factors, first, prompt.tokens.length + completion.length, curve);
    }
  }
  return factors;
}

/** Writes 1 / b_j of a sequence of N keys. */
export function writeCalibration(into: Float32Array, start: number, keys: number, curve?: BiasCurve): void {
  for (const [j, bias] of biasCurve(keys, curve).entries()) {
    into[start + j] = 1 / bias;
  }
}
