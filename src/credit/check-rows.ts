/**
 * @module
 * The check of attention rows before any use.
 */
import { NumericError, ShapeError } from "../errors/index.ts";
import { requireArray, requireObject } from "../math/check.ts";
import { MOST_MASS } from "./check-signals.ts";

/**
 * Throws unless rows, kinds and queries match and every entry is a mass.
 *
 * @param rows `[T × S]` row-major
 * @param kind `[S]` 0 padding, 1 text, 2 visual
 * @param first key index of the first row's query; queries are not checked without it
 * @throws ShapeError, NumericError
 */
export function checkRows(
  rows: ArrayLike<number>,
  shape: { readonly tokens: number; readonly keys: number },
  kind: ArrayLike<number>,
  first?: number,
): void {
  requireObject("shape", shape);
  const { tokens, keys } = shape;
  for (const [name, size] of Object.entries({ tokens, keys, first: first ?? 0 })) {
    if (!(Number.isInteger(size) && size >= 0)) {
      throw new ShapeError(`${name}: expected an integer ≥ 0, got ${size}`);
    }
  }
  requireArray("rows", rows);
  requireArray("kind", kind);
  if (rows.length !== tokens * keys) {
    throw new ShapeError(`rows: expected ${tokens} × ${keys} = ${tokens * keys} numbers, got ${rows.length}`);
  }
  if (kind.length !== keys) throw new ShapeError(`kind: expected shape [${keys}], got [${kind.length}]`);
  if (first !== undefined && first + tokens > keys) {
    throw new ShapeError(
      `first: expected at most ${keys - tokens} (${tokens} queries, ${keys} keys), got ${first}`,
    );
  }
  for (let key = 0; key < keys; key++) {
    const value = kind[key]!;
    if (value !== 0 && value !== 1 && value !== 2) {
      throw new NumericError(`kind[${key}]: expected 0, 1 or 2, got ${value}`);
    }
  }
  for (let i = 0; i < rows.length; i++) {
    const value = rows[i]!;
    if (!(value >= 0 && value <= MOST_MASS)) {
      const where = `token ${Math.floor(i / keys)}, key ${i % keys}`;
      const expected = `a finite number ≥ 0, at most ${MOST_MASS}`;
      throw new NumericError(`rows: expected ${expected}, got ${value} (${where})`);
    }
  }
}
