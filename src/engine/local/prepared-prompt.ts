/**
 * @module
 * A prompt as the decoder will see it: ids with every image spelled out, rotary positions, and pixels as patches.
 */
import { EngineError } from "../../errors/index.ts";
import {
  type ImageGrid,
  type ModelConfig,
  mergedTokens,
  type RgbImage,
  type RopePositions,
  type RopeSegment,
  ropePositions,
} from "../../model/index.ts";
import type { Prompt } from "../engine.ts";

/** An image's normalised patches, and its tokens once the vision tower has run. */
export interface PreparedImage {
  readonly grid: ImageGrid;
  /** `[n, C·T·p·p]` */
  readonly patches: Float32Array;
  /** `[merged tokens, D]` for the weights of `version`. */
  embeddings: Float32Array;
  version: number;
}

export interface PreparedPrompt {
  /** `[S]`; image tokens hold the image-pad id. */
  readonly tokens: Int32Array;
  /** `[S]` index of the image that a token belongs to, −1 for text. */
  readonly imageIndex: Int32Array;
  readonly positions: RopePositions;
  readonly images: readonly PreparedImage[];
}

/** Turns pixels into patches. */
export type Preprocess = (image: RgbImage) => { readonly patches: Float32Array; readonly grid: ImageGrid };

/**
 * Spells a prompt out.
 *
 * @throws EngineError when the prompt is empty, or its text holds an id that stands for an image or is none
 */
export function preparePrompt(prompt: Prompt, config: ModelConfig, preprocess: Preprocess): PreparedPrompt {
  const tokens: number[] = [];
  const imageIndex: number[] = [];
  const segments: RopeSegment[] = [];
  const images: PreparedImage[] = [];
  for (const [i, chunk] of prompt.chunks.entries()) {
    if (chunk.kind === "text") {
      checkText(chunk.tokens, config, `chunk ${i}`);
      tokens.push(...chunk.tokens);
      imageIndex.push(...chunk.tokens.map(() => -1));
      segments.push({ kind: "text", length: chunk.tokens.length });
    } else {
      const { patches, grid } = preprocess(chunk.image);
      const count = mergedTokens(grid, config.vision.spatialMergeSize);
      for (let t = 0; t < count; t++) {
        tokens.push(config.imageTokenId);
        imageIndex.push(images.length);
      }
      segments.push({ kind: "image", grid });
      images.push({ grid, patches, embeddings: new Float32Array(), version: -1 });
    }
  }
  if (tokens.length === 0) {
    throw new EngineError("prompt: expected at least one token, got none");
  }
  return {
    tokens: Int32Array.from(tokens),
    imageIndex: Int32Array.from(imageIndex),
    positions: ropePositions(segments, config.vision.spatialMergeSize),
    images,
  };
}

/** Text ids must be in the vocabulary and must not stand for pixels. */
export function checkText(tokens: Iterable<number>, config: ModelConfig, where: string): void {
  for (const token of tokens) {
    if (!(Number.isInteger(token) && token >= 0 && token < config.text.vocabSize)) {
      throw new EngineError(`${where}: expected token ids in [0, ${config.text.vocabSize}), got ${token}`);
    }
    if (token === config.imageTokenId || token === config.videoTokenId) {
      throw new EngineError(
        `${where}: token ${token} stands for an image or video, but there is none at its place`,
      );
    }
  }
}
