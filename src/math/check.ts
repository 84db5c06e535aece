/**
 * @module
 * Checks of arguments, for callers without types.
 */
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";

/**
 * Throws unless a value is an array or a typed array.
 *
 * @throws ShapeError
 */
export function requireArray(name: string, values: ArrayLike<unknown> | null | undefined): void {
  if (typeof values !== "string" && typeof values?.length === "number") return;
  throw new ShapeError(`${name}: expected an array, got ${kindOf(values)}`);
}

/**
 * Throws unless a value is an object with members.
 *
 * @throws ShapeError
 */
export function requireObject(name: string, value: object | null | undefined): void {
  if (typeof value === "object" && value !== null) return;
  throw new ShapeError(`${name}: expected an object, got ${kindOf(value)}`);
}

/**
 * Throws unless a value is a list of objects.
 *
 * @throws ShapeError
 */
export function requireObjects(name: string, list: readonly object[] | null | undefined): void {
  if (!Array.isArray(list)) throw new ShapeError(`${name}: expected a list, got ${kindOf(list)}`);
  for (let i = 0; i < list.length; i++) requireObject(`${name}[${i}]`, list[i] as object | undefined);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/**
 * Throws unless a number is finite and within its bounds.
 *
 * @throws NumericError
 */
export function requireNumber(name: string, value: number, low = -Infinity, high = Infinity): void {
  if (value >= low && value <= high && Number.isFinite(value)) return;
  const above = low === -Infinity ? "a finite number" : `a finite number ≥ ${low}`;
  const bounds = high === Infinity ? above : `a number in [${low}, ${high}]`;
  throw new NumericError(`${name}: expected ${bounds}, got ${value}`);
}

/**
 * Throws unless a number is whole and within its bounds.
 *
 * @throws NumericError
 */
export function requireWhole(name: string, value: number, low: number, high = Infinity): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const bounds = high === Infinity ? `≥ ${low}` : `in [${low}, ${high}]`;
  throw new NumericError(`${name}: expected an integer ${bounds}, got ${value}`);
}

/**
 * Throws unless a value is one of some names.
 *
 * @throws ConfigError
 */
export function requireChoice(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new ConfigError(`${name}: expected one of ${choices.join(", ")}, got ${JSON.stringify(value)}`);
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
  requireArray(name, values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0 && value <= 1)) {
      throw new NumericError(`${name}[${i}]: expected a score in [0, 1], got ${value}`);
    }
  }
}
