/**
 * @module
 * How many tiles an image is cut into, from its size alone, as transformers' image processor for SmolVLM and Idefics3
 * decides it.
 */
import { DataError } from "../../../errors/index.ts";
import type { PixelSize } from "../../image/smart-resize.ts";
import type { TileConfig } from "./image-processor.ts";

/** No side is ever longer, even if the settings allow it. */
export const LONGEST_SIDE = 4096;

/** An image on its way to tiles. */
export interface TileLayout {
  /** Its size once the longest side has the length of the settings. */
  readonly resized: PixelSize;
  /** Its size when it is cut: multiples of the tile's side. */
  readonly shown: PixelSize;
  /** Rows and columns of tiles; 0 where the image is one tile, and has no small copy of the whole. */
  readonly rows: number;
  readonly columns: number;
}

/**
 * The tiles of an image.
 *
 * @throws DataError when a side is zero
 */
export function tileLayout(size: PixelSize, config: TileConfig): TileLayout {
  if (!(size.width > 0 && size.height > 0))
    throw new DataError(`image: expected sides above 0, got ${size.width} x ${size.height}`);
  const { tileSize } = config;
  const resized = withinBound(withLongestSide(size, config.longestEdge));
  if (!config.splits) return { resized, shown: { width: tileSize, height: tileSize }, rows: 0, columns: 0 };
  const shown = toMultiples(resized, tileSize);
  const [rows, columns] = [shown.height / tileSize, shown.width / tileSize];
  return rows * columns === 1 ? { resized, shown, rows: 0, columns: 0 } : { resized, shown, rows, columns };
}

/** Tiles of an image, the small copy of the whole among them. */
export function tileCount({ rows, columns }: Pick<TileLayout, "rows" | "columns">): number {
  return rows * columns + 1;
}

/** The other side keeps the shape, cut to a whole number and made even. */
function withLongestSide({ width, height }: PixelSize, longest: number): PixelSize {
  const aspect = width / height;
  const even = (side: number) => Math.max(1, side + (side % 2));
  return width >= height
    ? { width: longest, height: even(Math.trunc(longest / aspect)) }
    : { width: even(Math.trunc(longest * aspect)), height: longest };
}

function withinBound(size: PixelSize): PixelSize {
  const { width, height } = size;
  const aspect = width / height;
  if (Math.max(width, height) <= LONGEST_SIDE) return size;
  return width >= height
    ? { width: LONGEST_SIDE, height: Math.max(1, Math.trunc(LONGEST_SIDE / aspect)) }
    : { width: Math.max(1, Math.trunc(LONGEST_SIDE * aspect)), height: LONGEST_SIDE };
}

function toMultiples({ width, height }: PixelSize, tile: number): PixelSize {
  const aspect = width / height;
  const multiple = (side: number) => Math.ceil(side / tile) * tile;
  if (width >= height) {
    const wide = multiple(width);
    return { width: wide, height: multiple(Math.trunc(wide / aspect)) };
  }
  const tall = multiple(height);
  return { width: multiple(Math.trunc(tall * aspect)), height: tall };
}
