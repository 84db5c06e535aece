/**
 * @module
 * The (row, column) of every patch, in the order in which the vision tower sees the patches.
 */
import type { ImageGrid } from "../../../image/image-grid.ts";

/** Row and column of each patch, `[n]` both. */
export interface VisionPositions {
  readonly row: Int32Array;
  readonly column: Int32Array;
}

/**
 * Positions for the 2-D rotary embedding of the vision tower. Patches go by merge block: blocks row by row, and
 * within a block of m x m patches row by row again; each frame repeats the same.
 *
 * @param grid frames, rows and columns in patches
 */
export function visionPositions(grid: ImageGrid, spatialMergeSize: number): VisionPositions {
  const [frames, rows, columns] = grid;
  const row = new Int32Array(frames * rows * columns);
  const column = new Int32Array(row.length);
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let blockRow = 0; blockRow < rows; blockRow += spatialMergeSize) {
      for (let blockColumn = 0; blockColumn < columns; blockColumn += spatialMergeSize) {
        for (let i = 0; i < spatialMergeSize; i++) {
          for (let j = 0; j < spatialMergeSize; j++, at++) {
            row[at] = blockRow + i;
            column[at] = blockColumn + j;
          }
        }
      }
    }
  }
  return { row, column };
}
