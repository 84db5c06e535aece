/**
 * @module
 * The sizes of a SmolVLM or Idefics3 model, in Fovea's names.
 */
import type { ModelConfig } from "../../config.ts";

/** The `model_type` of SmolVLM2, which has the tower and the decoder of Idefics3. */
export const MODEL_TYPE = "smolvlm";
/** The `model_type` of Idefics3 and the first SmolVLM. */
export const IDEFICS_MODEL_TYPE = "idefics3";

/** Vision tower: SigLIP, a ViT over square tiles with learned positions. */
export interface VisionConfig {
  readonly depth: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly inChannels: number;
  /** Pixels per side of the images that the position table was made for. */
  readonly imageSize: number;
  /** Pixels per side of a patch. */
  readonly patchSize: number;
  readonly layerNormEpsilon: number;
}

export interface SmolConfig extends ModelConfig {
  readonly modelType: typeof MODEL_TYPE | typeof IDEFICS_MODEL_TYPE;
  readonly vision: VisionConfig;
  /** Patches per side of one token. */
  readonly scaleFactor: number;
  readonly imageTokenId: number;
}

/** Rows, and columns, of the position table. */
export function positionsPerSide({ imageSize, patchSize }: VisionConfig): number {
  return Math.floor(imageSize / patchSize);
}
