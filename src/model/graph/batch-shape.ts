/**
 * @module
 * Sizes of a batch of groups that share a prompt, and the attention of one layer over it.
 */
import type { Tensor } from "../../tensor/index.ts";

/** Sizes of a batch: P prompts of S_p slots, G completions each of T slots. */
export interface BatchShape {
  readonly prompts: number;
  readonly groupSize: number;
  readonly promptLength: number;
  readonly completionLength: number;
  /** Slots of image tokens a prompt that layers read by cross-attention, K; 0 unless given. */
  readonly imageLength?: number;
}

/** Rows of a batch: P·S_p of prompts, then P·G·T of completions. */
export function batchRows({ prompts, groupSize, promptLength, completionLength }: BatchShape): number {
  return prompts * (promptLength + groupSize * completionLength);
}

/** Rows of embeddings: the rows of a batch, then P·K rows of image tokens for cross-attention. */
export function embeddingRows(batch: BatchShape): number {
  return batchRows(batch) + batch.prompts * (batch.imageLength ?? 0);
}

/** One layer's attention: `[P, H, S_p, S_p]`, or its last row, and `[P·G, H, T, S_p + T]`. */
export interface LayerProbabilities {
  readonly prompt: Tensor;
  readonly completion: Tensor;
}
