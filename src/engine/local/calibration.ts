/**
 * @module
 * AT-RL's bias curve over the keys of a batch: what each column of attention is multiplied by.
 */
import type { PreparedSequence, SequenceBatch } from "./sequence-batches.ts";

/**
 * Mean-normalised bias of each key position, b_j ∝ 1 + 0.15·e^{−4p} + 0.05·cos(πp), p = j/N, j = 1 … N.
 *
 * Source: AT-RL, arXiv:2602.11455, Eq. 12.
 *
 * @param keys N, prompt and completion tokens of one sequence
 * @returns `[N]`, mean 1
 */
function biasCurve(keys: number): Float64Array {
  const curve = new Float64Array(keys);
  let total = 0;
  for (let j = 0; j < keys; j++) {
    const p = (j + 1) / keys;
    curve[j] = 1 + 0.15 * Math.exp(-4 * p) + 0.05 * Math.cos(Math.PI * p);
    total += curve[j]!;
  }
  return curve.map((bias) => (bias * keys) / total);
}

/**
 * `[P·G, 1, S_p + T]` 1 / b_j of each completion's keys, 0 at padding. Positions count real tokens only, so that a
 * sequence has the same curve in every batch.
 */
export function calibrationFactors(
  { shape, slots }: SequenceBatch,
  sequences: readonly PreparedSequence[],
): Float32Array {
  const { promptLength, completionLength } = shape;
  const width = promptLength + completionLength;
  const factors = new Float32Array(slots.length * width);
  for (const [slot, index] of slots.entries()) {
    if (index >= 0) {
      const { prompt, completion } = sequences[index]!;
      const first = slot * width + promptLength - prompt.tokens.length;
      writeCalibration(factors, first, prompt.tokens.length + completion.length);
    }
  }
  return factors;
}

/** Writes 1 / b_j of a sequence of N keys. */
export function writeCalibration(into: Float32Array, start: number, keys: number): void {
  for (const [j, bias] of biasCurve(keys).entries()) {
    into[start + j] = 1 / bias;
  }
}
