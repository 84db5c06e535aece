/**
 * @module
 * The canvas of tiles that an image is laid on, from its size alone, as transformers' image processor for Llama 3.2-Vision
 * decides it.
 */
import { DataError } from "../../../errors/index.ts";
import type { PixelSize } from "../../image/smart-resize.ts";

/** Rows and columns of tiles. */
export type Canvas = readonly [rows: number, columns: number];

/** All canvases of up to so many tiles. The model knows a canvas by its place in this list, counted from 1. */
export function canvases(maxTiles: number): Canvas[] {
  const sides = Array.from({ length: maxTiles }, (_, i) => i + 1);
  return sides.flatMap((rows) =>
    sides.filter((columns) => rows * columns <= maxTiles).map((columns): Canvas => [rows, columns]),
  );
}

/** An image on its way to tiles: it lies in the upper left of its canvas, and the rest is black. */
export interface TileLayout {
  readonly canvas: Canvas;
  /** The image's size on the canvas. */
  readonly shown: PixelSize;
}

/** Sizes that decide a layout. */
export interface TileSizes {
  /** Pixels per side of a tile. */
  readonly tileSize: number;
  /** Most tiles of an image. */
  readonly maxTiles: number;
}

/**
 * The canvas that enlarges an image least, or shrinks it least where none holds it; of equals the smallest, of equals the
 * first.
 *
 * @throws DataError when a side is zero
 */
export function tileLayout(size: PixelSize, { tileSize, maxTiles }: TileSizes): TileLayout {
  if (!(size.width > 0 && size.height > 0))
    throw new DataError(`image: expected sides above 0, got ${size.width} x ${size.height}`);
  const fitted = canvases(maxTiles).map((canvas) => {
    const [rows, columns] = canvas;
    const scale = Math.min((rows * tileSize) / size.height, (columns * tileSize) / size.width);
    return { canvas, scale, area: rows * columns };
  });
  const holding = fitted.filter(({ scale }) => scale >= 1).map(({ scale }) => scale);
  const chosen = holding.length > 0 ? Math.min(...holding) : Math.max(...fitted.map(({ scale }) => scale));
  const best = fitted
    .filter(({ scale }) => scale === chosen)
    .reduce((least, one) => (one.area < least.area ? one : least));
  return { canvas: best.canvas, shown: shownSize(size, best.canvas, tileSize) };
}

/** As large as the image where it fits, but with one side of a tile at least; its shape is kept, cut to whole pixels. */
function shownSize({ width, height }: PixelSize, [rows, columns]: Canvas, tileSize: number): PixelSize {
  const target = (side: number, tiles: number) => Math.min(Math.max(side, tileSize), tiles * tileSize);
  const [targetWidth, targetHeight] = [target(width, columns), target(height, rows)];
  const [across, down] = [targetWidth / width, targetHeight / height];
  return across < down
    ? { width: targetWidth, height: Math.min(Math.floor(height * across) || 1, targetHeight) }
    : { width: Math.min(Math.floor(width * down) || 1, targetWidth), height: targetHeight };
}
