/**
 * @module
 * Draws a world: each picture is scaled bilinearly onto the background, then the whole canvas gets noise.
 */
import type { Rng } from "../../math/index.ts";
import type { RgbImage } from "../../model/image/rgb-image.ts";
import { markGlyphs } from "./drawn-glyphs.ts";
import { FULL_INK, type Glyphs } from "./glyphs.ts";
import type { DigitsTruth, PlacedMark } from "./world.ts";

/**
 * Ink at a point of a picture, by bilinear interpolation between pixel centres; beyond the picture is blank paper.
 *
 *     ink(u, v) = Σ_{i,j} glyph[j, i] · max(0, 1 − |u − i|) · max(0, 1 − |v − j|) / 16
 *
 * @param u column, v row, in pixels of the picture; pixel centres are whole numbers
 * @returns 0 (paper) to 1 (full ink)
 */
export function inkAt({ side, pixels }: Glyphs, glyph: number, u: number, v: number): number {
  const i = Math.floor(u);
  const j = Math.floor(v);
  const base = glyph * side * side;
  let ink = 0;
  for (let row = Math.max(0, j); row <= Math.min(side - 1, j + 1); row++) {
    for (let column = Math.max(0, i); column <= Math.min(side - 1, i + 1); column++) {
      const weight = (1 - Math.abs(u - column)) * (1 - Math.abs(v - row));
      ink += weight * pixels[base + row * side + column]!;
    }
  }
  return ink / FULL_INK;
}

/** Draws pictures into a canvas of brightnesses. */
function draw(grey: Float64Array, truth: DigitsTruth, glyphs: Glyphs, placed: readonly PlacedMark[]): void {
  for (const { scan, box, ink } of placed) {
    const scale = glyphs.side / box.side;
    for (let y = 0; y < box.side; y++) {
      for (let x = 0; x < box.side; x++) {
        const share = inkAt(glyphs, scan, (x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5);
        grey[(box.y + y) * truth.canvas.width + box.x + x]! += (ink - truth.paper) * share;
      }
    }
  }
}

/**
 * The image of a world: grey, light ink on dark paper, a pure function of the truth and the generator's state.
 *
 *     pixel = 255 · clamp(paper + (ink − paper) · inkAt(glyph, …) + noise · ε),  ε ~ N(0, 1)
 *
 * @param rng draws one normal number a pixel, row-major; none when the noise is 0
 */
export function renderWorld(truth: DigitsTruth, glyphs: Glyphs, rng: Rng): RgbImage {
  const { width, height } = truth.canvas;
  const grey = new Float64Array(width * height).fill(truth.paper);
  draw(grey, truth, glyphs, truth.digits);
  if (truth.marks !== undefined) draw(grey, truth, markGlyphs(), truth.marks);
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < grey.length; i++) {
    const level = grey[i]! + (truth.noise > 0 ? truth.noise * rng.normal() : 0);
    const value = Math.round(255 * Math.min(1, Math.max(0, level)));
    for (let c = 0; c < 3; c++) data[3 * i + c] = value;
  }
  return { width, height, data };
}
