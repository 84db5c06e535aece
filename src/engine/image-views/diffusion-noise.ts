/**
 * @module
 * Variance-preserving diffusion noise on an image.
 */
import { diffusionKept } from "../../math/diffusion.ts";
import type { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/index.ts";

/**
 * √ᾱ·x + √(1 − ᾱ)·ε on values in [0, 1], held there and rounded down to 8 bits, as the authors' code has it; without
 * steps the image itself.
 *
 * Source: NoisyRollout, arXiv:2504.13055.
 *
 * @param step whole, 0 to 999
 */
export function diffusionNoise(image: RgbImage, step: number, rng: Rng): RgbImage {
  if (step === 0) return image;
  const kept = diffusionKept(step);
  const [signal, noise] = [Math.sqrt(kept), Math.sqrt(1 - kept)];
  const data = Uint8Array.from(image.data, (value) => {
    const noised = signal * (value / 255) + noise * rng.normal();
    return Math.floor(Math.min(Math.max(noised, 0), 1) * 255);
  });
  return { ...image, data };
}
