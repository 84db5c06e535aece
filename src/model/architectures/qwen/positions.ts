/**
 * @module
 * 3-D rotary positions of the decoder (M-RoPE, arXiv:2409.12191, section 2.1). Text counts up in all three
 * components at once. An image's tokens share a time and take their row and column. A video's frames are as far apart
 * in time as in the recording (arXiv:2502.13923, section 2.1.2).
 */
import type { ImageGrid } from "../../image/image-grid.ts";
import type { Positions } from "../../vision.ts";

/** A run of text tokens, or one image or video with its patch grid. */
export type RopeSegment =
  | { readonly kind: "text"; readonly length: number }
  | { readonly kind: "image"; readonly grid: ImageGrid }
  | {
      readonly kind: "video";
      readonly grid: ImageGrid;
      /** Time positions from one temporal patch to the next: tokens per second times seconds per patch. */
      readonly interval: number;
    };

/**
 * Positions of a sequence of text runs and images, starting at 0.
 *
 * A text token at p has (p, p, p). A video that starts at p with a merged grid of t x h x w has (p + ⌊i·interval⌋, p
 * + j, p + k) at frame i, row j, column k; an image is one frame. The next segment starts one after the largest
 * position so far, as the paper says and as the weights were trained. From version 5 transformers starts it at p +
 * max(h, w) instead. The two agree unless a video has more positions in time than rows and columns.
 *
 * @param spatialMergeSize patches per side of one image token
 * @returns the components time, height and width
 */
export function ropePositions(segments: readonly RopeSegment[], spatialMergeSize: number): Positions {
  let total = 0;
  for (const segment of segments) {
    total += segment.kind === "text" ? segment.length : mergedTokens(segment.grid, spatialMergeSize);
  }
  const time = new Int32Array(total);
  const height = new Int32Array(total);
  const width = new Int32Array(total);
  let at = 0;
  let next = 0;
  for (const segment of segments) {
    if (segment.kind === "text") {
      for (let i = 0; i < segment.length; i++, at++, next++) {
        time[at] = next;
        height[at] = next;
        width[at] = next;
      }
      continue;
    }
    const [frames, patchRows, patchColumns] = segment.grid;
    const interval = segment.kind === "video" ? Math.fround(segment.interval) : 1;
    const rows = patchRows / spatialMergeSize;
    const columns = patchColumns / spatialMergeSize;
    let elapsed = 0;
    for (let i = 0; i < frames; i++) {
      elapsed = Math.floor(Math.fround(i * interval));
      for (let j = 0; j < rows; j++) {
        for (let k = 0; k < columns; k++, at++) {
          time[at] = next + elapsed;
          height[at] = next + j;
          width[at] = next + k;
        }
      }
    }
    next += Math.max(rows, columns, elapsed + 1);
  }
  return { components: [time, height, width], next };
}

/** Tokens that an image or video of this grid takes in the decoder. */
export function mergedTokens(grid: ImageGrid, spatialMergeSize: number): number {
  return (grid[0] * grid[1] * grid[2]) / spatialMergeSize ** 2;
}
