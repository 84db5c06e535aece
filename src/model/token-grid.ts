/**
 * @module
 * An image's tokens laid over the image.
 */
import type { TokenGrid } from "./vision.ts";

/** Numbers of an image's tokens as one grid over it. */
export interface PictureGrid {
  readonly rows: number;
  readonly columns: number;
  /** `[rows × columns]` */
  readonly values: readonly number[];
}

/** Rows and columns of the grid over an image. */
export function pictureSize({ rows, columns, tiles }: TokenGrid): Pick<PictureGrid, "rows" | "columns"> {
  return { rows: rows * (tiles?.rows ?? 1), columns: columns * (tiles?.columns ?? 1) };
}

/**
 * Values of an image's tokens, such as attention, laid out over the image; the sum is unchanged. If an image is cut
 * into tiles, each token of the whole is spread evenly over the tokens of the tiles that show the same part.
 *
 * @param values `[frames × rows × columns]` in the order of the tokens
 */
export function overPicture(values: ArrayLike<number>, grid: TokenGrid): PictureGrid {
  const { rows, columns, tiles } = grid;
  if (tiles === undefined) return { rows, columns, values: Array.from(values) };
  const size = rows * columns;
  const whole = tiles.rows * tiles.columns * size;
  const { rows: tall, columns: wide } = pictureSize(grid);
  const laid = Array.from({ length: tall * wide }, (_, place) => {
    const [y, x] = [Math.floor(place / wide), place % wide];
    const tile = Math.floor(y / rows) * tiles.columns + Math.floor(x / columns);
    const inTile = (y % rows) * columns + (x % columns);
    const inWhole = Math.floor(y / tiles.rows) * columns + Math.floor(x / tiles.columns);
    return values[tile * size + inTile]! + values[whole + inWhole]! / (tiles.rows * tiles.columns);
  });
  return { rows: tall, columns: wide, values: laid };
}
