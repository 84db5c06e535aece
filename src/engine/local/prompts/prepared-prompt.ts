/**
 * @module
 * A prompt spelled out, with places for what the vision tower makes of its images.
 */
import {
  type CutVision,
  loadProcessorConfig,
  loadVideoProcessorConfig,
  type ModelConfig,
  type PatchedImage,
  type ProcessorConfig,
  preprocess,
  preprocessVideo,
  type SpelledPrompt,
  spellPrompt,
  type VideoProcessorConfig,
  type VisionChunk,
} from "../../../model/index.ts";
import type { Prompt } from "../../engine.ts";

/** An image's or a video's normalised patches, and its tokens once the vision tower has run. */
export interface PreparedImage extends PatchedImage {
  /** `[merged tokens, D]` for the weights of `version`. */
  embeddings: Float32Array;
  version: number;
}

export type PreparedPrompt = SpelledPrompt<PreparedImage>;

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
  const spelled = spellPrompt(prompt, config, (chunk) => cutVision(chunk, config, processors));
  const images = spelled.images.map((image) => ({ ...image, embeddings: new Float32Array(), version: -1 }));
  return { ...spelled, images };
}

/** Pixels as patches, and the positions that they take. */
function cutVision(chunk: VisionChunk, config: ModelConfig, processors: Processors): CutVision {
  if (chunk.kind === "image") {
    const { patches, grid } = preprocess(chunk.image, processors.image);
    return { patches, segment: { kind: "image", grid } };
  }
  const { patches, grid, secondsPerGrid } = preprocessVideo(chunk.video, processors.video);
  const interval = config.vision.tokensPerSecond * Math.fround(secondsPerGrid);
  return { patches, segment: { kind: "video", grid, interval } };
}
