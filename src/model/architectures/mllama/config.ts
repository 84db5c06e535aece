/**
 * @module
 * The sizes of a Llama 3.2-Vision model, in Fovea's names.
 */
import type { ModelConfig, TextConfig } from "../../config.ts";

/** The `model_type` of Llama 3.2-Vision. */
export const MODEL_TYPE = "mllama";
/** Ids behind the vocabulary that the embedding has rows for and the head has not. */
export const PROMPT_ONLY_TOKENS = 8;

/** Vision tower: a ViT over all tiles of an image at once, and a second, gated one behind it. */
export interface VisionConfig {
  /** Blocks of the first transformer, and of the global one. */
  readonly depth: number;
  readonly globalDepth: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly intermediateSize: number;
  readonly inChannels: number;
  /** Pixels per side of a tile. */
  readonly imageSize: number;
  /** Pixels per side of a patch. */
  readonly patchSize: number;
  readonly layerNormEpsilon: number;
  /** Tiles of an image, empty tiles among them. */
  readonly maxTiles: number;
  /** Blocks of the first transformer whose inputs go into the image's tokens, beside the last rows. */
  readonly featureBlocks: readonly number[];
}

export interface MllamaConfig extends ModelConfig {
  readonly modelType: typeof MODEL_TYPE;
  readonly text: TextConfig & Required<Pick<TextConfig, "crossAttentionLayers" | "promptOnlyTokens">>;
  readonly vision: VisionConfig;
  readonly imageTokenId: number;
}

/** Patches along a side of a tile. */
export function patchesPerSide({ imageSize, patchSize }: VisionConfig): number {
  return Math.floor(imageSize / patchSize);
}

/** Tokens of a tile: one a patch, and one for the class embedding. */
export function tokensPerTile(vision: VisionConfig): number {
  return patchesPerSide(vision) ** 2 + 1;
}
