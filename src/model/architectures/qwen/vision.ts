/**
 * @module
 * How the images and videos of the line's families become tokens. Opens no file, so that it works in a browser.
 */
import { DataError } from "../../../errors/index.ts";
import type { ImageGrid } from "../../image/image-grid.ts";
import { imageGrid, preprocess } from "../../image/processor.ts";
import type { ProcessorConfig, VideoProcessorConfig } from "../../image/processor-config.ts";
import { preprocessVideo, videoGrid } from "../../image/video-processor.ts";
import type { PromptChunk } from "../../prompt.ts";
import type { TokenGrid, Vision, VisionChunk } from "../../vision.ts";
import type { QwenConfig } from "./config.ts";
import { imageProcessorJson } from "./image-processor.ts";
import { mergedTokens } from "./positions.ts";
import { type SpelledVision, spellPrompt, type VisionPiece } from "./spell-prompt.ts";

/** How pixels become patches, and a video's patches a part of the prompt. */
export interface QwenSight {
  readonly image: ProcessorConfig;
  readonly video: VideoProcessorConfig;
  /** The name of the family's processor in transformers. */
  readonly processorClass: string;
  /** @param seconds of video from one temporal patch to the next */
  videoPieces(grid: ImageGrid, seconds: number): readonly VisionPiece[];
}

/** The vision of a model with these settings. */
export function qwenVision(config: QwenConfig, sight: QwenSight): Vision {
  const { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId } = config;
  const { spatialMergeSize } = config.vision;
  const pixelTokens = [imageTokenId, videoTokenId];
  return {
    pixelTokens,
    specialTokens: [...pixelTokens, visionStartTokenId, visionEndTokenId],
    framesPerPatch: sight.video.temporalPatchSize,
    preprocessorJson: imageProcessorJson(sight.image, sight.processorClass),
    tokens(chunk) {
      const pieces = piecesOf(chunk, patchGrid(chunk, sight), sight);
      return pieces.reduce((sum, piece) => sum + tokensOf(piece, spatialMergeSize), 0);
    },
    grid: (chunk) => tokenGrid(chunk, sight),
    shownSize: (chunk) => {
      const [, rows, columns] = patchGrid(chunk, sight);
      const { patchSize } = sight[chunk.kind];
      return { width: columns * patchSize, height: rows * patchSize };
    },
    discard: (chunks) => withoutImages(chunks, config),
    spell: (prompt) => spellPrompt(prompt, config, (chunk) => spellVision(chunk, sight)),
  };
}

/** Frames that a chunk's frames are of: their number decides the size at which they are shown. */
function framesOfWhole({ video, partOf = video }: VideoChunk): number {
  return partOf.frames.length;
}

/** Frames, rows and columns in patches, without looking at pixels. */
function patchGrid(chunk: VisionChunk, { image, video }: QwenSight): ImageGrid {
  if (chunk.kind === "image") return imageGrid(chunk.image, image);
  const { frames } = chunk.video;
  const [first] = frames;
  if (first === undefined) throw new DataError("video: expected at least one frame, got none");
  return videoGrid(first, frames.length, video, framesOfWhole(chunk));
}

type VideoChunk = Extract<VisionChunk, { readonly kind: "video" }>;

function piecesOf(chunk: VisionChunk, grid: ImageGrid, sight: QwenSight): readonly VisionPiece[] {
  if (chunk.kind === "image") return [{ kind: "image", grid }];
  return sight.videoPieces(grid, sight.video.temporalPatchSize / chunk.video.fps);
}

function tokensOf(piece: VisionPiece, spatialMergeSize: number): number {
  return piece.kind === "marks" ? piece.tokens.length : mergedTokens(piece.grid, spatialMergeSize);
}

function tokenGrid(chunk: VisionChunk, sight: QwenSight): TokenGrid {
  const [frames, rows, columns] = patchGrid(chunk, sight);
  const { mergeSize, temporalPatchSize } = sight[chunk.kind];
  const merged = { frames, rows: rows / mergeSize, columns: columns / mergeSize };
  return chunk.kind === "image"
    ? merged
    : { ...merged, secondsPerFrame: temporalPatchSize / chunk.video.fps };
}

function spellVision(chunk: VisionChunk, sight: QwenSight): SpelledVision {
  const { patches, grid } =
    chunk.kind === "image"
      ? preprocess(chunk.image, sight.image)
      : preprocessVideo(chunk.video, sight.video, framesOfWhole(chunk));
  return { patched: { patches, grid }, pieces: piecesOf(chunk, grid, sight) };
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
