/**
 * @module
 * A learned table of positions, interpolated to the grid of a frame: each patch reads the four entries around its place,
 * corners on corners.
 */
import type { ImageGrid } from "../../../image/image-grid.ts";
import { visionPositions } from "./vision-positions.ts";

/** Entries that a patch reads. */
export const TAPS = 4;

/** Entries of the table and their shares, `[patches · TAPS]` both, patches in the processor's order. */
export interface PositionTaps {
  readonly entry: Int32Array;
  readonly weight: Float32Array;
}

/**
 * The entries for a frame of this grid.
 *
 * @param grid rows and columns in patches
 * @param side rows and columns of the table
 */
export function positionTaps(
  [rows, columns]: readonly [number, number],
  side: number,
  spatialMergeSize: number,
): PositionTaps {
  const grid: ImageGrid = [1, rows, columns];
  const { row, column } = visionPositions(grid, spatialMergeSize);
  const down = axisTaps(rows, side);
  const across = axisTaps(columns, side);
  const entry = new Int32Array(row.length * TAPS);
  const weight = new Float32Array(row.length * TAPS);
  for (let patch = 0; patch < row.length; patch++) {
    const [y, x] = [down[row[patch]!]!, across[column[patch]!]!];
    for (let tap = 0; tap < TAPS; tap++) {
      const [i, j] = [tap >> 1, tap & 1];
      entry[patch * TAPS + tap] = y.entry[i]! * side + x.entry[j]!;
      weight[patch * TAPS + tap] = y.weight[i]! * x.weight[j]!;
    }
  }
  return { entry, weight };
}

interface AxisTap {
  readonly entry: readonly [number, number];
  readonly weight: readonly [number, number];
}

/** For each of `length` places on an axis the two entries of the table beside it, in single precision. */
function axisTaps(length: number, side: number): AxisTap[] {
  return Array.from({ length }, (_, i): AxisTap => {
    const place = Math.fround((i * (side - 1)) / Math.max(length - 1, 1));
    const below = Math.floor(place);
    const share = Math.fround(place - below);
    return { entry: [below, Math.min(below + 1, side - 1)], weight: [Math.fround(1 - share), share] };
  });
}
