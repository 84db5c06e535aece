/**
 * @module
 * A prompt as the decoder will see it: ids with every image and video spelled out, rotary positions, and pixels as
 * patches.
 */
import { EngineError } from "../../../errors/index.ts";
import {
  type ImageGrid,
  loadProcessorConfig,
  loadVideoProcessorConfig,
  type ModelConfig,
  mergedTokens,
  type ProcessorConfig,
  preprocess,
  preprocessVideo,
  type RopePositions,
  type RopeSegment,
  ropePositions,
  type VideoProcessorConfig,
} from "../../../model/index.ts";
import type { Prompt, PromptChunk } from "../../engine.ts";

/** An image's or a video's normalised patches, and its tokens once the vision tower has run. */
export interface PreparedImage {
  readonly grid: ImageGrid;
  /** `[n, C·T·p·p]` */
  readonly patches: Float32Array;
  /** `[merged tokens, D]` for the weights of `version`. */
  embeddings: Float32Array;
  version: number;
}

export interface PreparedPrompt {
  /** `[S]`; image tokens hold the image-pad id, those of videos the video-pad id. */
  readonly tokens: Int32Array;
  /** `[S]` index of the image or video that a token belongs to, −1 for text. */
  readonly imageIndex: Int32Array;
  readonly positions: RopePositions;
  readonly images: readonly PreparedImage[];
}

/** How pixels become patches. */
export interface Processors {
  readonly image: ProcessorConfig;
  readonly video: VideoProcessorConfig;
}

/** The processors of a model directory. */
export function loadProcessors(directory: string, config: ModelConfig): Processors {
  return {
    image: loadProcessorConfig(directory, config),
    video: loadVideoProcessorConfig(directory, config),
  };
}

/**
 * Spells a prompt out.
 *
 * @throws EngineError when the prompt is empty, or its text holds an id that stands for an image or is none
 */
export function preparePrompt(prompt: Prompt, config: ModelConfig, processors: Processors): PreparedPrompt {
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
      continue;
    }
    const { patches, segment } = prepareVision(chunk, config, processors);
    const { grid } = segment;
    const count = mergedTokens(grid, config.vision.spatialMergeSize);
    for (let t = 0; t < count; t++) {
      tokens.push(chunk.kind === "image" ? config.imageTokenId : config.videoTokenId);
      imageIndex.push(images.length);
    }
    segments.push(segment);
    images.push({ grid, patches, embeddings: new Float32Array(), version: -1 });
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

type VisionChunk = Exclude<PromptChunk, { readonly kind: "text" }>;
type VisionSegment = Exclude<RopeSegment, { readonly kind: "text" }>;

/** Pixels as patches, and the positions that they take. */
function prepareVision(
  chunk: VisionChunk,
  config: ModelConfig,
  processors: Processors,
): { readonly patches: Float32Array; readonly segment: VisionSegment } {
  if (chunk.kind === "image") {
    const { patches, grid } = preprocess(chunk.image, processors.image);
    return { patches, segment: { kind: "image", grid } };
  }
  const { patches, grid, secondsPerGrid } = preprocessVideo(chunk.video, processors.video);
  const interval = config.vision.tokensPerSecond * Math.fround(secondsPerGrid);
  return { patches, segment: { kind: "video", grid, interval } };
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
