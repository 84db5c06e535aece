/**
 * @module
 * A prompt as the decoder will see it: ids with images and videos spelled out, their positions, their patches.
 */
import { EngineError } from "../../../errors/index.ts";
import type { Prompt } from "../../prompt.ts";
import { checkText, type PatchedImage, type SpelledPrompt, type VisionChunk } from "../../vision.ts";
import type { QwenConfig } from "./config.ts";
import { mergedTokens, type RopeSegment, ropePositions } from "./positions.ts";

/** An image or a video in pieces of text and pads, in the order in which they stand in the prompt. */
export interface SpelledVision {
  readonly patched: PatchedImage;
  readonly pieces: readonly VisionPiece[];
  /** How many tokens of the text before and after it the pieces stand for. */
  readonly replaces: { readonly before: number; readonly after: number };
}

/** A run of text, or of pads for a part of the image or video. */
export type VisionPiece =
  | { readonly kind: "text"; readonly tokens: readonly number[] }
  | Exclude<RopeSegment, { readonly kind: "text" }>;

/** What stands before and after an image or a video in its prompt. */
export interface Surroundings {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Tokens, the image that each belongs to, and segments of positions, as they come. */
class Spelling {
  readonly tokens: number[] = [];
  readonly imageIndex: number[] = [];
  readonly segments: RopeSegment[] = [];
  readonly images: PatchedImage[] = [];

  text(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.tokens.push(token);
      this.imageIndex.push(-1);
    }
    this.segments.push({ kind: "text", length: tokens.length });
  }

  pads(segment: Exclude<RopeSegment, { readonly kind: "text" }>, id: number, spatialMergeSize: number): void {
    const count = mergedTokens(segment.grid, spatialMergeSize);
    for (let i = 0; i < count; i++) {
      this.tokens.push(id);
      this.imageIndex.push(this.images.length);
    }
    this.segments.push(segment);
  }
}

/**
 * Spells a prompt out.
 *
 * @param spell what makes an image or a video into pieces
 * @throws EngineError when the prompt is empty, or its text holds an id that stands for pixels or is none
 */
export function spellPrompt(
  { chunks }: Prompt,
  config: QwenConfig,
  spell: (chunk: VisionChunk, around: Surroundings) => SpelledVision,
): SpelledPrompt {
  const pixelTokens = [config.imageTokenId, config.videoTokenId];
  const { spatialMergeSize } = config.vision;
  const texts = chunks.map((chunk, i) => {
    if (chunk.kind !== "text") return [];
    checkText(chunk.tokens, config.text.vocabSize, { pixelTokens }, `chunk ${i}`);
    return chunk.tokens;
  });
  const visions = chunks.map((chunk, i) =>
    chunk.kind === "text" ? undefined : spell(chunk, { before: texts[i - 1] ?? [], after: texts[i + 1] ?? [] }),
  );
  const spelling = new Spelling();
  for (const [i, chunk] of chunks.entries()) {
    const vision = visions[i];
    if (vision === undefined) {
      const first = visions[i - 1]?.replaces.after ?? 0;
      const end = texts[i]!.length - (visions[i + 1]?.replaces.before ?? 0);
      spelling.text(texts[i]!.slice(first, end));
      continue;
    }
    const id = chunk.kind === "image" ? config.imageTokenId : config.videoTokenId;
    for (const piece of vision.pieces) {
      if (piece.kind === "text") spelling.text(piece.tokens);
      else spelling.pads(piece, id, spatialMergeSize);
    }
    spelling.images.push(vision.patched);
  }
  if (spelling.tokens.length === 0) throw new EngineError("prompt: expected at least one token, got none");
  return {
    tokens: Int32Array.from(spelling.tokens),
    imageIndex: Int32Array.from(spelling.imageIndex),
    positions: ropePositions(spelling.segments, spatialMergeSize),
    images: spelling.images,
  };
}
