/**
 * @module
 * The measures that DyCo-RL's ablations ask for beside masses and shifts: a scoring program's outputs for them, and how
 * they are read.
 */
import type { AttentionMeasure, AttentionRequest } from "../../../credit/index.ts";
import { rowDivergence, rowEntropy } from "../../../model/graph/index.ts";
import { reshape, sum, type Tensor } from "../../../tensor/index.ts";
import type { AttentionRow, AttentionSignals } from "../../engine.ts";

type Supports = Readonly<Record<"visual" | "text", Tensor>>;

/**
 * Outputs of a measure, none without one.
 *
 * @param rows `[B, T, S]` attention
 * @param supports `[B, 1, S]` each
 */
export function measureOutputs(
  rows: Tensor,
  supports: Supports,
  measure: AttentionMeasure | undefined,
): Record<string, Tensor> {
  switch (measure) {
    case undefined:
      return {};
    case "divergence":
      return {
        visualDivergence: rowDivergence(rows, supports.visual),
        textDivergence: rowDivergence(rows, supports.text),
      };
    case "sharpness":
      return {
        visualEntropy: rowEntropy(rows, supports.visual),
        textEntropy: rowEntropy(rows, supports.text),
        visualKeyCount: reshape(sum(supports.visual, [2]), [rows.shape[0]!]),
        textKeyCount: reshape(sum(supports.text, [2]), [rows.shape[0]!]),
      };
  }
}

/** One completion's part of the outputs. */
export interface MeasuredRows {
  readonly visualMass: Float64Array;
  readonly textMass: Float64Array;
  /** The first `length` numbers of the completion in an output of this width. */
  readonly numbers: (name: string, width: number, length: number) => Float64Array;
  /** Width of the completions in the program. */
  readonly width: number;
}

/** The measure's part of the signals. */
export function readMeasure(
  { row, measure }: AttentionRequest,
  { visualMass, textMass, numbers, width }: MeasuredRows,
): Pick<AttentionSignals, "sharpness" | "divergence"> {
  const length = visualMass.length;
  switch (measure) {
    case undefined:
      return {};
    case "divergence": {
      const read = (name: string, mass: Float64Array) =>
        divergences(numbers(name, width - 1, Math.max(0, length - 1)), mass);
      return {
        divergence: { visual: read("visualDivergence", visualMass), text: read("textDivergence", textMass) },
      };
    }
    case "sharpness": {
      const [visualKeys = 0] = numbers("visualKeyCount", 1, Math.min(1, length));
      const [textKeys = 0] = numbers("textKeyCount", 1, Math.min(1, length));
      return {
        sharpness: {
          visual: sharpnesses(numbers("visualEntropy", width, length), visualMass, () => visualKeys),
          text: sharpnesses(
            numbers("textEntropy", width, length),
            textMass,
            textKeysAt(textKeys - width, row),
          ),
        },
      };
    }
  }
}

/** Text keys up to and including the query's own: the prompt's, then one more a token. */
function textKeysAt(promptKeys: number, row: AttentionRow): (t: number) => number {
  return (t) => promptKeys + t + (row === "own" ? 1 : 0);
}

/** 1 − H/ln N; 0 without mass and for fewer than two keys. */
function sharpnesses(entropy: Float64Array, mass: Float64Array, keysAt: (t: number) => number): Float64Array {
  return entropy.map((nats, t) => {
    const keys = keysAt(t);
    return mass[t]! > 0 && keys > 1 ? Math.min(Math.max(1 - nats / Math.log(keys), 0), 1) : 0;
  });
}

/** 0 for the first token and where either row has no mass. */
function divergences(between: Float64Array, mass: Float64Array): Float64Array {
  return mass.map((now, t) => (t > 0 && now > 0 && mass[t - 1]! > 0 ? Math.max(between[t - 1]!, 0) : 0));
}
