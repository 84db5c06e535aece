/**
 * @module
 * A prompt as the decoder will see it: ids with images and videos spelled out, their positions, their patches.
 */
import { EngineError } from "../../../errors/index.ts";
import type { Prompt } from "../../prompt.ts";
import { checkText, type PatchedImage, type SpelledPrompt, type VisionChunk } from "../../vision.ts";
import type { QwenConfig } from "./config.ts";
import { mergedTokens, type RopeSegment, ropePositions } from "./positions.ts";

/** A part of an image or a video that is a run of pads, or ids around one. */
export type VisionPiece =
  | { readonly kind: "marks"; readonly tokens: readonly number[] }
  | Exclude<RopeSegment, { readonly kind: "text" }>;

/** An image or a video in pieces, in the order of the prompt. */
export interface SpelledVision {
  readonly patched: PatchedImage;
  readonly pieces: readonly VisionPiece[];
}

/**
 * Spells a prompt out.
 *
 * @param spell splits an image or a video into pieces
 * @throws EngineError when the prompt is empty, or its text contains the id of an image or video pad or an id outside
 *   the vocabulary
 */
export function spellPrompt(
  { chunks }: Prompt,
  config: QwenConfig,
  spell: (chunk: VisionChunk) => SpelledVision,
): SpelledPrompt {
  const { imageTokenId, videoTokenId } = config;
  const { spatialMergeSize } = config.vision;
  const tokens: number[] = [];
  const imageIndex: number[] = [];
  const segments: RopeSegment[] = [];
  const images: PatchedImage[] = [];
  const addText = (text: readonly number[]) => {
    for (const token of text) {
      tokens.push(token);
      imageIndex.push(-1);
    }
    segments.push({ kind: "text", length: text.length });
  };
  for (const [i, chunk] of chunks.entries()) {
    if (chunk.kind === "text") {
      const pixels = { pixelTokens: [imageTokenId, videoTokenId] };
      checkText(chunk.tokens, config.text.vocabSize, pixels, `chunk ${i}`);
      addText(chunk.tokens);
      continue;
    }
    const { patched, pieces } = spell(chunk);
    for (const piece of pieces) {
      if (piece.kind === "marks") {
        addText(piece.tokens);
        continue;
      }
      const count = mergedTokens(piece.grid, spatialMergeSize);
      for (let t = 0; t < count; t++) {
        tokens.push(chunk.kind === "image" ? imageTokenId : videoTokenId);
        imageIndex.push(images.length);
      }
      segments.push(piece);
    }
    images.push(patched);
  }
  if (tokens.length === 0) throw new EngineError("prompt: expected at least one token, got none");
  return {
    tokens: Int32Array.from(tokens),
    imageIndex: Int32Array.from(imageIndex),
    positions: ropePositions(segments, spatialMergeSize),
    images,
  };
}
