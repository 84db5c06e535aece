/**
 * @module
 * The numbers that a `forward_backward` takes of each sequence: its coefficients as the loss has them, and the extension's.
 */
import { ShapeError } from "../../errors/index.ts";
import type { AccumulateOptions, Sequence } from "../engine.ts";
import type { CoefficientLoss } from "./coefficient-loss.ts";

/**
 * Arrays of each sequence by name, `[T]` each.
 *
 * @throws ShapeError naming the sequence where there are not as many numbers as tokens
 */
export function gradientInputs(
  sequences: readonly Sequence[],
  inputsOf: CoefficientLoss["inputs"],
  coefficients: readonly Float64Array[],
  { valueCoefficients, entropyCoefficients }: AccumulateOptions,
): Readonly<Record<string, Float64Array>>[] {
  return sequences.map(({ completion }, i) => {
    const checked = (name: string, values: Float64Array | undefined) => {
      if (values?.length === completion.length) return values;
      throw new ShapeError(
        `${name}: expected shape [${completion.length}], got [${values?.length}] (sequence ${i})`,
      );
    };
    return {
      ...inputsOf(checked("coefficients", coefficients[i])),
      ...(valueCoefficients && {
        value_weights: checked("valueCoefficients", valueCoefficients[i]),
      }),
      ...(entropyCoefficients && {
        entropy_weights: checked("entropyCoefficients", entropyCoefficients[i]),
      }),
    };
  });
}
