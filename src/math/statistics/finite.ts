/**
 * @module
 * The numbers that statistics are made of are finite and, where they are scores, in [0, 1].
 */
import { NumericError } from "../../errors/index.ts";

/**
 * @param name of the values, for the message
 * @throws NumericError naming the first that is NaN or infinite
 */
export function requireFinite(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new NumericError(`${name}[${i}]: expected a finite number, got ${values[i]}`);
    }
  }
}

/**
 * @param name of the values, for the message
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
