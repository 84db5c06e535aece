/**
 * @module
 * Prompts with their images and videos taken away, wholly or in part. Pixels are changed at the size at which the model
 * sees them, before normalisation. Where its processor would give an image of that size another one, they are changed at
 * the size that they came in: an ablated image has as many tokens as the image.
 */
import type { ImageAblation } from "../credit/index.ts";
import { DataError } from "../errors/index.ts";
import { Rng } from "../math/random.ts";
import { resizeBicubic } from "../model/image/bicubic.ts";
import { gaussianBlur } from "../model/image/gaussian-blur.ts";
import type { PixelSize, RgbImage, Vision } from "../model/index.ts";
import type { VisionChunk } from "../model/vision.ts";
import type { Prompt, PromptChunk } from "./engine.ts";
import { augmented } from "./image-views/augment.ts";
import { diffusionNoise } from "./image-views/diffusion-noise.ts";
import { occluded } from "./image-views/occlude.ts";

/** Ablations of pixels; all other ablations act on tokens, or inside the model. */
type PixelAblation = Exclude<
  ImageAblation,
  { readonly kind: "discard" | "mask-attention" | "replace-values" }
>;

/**
 * The prompt under an ablation; one without images is the same prompt, and so is one whose ablation acts within the model.
 *
 * Discarding an image removes its tokens and the tokens that open and close it, so that what is left is the prompt of a
 * conversation without the image; positions follow from what is left. With masked attention everything stays in its place,
 * and the prompt says that its image tokens are hidden. A video's frames are ablated one by one. Random
 * draws depend on the ablation's seed and on the image's pixels, so a prompt has the same ablated image in every batch.
 *
 * Source: the distortions of VICRA, "Don't Lose Sight: Visually-Grounded Credit Assignment for Multimodal Reasoning",
 * appendix I.
 */
export function ablatePrompt(prompt: Prompt, ablation: ImageAblation, vision: Vision): Prompt {
  if (ablation.kind === "replace-values" || prompt.chunks.every(({ kind }) => kind === "text")) {
    return prompt;
  }
  if (ablation.kind === "discard") {
    return { chunks: vision.discard(prompt.chunks) };
  }
  if (ablation.kind === "mask-attention") {
    return { ...prompt, hidesImages: true };
  }
  return { chunks: prompt.chunks.map((chunk) => ablateChunk(chunk, ablation, vision)) };
}

function ablateChunk(chunk: PromptChunk, ablation: PixelAblation, vision: Vision): PromptChunk {
  if (chunk.kind === "text") {
    return chunk;
  }
  const size = vision.shownSize(chunk);
  const isKept = isShownAs(
    changed(chunk, () => blank(size)),
    size,
    vision,
  );
  const shown = (image: RgbImage) => (isKept ? resizeBicubic(image, size.width, size.height) : image);
  return changed(chunk, (image) => ablateImage(shown(image), ablation));
}

/** The chunk with another image in the place of its image, or of each frame. */
function changed(chunk: VisionChunk, change: (image: RgbImage) => RgbImage): VisionChunk {
  if (chunk.kind === "image") {
    return { kind: "image", image: change(chunk.image) };
  }
  const { frames, fps } = chunk.video;
  return { ...chunk, video: { frames: frames.map(change), fps } };
}

/** Whether the model sees a chunk at this size. */
function isShownAs(chunk: VisionChunk, size: PixelSize, vision: Vision): boolean {
  try {
    const { width, height } = vision.shownSize(chunk);
    return width === size.width && height === size.height;
  } catch (error) {
    // Rounding may make a long image longer than any image may be.
    if (error instanceof DataError) return false;
    throw error;
  }
}

/** An image of this size whose pixels are not looked at. */
function blank({ width, height }: PixelSize): RgbImage {
  return { width, height, data: new Uint8Array() };
}

/** One image, ablated. */
export function ablateImage(image: RgbImage, ablation: PixelAblation): RgbImage {
  const { width, height, data } = image;
  switch (ablation.kind) {
    case "black":
      return { width, height, data: new Uint8Array(data.length) };
    case "blur":
      return gaussianBlur(image, ablation.radius);
    case "noise": {
      const rng = drawsFor(image, ablation.seed);
      const noisy = Uint8ClampedArray.from(data, (value) => value + rng.normal(0, ablation.sigma));
      return { width, height, data: new Uint8Array(noisy.buffer) };
    }
    case "blacken-patches":
      return blackenPatches(image, ablation.patch, ablation.probability, drawsFor(image, ablation.seed));
    case "diffusion":
      return diffusionNoise(image, ablation.step, drawsFor(image, ablation.seed));
    case "occlude":
      return occluded(image, ablation, drawsFor(image, ablation.seed));
    case "augment":
      return augmented(image, ablation, drawsFor(image, ablation.seed));
  }
}

/** Each square of the grid that starts at the upper left turns black with the same chance; edge squares may be cut. */
function blackenPatches(
  { width, height, data }: RgbImage,
  patch: number,
  probability: number,
  rng: Rng,
): RgbImage {
  const blackened = data.slice();
  for (let top = 0; top < height; top += patch) {
    for (let left = 0; left < width; left += patch) {
      if (rng.uniform() < probability) {
        const right = Math.min(width, left + patch);
        for (let y = top; y < Math.min(height, top + patch); y++) {
          blackened.fill(0, (y * width + left) * 3, (y * width + right) * 3);
        }
      }
    }
  }
  return { width, height, data: blackened };
}

/** A generator of an image's own: FNV-1a of its pixels, under the ablation's seed. */
function drawsFor({ width, height, data }: RgbImage, seed: number): Rng {
  let hash = 0x811c9dc5;
  for (const value of data) {
    hash = Math.imul(hash ^ value, 0x01000193);
  }
  return new Rng(seed).fork(`${width}x${height} ${hash >>> 0}`);
}
