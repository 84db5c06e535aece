/**
 * @module
 * The sizes of a Qwen2-VL model, in Fovea's names.
 */
import type { QwenConfig } from "../qwen/config.ts";

/** The `model_type` of config.json. */
export const MODEL_TYPE = "qwen2_vl";

/** The tower attends over whole frames. */
export interface Qwen2Config extends QwenConfig {
  readonly modelType: typeof MODEL_TYPE;
}
