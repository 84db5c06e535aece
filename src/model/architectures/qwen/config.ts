/**
 * @module
 * The sizes of a Qwen-VL model, in Fovea's names, as far as the line's families have them in common.
 */
import type { ModelConfig, TextConfig } from "../../config.ts";

/** Vision tower: a ViT over patches, then a merger of neighbouring patches. */
export interface TowerConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  /** Width of the merged tokens, equal to the decoder's. */
  readonly outHiddenSize: number;
  readonly inChannels: number;
  /** Pixels per side of a patch. */
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** Patches per side that the merger joins. */
  readonly spatialMergeSize: number;
  /** Pixels per side of an attention window; absent where every block attends over the whole frame. */
  readonly windowSize?: number;
  /** Blocks that attend over the whole frame, where there are windows. */
  readonly fullAttentionBlocks?: readonly number[];
  /** Rows and columns of the learned table of positions, which is interpolated to a frame's grid; absent where there is none. */
  readonly positionsPerSide?: number;
  /** Blocks after which rows are merged for the decoder's first layers too (DeepStack, arXiv:2406.04334). */
  readonly deepstackBlocks?: readonly number[];
}

/** Decoder with 3-D rotary positions. */
export interface QwenTextConfig extends TextConfig {
  /** Rotary frequencies given to time, height and width; they sum to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
}

export interface QwenConfig extends ModelConfig {
  readonly text: QwenTextConfig;
  readonly vision: TowerConfig;
  readonly imageTokenId: number;
  readonly videoTokenId: number;
  readonly visionStartTokenId: number;
  readonly visionEndTokenId: number;
}
