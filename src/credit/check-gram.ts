/**
 * @module
 * The check of a Gram matrix: only inner products of rows can be its entries.
 */
import { NumericError, ShapeError } from "../errors/index.ts";
import { requireArray } from "../math/check.ts";

/** Single precision leaves entries this far apart, as a share of the lengths of their rows. */
const ROUNDING = 1e-3;

/** The error of an entry that is no inner product of attention. */
export function noProduct(value: number, row: number, column: number): NumericError {
  return new NumericError(`gram: expected a finite number ≥ 0, got ${value} (row ${row}, column ${column})`);
}

const isProduct = (value: number) => value >= 0 && value < Infinity;

/**
 * Throws unless the matrix is symmetric, and rows without length are zeros.
 *
 * @param gram `[T × T]`
 * @param counted tokens whose rows are read
 * @throws ShapeError, NumericError
 */
export function checkGram(gram: ArrayLike<number>, tokens: number, counted: readonly number[]): void {
  requireArray("gram", gram);
  if (gram.length !== tokens * tokens) {
    throw new ShapeError(
      `gram: expected ${tokens} × ${tokens} = ${tokens * tokens} numbers, got ${gram.length}`,
    );
  }
  const lengths = Float64Array.from(counted, (t) => {
    const square = gram[t * tokens + t]!;
    if (!isProduct(square)) throw noProduct(square, t, t);
    return Math.sqrt(square);
  });
  for (let i = 0; i < counted.length; i++) {
    for (let j = 0; j < i; j++) {
      const [s, t] = [counted[i]!, counted[j]!];
      const [below, above] = [gram[s * tokens + t]!, gram[t * tokens + s]!];
      const most = lengths[i]! * lengths[j]!;
      if (!(Math.abs(below - above) <= ROUNDING * most)) {
        if (!isProduct(above)) throw noProduct(above, t, s);
        if (!isProduct(below)) throw noProduct(below, s, t);
        throw new NumericError(
          `gram: expected a symmetric matrix, got ${above} at (${t}, ${s}) and ${below} at (${s}, ${t})`,
        );
      }
      if (most === 0 && below !== 0) {
        const empty = lengths[i] === 0 ? s : t;
        throw new NumericError(
          `gram: expected zeros in row ${empty}, whose own product is 0, got ${below} at (${s}, ${t})`,
        );
      }
    }
  }
}
