/**
 * @module
 * The row of the position table for each patch of a tile: the table's cell that contains the patch's upper
 * left corner. Both are scaled to squares of side 1, in the single precision of transformers.
 */

/** Numbers that torch counts up at once in single precision; its last digits depend on them. */
const LANES = 8;

/** `[positions − 1]` where the table's second cell begins, and each further one, as `torch.arange` counts them up. */
export function cellBounds(positions: number): Float32Array {
  const count = positions - 1;
  const inLanes = Math.floor(count / (2 * LANES)) * 2 * LANES;
  return Float32Array.from({ length: count }, (_, i) => {
    const lane = i < inLanes ? i % LANES : 0;
    return Math.fround(1 / positions + (i - lane) / positions) + lane / positions;
  });
}

/**
 * The table's rows, or columns, of the patches along one side.
 *
 * @param patches along the side
 * @param positions along a side of the table
 */
function cells(patches: number, positions: number): number[] {
  const bounds = cellBounds(positions);
  const step = Math.fround(1 / patches);
  return Array.from({ length: patches }, (_, i) => {
    const corner = Math.min(Math.fround(i * step), Math.fround(1 - 1e-6));
    const above = bounds.findIndex((bound) => bound > corner);
    return above === -1 ? bounds.length : above;
  });
}

/** `[patches²]` rows of the table, in raster order. */
export function positionIds(patches: number, positions: number): Int32Array {
  const along = cells(patches, positions);
  return Int32Array.from(along.flatMap((row) => along.map((column) => row * positions + column)));
}
