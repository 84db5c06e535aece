/**
 * @module
 * Checks of arguments, for callers without types.
 */
import { NumericError, ShapeError } from "../errors/index.ts";

/**
 * Throws unless a value is an array or a typed array.
 *
 * @throws ShapeError
 */
export function requireArray(name: string, values: ArrayLike<unknown> | null | undefined): void {
  if (typeof values !== "string" && typeof values?.length === "number") return;
  throw new ShapeError(`${name}: expected an array, got ${values === null ? "null" : typeof values}`);
}

/**
 * Throws unless a value is an object with members.
 *
 * @throws ShapeError
 */
export function requireObject(name: string, value: object | null | undefined): void {
  if (typeof value === "object" && value !== null) return;
  throw new ShapeError(`${name}: expected an object, got ${value === null ? "null" : typeof value}`);
}

/**
 * Throws unless an array has a length.
 *
 * @throws ShapeError
 */
export function requireLength(
  name: string,
  values: ArrayLike<unknown> | null | undefined,
  length: number,
): void {
  requireArray(name, values);
  if (values!.length !== length) {
    throw new ShapeError(`${name}: expected shape [${length}], got [${values!.length}]`);
  }
}

/**
 * Throws unless every counted number of an array is finite.
 *
 * @param mask `[T]`, 1 where the number counts; all count when absent
 * @throws ShapeError, NumericError
 */
export function requireFinite(name: string, values: ArrayLike<number>, mask?: ArrayLike<number>): void {
  requireArray(name, values);
  for (let t = 0; t < values.length; t++) {
    if (mask?.[t] === 0 || Number.isFinite(values[t])) continue;
    throw new NumericError(`${name}[${t}]: expected a finite number, got ${values[t]}`);
  }
}

/**
 * Throws unless every number of an array is a score.
 *
 * @throws NumericError naming the first that is not in [0, 1]
 */
export function requireScores(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new NumericError(`${name}[${i}]: expected a score in [0, 1], got ${value}`);
    }
  }
}
