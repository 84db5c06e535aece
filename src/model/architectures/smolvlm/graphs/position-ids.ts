/**
 * @module
 * Which row of the position table each patch of a tile takes: the table's cell in which the patch's upper left corner
 * falls, both seen as squares of side 1, in the single precision of transformers.
 */

/**
 * The table's rows, or columns, of the patches along one side.
 *
 * @param patches along the side
 * @param positions along a side of the table
 */
function cells(patches: number, positions: number): number[] {
  const bounds = Array.from({ length: positions - 1 }, (_, i) => Math.fround(1 / positions + i / positions));
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
