/**
 * @module
 * The sizes of a Qwen3-VL model, in Fovea's names.
 */
import type { QwenConfig, QwenTextConfig, TowerConfig } from "../qwen/config.ts";

/** The `model_type` of config.json. */
export const MODEL_TYPE = "qwen3_vl";

/** Frames that share a patch; the family has no other number, and the words around videos count on it. */
export const TEMPORAL_PATCH_SIZE = 2;

/** Vision tower: a ViT with an interpolated table of positions, merged after its last block and after some before. */
export interface DeepstackTowerConfig extends TowerConfig {
  readonly positionsPerSide: number;
  readonly deepstackBlocks: readonly number[];
}

/** Decoder whose queries and keys are normalised head by head. */
export interface Qwen3TextConfig extends QwenTextConfig {
  readonly deepstackLayers: number;
}

export interface Qwen3Config extends QwenConfig {
  readonly modelType: typeof MODEL_TYPE;
  readonly text: Qwen3TextConfig;
  readonly vision: DeepstackTowerConfig;
}
