/**
 * @module
 * Window order of the vision tower. Most blocks attend within square windows of the image, so the tower permutes the
 * merged units window by window once, and undoes it after the merger.
 */

import type { ImageGrid } from "../../../image/image-grid.ts";

/** Sizes that windows follow from, in pixels and patches. */
interface WindowSizes {
  readonly windowSize: number;
  readonly patchSize: number;
  readonly spatialMergeSize: number;
}

/** The merged units of one image, window by window. */
export interface WindowLayout {
  /** `[u]` indices of merged units in row order; entry i is the unit at place i. */
  readonly order: Int32Array;
  /** Merged units per window, in the same order; they sum to u. None is zero. */
  readonly windows: Int32Array;
}

/**
 * Window order of one image. A window covers `windowSize / patchSize / spatialMergeSize` merged units per side;
 * windows at the right and lower edge are smaller. Patches of unit i are at `i·m² … i·m² + m² − 1`.
 *
 * @param grid frames, rows and columns in patches; every frame has its own windows
 */
export function windowLayout(grid: ImageGrid, config: WindowSizes): WindowLayout {
  const [frames] = grid;
  const rows = grid[1] / config.spatialMergeSize;
  const columns = grid[2] / config.spatialMergeSize;
  const side = Math.floor(Math.floor(config.windowSize / config.spatialMergeSize) / config.patchSize);
  const order = new Int32Array(frames * rows * columns);
  const windows: number[] = [];
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let top = 0; top < rows; top += side) {
      const bottom = Math.min(rows, top + side);
      for (let left = 0; left < columns; left += side) {
        const right = Math.min(columns, left + side);
        windows.push((bottom - top) * (right - left));
        for (let i = top; i < bottom; i++) {
          for (let j = left; j < right; j++) order[at++] = (frame * rows + i) * columns + j;
        }
      }
    }
  }
  return { order, windows: Int32Array.from(windows) };
}
