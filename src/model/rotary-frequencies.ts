/**
 * @module
 * Frequencies of the decoder's rotary positions.
 */
import type { RopeScaling, TextConfig } from "./config.ts";

/** `[d/2]` θ^(−2i/d), stretched if need be, rounded to single precision step by step as the reference implementation does. */
export function rotaryFrequencies({ headDim, ropeTheta, ropeScaling }: TextConfig): Float32Array {
  const plain = Float32Array.from({ length: headDim / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(ropeTheta ** Math.fround((2 * i) / headDim))),
  );
  return ropeScaling === undefined ? plain : plain.map((frequency) => stretched(frequency, ropeScaling));
}

/** Llama 3.1's frequencies: by how often they turn within the original context, kept, divided, or between. */
function stretched(frequency: number, scaling: RopeScaling): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  const wavelength = Math.fround((2 * Math.PI) / frequency);
  if (wavelength < originalContext / high) return frequency;
  if (wavelength > originalContext / low) return Math.fround(frequency / factor);
  const smooth = Math.fround((Math.fround(originalContext / wavelength) - low) / (high - low));
  const slow = Math.fround(Math.fround(Math.fround(1 - smooth) * frequency) / factor);
  return Math.fround(slow + Math.fround(smooth * frequency));
}
