/**
 * @module
 * The loss of a value head over a batch, aggregated like the policy's, with its derivative in the values.
 */
import { mean, variance } from "../math/index.ts";
import type { ValueTerm } from "./algorithm.ts";
import type { ObjectiveGroup, ValueMetrics } from "./types.ts";

/**
 * Loss of the values and the coefficients that an engine accumulates.
 *
 *     loss = coefficient · Σ_{g,i,t} scale · L(Vₜ, V_oldₜ, returnₜ)
 *     c    = −∂loss/∂Vₜ
 *
 * Completions that no verifier could judge have no return, so their values are not learnt from.
 *
 * @param returns `[P][G][T]`; NaN where there is none
 * @param scales `[P·G][T]`
 */
export function valueObjective(
  term: ValueTerm,
  groups: readonly ObjectiveGroup[],
  returns: readonly (readonly Float64Array[])[],
  scales: readonly Float64Array[],
): { loss: number; coefficients: Float64Array[][]; metrics: ValueMetrics } {
  const targets: number[] = [];
  const errors: number[] = [];
  const losses: number[] = [];
  let clipped = 0;
  let loss = 0;
  let next = 0;
  const coefficients = groups.map(({ completions }, g) =>
    completions.map(({ mask, values, oldValues }, i) => {
      const row = new Float64Array(mask.length);
      const scale = scales[next++]!;
      for (let t = 0; values && t < mask.length; t++) {
        const target = returns[g]![i]![t]!;
        if (mask[t] === 0 || Number.isNaN(target)) continue;
        const value = values[t]!;
        const found = term.loss(value, oldValues?.[t] ?? value, target);
        loss += term.coefficient * scale[t]! * found.value;
        row[t] = -term.coefficient * scale[t]! * found.derivative + 0;
        targets.push(target);
        errors.push(target - value);
        losses.push(found.value);
        if (found.isClipped) clipped++;
      }
      return row;
    }),
  );
  const spread = variance(targets);
  const metrics = {
    tokens: losses.length,
    loss: mean(losses),
    clipShare: losses.length === 0 ? 0 : clipped / losses.length,
    explainedVariance: spread === 0 ? 0 : 1 - variance(errors) / spread,
  };
  return { loss, coefficients, metrics };
}
