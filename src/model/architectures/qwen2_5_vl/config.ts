/**
 * @module
 * The sizes of a Qwen2.5-VL model, in Fovea's names.
 */
import type { QwenConfig, TowerConfig } from "../qwen/config.ts";

/** The `model_type` of config.json. */
export const MODEL_TYPE = "qwen2_5_vl";

/** Vision tower: a ViT over patches with window attention, then a 2x2 patch merger. */
export interface WindowedTowerConfig extends TowerConfig {
  readonly windowSize: number;
  readonly fullAttentionBlocks: readonly number[];
  /** Steps of the rotary time position that one second of video takes. */
  readonly tokensPerSecond: number;
}

export interface Qwen25Config extends QwenConfig {
  readonly modelType: typeof MODEL_TYPE;
  readonly vision: WindowedTowerConfig;
}
