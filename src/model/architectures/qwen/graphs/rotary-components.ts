/**
 * @module
 * Which component of a position, time, height or width, each rotary frequency of the decoder follows.
 */
import type { QwenTextConfig } from "../config.ts";
import type { QwenParts } from "./parts.ts";

/**
 * `[d/2]` components. In sections the first frequencies follow time, the next height, the last width
 * (arXiv:2409.12191, section 2.1). Interleaved they follow time, height and width by turns while height and width
 * have frequencies left, and time after that, so that every component has high and low frequencies
 * (arXiv:2511.21631).
 */
export function rotaryComponents(
  { mropeSection, headDim }: Pick<QwenTextConfig, "mropeSection" | "headDim">,
  { rotary }: Pick<QwenParts, "rotary">,
): Uint8Array {
  if (rotary === "sections") {
    const sections = mropeSection.map((count, component) => new Array<number>(count).fill(component));
    return Uint8Array.from(sections.flat());
  }
  const [, height, width] = mropeSection;
  return Uint8Array.from({ length: headDim / 2 }, (_, i) => {
    if (i % 3 === 1 && i < 3 * height) return 1;
    return i % 3 === 2 && i < 3 * width ? 2 : 0;
  });
}
