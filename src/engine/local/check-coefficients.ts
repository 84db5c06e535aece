/**
 * @module
 * One coefficient for every completion token, or an error that names the sequence.
 */
import { ShapeError } from "../../errors/index.ts";
import type { AccumulateOptions } from "../engine.ts";

/**
 * @throws ShapeError when there is not one array for each sequence, or not one number for each of its tokens
 */
export function checkCoefficients(
  sequences: readonly { readonly completion: Int32Array }[],
  coefficients: readonly Float64Array[],
  { valueCoefficients, entropyCoefficients }: AccumulateOptions,
): void {
  check("coefficients", sequences, coefficients);
  check("valueCoefficients", sequences, valueCoefficients);
  check("entropyCoefficients", sequences, entropyCoefficients);
}

function check(
  what: string,
  sequences: readonly { readonly completion: Int32Array }[],
  coefficients: readonly Float64Array[] | undefined,
): void {
  if (coefficients === undefined) {
    return;
  }
  if (sequences.length !== coefficients.length) {
    throw new ShapeError(`${what}: expected ${sequences.length} arrays, got ${coefficients.length}`);
  }
  for (const [i, { completion }] of sequences.entries()) {
    if (coefficients[i]!.length !== completion.length) {
      throw new ShapeError(
        `${what}: expected shape [${completion.length}], got [${coefficients[i]!.length}] (sequence ${i})`,
      );
    }
  }
}
