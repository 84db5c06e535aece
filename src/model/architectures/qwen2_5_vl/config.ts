/**
 * @module
 * The sizes of a Qwen2.5-VL model, in Fovea's names.
 */
import type { ModelConfig, TextConfig } from "../../config.ts";

/** What config.json calls the architecture. */
export const MODEL_TYPE = "qwen2_5_vl";

/** Vision tower: a ViT over patches with window attention, then a 2x2 patch merger. */
export interface VisionConfig {
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
  /** Pixels per side of an attention window. */
  readonly windowSize: number;
  /** Steps of the rotary time position that one second of video takes. */
  readonly tokensPerSecond: number;
  /** Blocks that attend over the whole image. */
  readonly fullAttentionBlocks: readonly number[];
}

/** Decoder with 3-D rotary positions. */
export interface QwenTextConfig extends TextConfig {
  /** Rotary frequencies given to time, height and width; they sum to headDim / 2. */
  readonly mropeSection: readonly [number, number, number];
}

export interface QwenConfig extends ModelConfig {
  readonly modelType: typeof MODEL_TYPE;
  readonly text: QwenTextConfig;
  readonly vision: VisionConfig;
  readonly imageTokenId: number;
  readonly videoTokenId: number;
  readonly visionStartTokenId: number;
  readonly visionEndTokenId: number;
}
