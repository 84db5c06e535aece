/**
 * @module
 * A prompt spelled out, with places for what the vision tower makes of its images.
 */
import type { PatchedImage, SpelledPrompt, Vision } from "../../../model/index.ts";
import type { Prompt } from "../../engine.ts";

/** An image's or a video's normalised patches, and its tokens once the vision tower has run. */
export interface PreparedImage extends PatchedImage {
  /** `[merged tokens, (1 + K)·D]` for the weights of `version`; K as in `imageTokenWidth`. */
  embeddings: Float32Array;
  version: number;
}

export interface PreparedPrompt extends SpelledPrompt<PreparedImage> {
  /** Whether no other token attends to image tokens. False unless given. */
  readonly hidesImages?: boolean;
}

/**
 * Spells a prompt out.
 *
 * @throws EngineError when the prompt is empty, or its text contains the id of an image token or an id outside the
 *   vocabulary
 */
export function preparePrompt(prompt: Prompt, vision: Vision): PreparedPrompt {
  const spelled = vision.spell(prompt);
  const images = spelled.images.map((image) => ({ ...image, embeddings: new Float32Array(), version: -1 }));
  return { ...spelled, images, ...(prompt.hidesImages && { hidesImages: true }) };
}
