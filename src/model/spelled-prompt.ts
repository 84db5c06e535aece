/**
 * @module
 * A prompt as the decoder will see it: ids with every image and video spelled out, rotary positions, and pixels as
 * patches. Opens no file, so that it works in a browser.
 */
import { EngineError } from "../errors/index.ts";
import type { ModelConfig } from "./config.ts";
import type { ImageGrid } from "./image/image-grid.ts";
import { mergedTokens, type RopePositions, type RopeSegment, ropePositions } from "./positions.ts";
import type { Prompt, PromptChunk } from "./prompt.ts";

/** An image's or a video's normalised patches. */
export interface PatchedImage {
  readonly grid: ImageGrid;
  /** `[n, C·T·p·p]` */
  readonly patches: Float32Array;
}

export interface SpelledPrompt<I extends PatchedImage = PatchedImage> {
  /** `[S]`; image tokens hold the image-pad id, those of videos the video-pad id. */
  readonly tokens: Int32Array;
  /** `[S]` index of the image or video that a token belongs to, −1 for text. */
  readonly imageIndex: Int32Array;
  readonly positions: RopePositions;
  readonly images: readonly I[];
}

export type VisionChunk = Exclude<PromptChunk, { readonly kind: "text" }>;

/** Pixels as patches, and the positions that they take. */
export interface CutVision {
  readonly patches: Float32Array;
  readonly segment: Exclude<RopeSegment, { readonly kind: "text" }>;
}

/**
 * Spells a prompt out.
 *
 * @param cut what makes an image or a video into patches
 * @throws EngineError when the prompt is empty, or its text holds an id that stands for an image or is none
 */
export function spellPrompt(
  prompt: Prompt,
  config: ModelConfig,
  cut: (chunk: VisionChunk) => CutVision,
): SpelledPrompt {
  const tokens: number[] = [];
  const imageIndex: number[] = [];
  const segments: RopeSegment[] = [];
  const images: PatchedImage[] = [];
  for (const [i, chunk] of prompt.chunks.entries()) {
    if (chunk.kind === "text") {
      checkText(chunk.tokens, config, `chunk ${i}`);
      tokens.push(...chunk.tokens);
      imageIndex.push(...chunk.tokens.map(() => -1));
      segments.push({ kind: "text", length: chunk.tokens.length });
      continue;
    }
    const { patches, segment } = cut(chunk);
    const { grid } = segment;
    const count = mergedTokens(grid, config.vision.spatialMergeSize);
    for (let t = 0; t < count; t++) {
      tokens.push(chunk.kind === "image" ? config.imageTokenId : config.videoTokenId);
      imageIndex.push(images.length);
    }
    segments.push(segment);
    images.push({ grid, patches });
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
