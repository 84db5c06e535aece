/**
 * @module
 * How Qwen2.5-VL's images and videos become tokens. Opens no file, so that it works in a browser.
 */
import { DataError, EngineError } from "../../../errors/index.ts";
import type { ImageGrid } from "../../image/image-grid.ts";
import { imageGrid, preprocess } from "../../image/processor.ts";
import type { ProcessorConfig, VideoProcessorConfig } from "../../image/processor-config.ts";
import { preprocessVideo, videoGrid } from "../../image/video-processor.ts";
import type { Prompt, PromptChunk } from "../../prompt.ts";
import type { SmallFiles } from "../../small-files.ts";
import {
  checkText,
  type PatchedImage,
  type SpelledPrompt,
  type TokenGrid,
  type Vision,
  type VisionChunk,
} from "../../vision.ts";
import type { QwenConfig } from "./config.ts";
import { imageProcessorJson, loadImageProcessor } from "./image-processor.ts";
import { mergedTokens, type RopeSegment, ropePositions } from "./positions.ts";
import { loadVideoProcessor } from "./video-processor.ts";

/** How pixels become patches. */
interface Processors {
  readonly image: ProcessorConfig;
  readonly video: VideoProcessorConfig;
}

/** Pixels as patches, and the positions that they take. */
interface CutVision {
  readonly patches: Float32Array;
  readonly segment: Exclude<RopeSegment, { readonly kind: "text" }>;
}

/** The vision of a model with these processor settings. */
export function openVision(config: QwenConfig, files: SmallFiles): Vision {
  const processors: Processors = {
    image: loadImageProcessor(files, config),
    video: loadVideoProcessor(files, config),
  };
  const { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId } = config;
  const pixelTokens = [imageTokenId, videoTokenId];
  return {
    pixelTokens,
    specialTokens: [...pixelTokens, visionStartTokenId, visionEndTokenId],
    preprocessorJson: imageProcessorJson(processors.image),
    tokens: (chunk) => mergedTokens(patchGrid(chunk, processors), config.vision.spatialMergeSize),
    grid: (chunk) => tokenGrid(chunk, processors),
    shownSize: (chunk) => {
      const [, rows, columns] = patchGrid(chunk, processors);
      const { patchSize } = processors[chunk.kind];
      return { width: columns * patchSize, height: rows * patchSize };
    },
    discard: (chunks) => withoutImages(chunks, config),
    spell: (prompt) =>
      spellPrompt(prompt, config, pixelTokens, (chunk) => cutVision(chunk, config, processors)),
  };
}

/** Frames, rows and columns in patches, without looking at pixels. */
function patchGrid(chunk: VisionChunk, processors: Processors): ImageGrid {
  if (chunk.kind === "image") return imageGrid(chunk.image, processors.image);
  const { frames } = chunk.video;
  const [first] = frames;
  if (first === undefined) throw new DataError("video: expected at least one frame, got none");
  return videoGrid(first, frames.length, processors.video);
}

function tokenGrid(chunk: VisionChunk, processors: Processors): TokenGrid {
  const [frames, rows, columns] = patchGrid(chunk, processors);
  const { mergeSize, temporalPatchSize } = processors[chunk.kind];
  const merged = { frames, rows: rows / mergeSize, columns: columns / mergeSize };
  return chunk.kind === "image"
    ? merged
    : { ...merged, secondsPerFrame: temporalPatchSize / chunk.video.fps };
}

function cutVision(chunk: VisionChunk, config: QwenConfig, processors: Processors): CutVision {
  if (chunk.kind === "image") {
    const { patches, grid } = preprocess(chunk.image, processors.image);
    return { patches, segment: { kind: "image", grid } };
  }
  const { patches, grid, secondsPerGrid } = preprocessVideo(chunk.video, processors.video);
  const interval = config.vision.tokensPerSecond * Math.fround(secondsPerGrid);
  return { patches, segment: { kind: "video", grid, interval } };
}

/** Text without the vision-start and vision-end tokens around images. */
function withoutImages(
  chunks: readonly PromptChunk[],
  { visionStartTokenId, visionEndTokenId }: QwenConfig,
): PromptChunk[] {
  return chunks.flatMap((chunk, i) => {
    if (chunk.kind !== "text") {
      return [];
    }
    const { tokens } = chunk;
    const opens = isImage(chunks[i + 1]) && tokens.at(-1) === visionStartTokenId;
    const closes = isImage(chunks[i - 1]) && tokens[0] === visionEndTokenId;
    return [{ kind: "text", tokens: tokens.slice(closes ? 1 : 0, tokens.length - (opens ? 1 : 0)) }];
  });
}

function isImage(chunk: PromptChunk | undefined): boolean {
  return chunk !== undefined && chunk.kind !== "text";
}

/** @param cut what makes an image or a video into patches */
function spellPrompt(
  prompt: Prompt,
  config: QwenConfig,
  pixelTokens: readonly number[],
  cut: (chunk: VisionChunk) => CutVision,
): SpelledPrompt {
  const tokens: number[] = [];
  const imageIndex: number[] = [];
  const segments: RopeSegment[] = [];
  const images: PatchedImage[] = [];
  for (const [i, chunk] of prompt.chunks.entries()) {
    if (chunk.kind === "text") {
      checkText(chunk.tokens, config.text.vocabSize, { pixelTokens }, `chunk ${i}`);
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
