/**
 * @module
 * Frequencies of the decoder's rotary positions.
 */
import type { TextConfig } from "./config.ts";

/** `[d/2]` θ^(−2i/d), rounded to single precision step by step as the reference implementation does. */
export function rotaryFrequencies({ headDim, ropeTheta }: TextConfig): Float32Array {
  return Float32Array.from({ length: headDim / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(ropeTheta ** Math.fround((2 * i) / headDim))),
  );
}
