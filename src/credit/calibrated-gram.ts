/**
 * @module
 * The inputs of AT-RL from attention rows: each token's attention to the image, and the similarity of any two rows.
 * This is the reference in double precision; engines compute the same inside their graph.
 */
import { checked, flag, optional, readOptions } from "../math/options.ts";
import { KEY_KIND } from "./attention-signals.ts";
import { type BiasCurve, biasCurve, checkedBiasCurve } from "./bias-curve.ts";
import { checkRows } from "./check-rows.ts";

/** The inputs of AT-RL from the calibrated rows Ã, arXiv:2602.11455, Eqs. 6 and 7. */
export interface CalibratedAttention {
  /** `[T]` Σ of Ã over image keys. */
  readonly connectivity: Float64Array;
  /** `[T × T]` inner products ⟨Ã_s, Ã_t⟩. */
  readonly gram: Float64Array;
}

export interface CalibratedGramOptions {
  /** Divide each column by the bias of its position; default true. */
  readonly biasCorrection?: boolean;
  /** Parameters of that bias; the paper's where absent. */
  readonly biasCurve?: BiasCurve | undefined;
  /** Key index of the first row's query; with it, entries after a row's own query count for nothing. */
  readonly first?: number;
}

const OPTIONS = {
  biasCorrection: flag(true),
  biasCurve: optional(checked<BiasCurve>({}, (_, given) => void checkedBiasCurve(given))),
  first: optional(checked(0, () => undefined)),
};

/**
 * Connectivity of each token and inner products of all pairs of calibrated rows.
 *
 *     Ãₜⱼ    = Āₜⱼ / bⱼ                           Eq. 6, columns
 *     Cₜ     = Σ_{j ∈ I_vis} Ãₜⱼ                  Eq. 7
 *     gramₛₜ = ⟨Ãₛ, Ãₜ⟩                           what Eqs. 8, 13 and 14 are made of
 *
 * Source: AT-RL, arXiv:2602.11455. The bias curve (Eq. 12) runs over the N keys that are not padding, numbered 1 … N
 * in their order, so padding on either side changes nothing; N is the whole sequence's, the same for every row.
 * Padding keys count for nothing. Rows need not sum to 1: cosines do not depend on their scale.
 *
 * @param rows `[T × S]` row-major, attention after softmax, mean over heads and the last layers (Eq. 5)
 * @param shape `tokens` T and `keys` S
 * @param kind `[S]` 0 padding, 1 text, 2 visual
 * @returns `connectivity` `[T]` and `gram` `[T × T]`, symmetric
 * @throws ConfigError when an option is unknown
 * @throws ShapeError when lengths do not fit or a query falls outside the keys
 * @throws NumericError when an entry is NaN, infinite or negative, a kind is not 0, 1 or 2, or a parameter of the bias
 *   curve is out of range
 * @example
 * calibratedGram([0.6, 0.4, 0.2, 0.8], { tokens: 2, keys: 2 }, Uint8Array.of(2, 1), { biasCorrection: false });
 * // connectivity [0.6, 0.2], gram [0.52, 0.44, 0.44, 0.68]
 */
export function calibratedGram(
  rows: ArrayLike<number>,
  shape: { readonly tokens: number; readonly keys: number },
  kind: ArrayLike<number>,
  options: CalibratedGramOptions = {},
): CalibratedAttention {
  const { biasCorrection, biasCurve: parameters, first } = readOptions(options, OPTIONS);
  checkRows(rows, shape, kind, first);
  const { tokens, keys } = shape;
  const real: number[] = [];
  for (let key = 0; key < keys; key++) if (kind[key] !== KEY_KIND.padding) real.push(key);
  const bias = biasCorrection ? biasCurve(real.length, parameters) : new Float64Array(real.length).fill(1);
  const connectivity = new Float64Array(tokens);
  const calibrated: Float64Array[] = [];
  for (let t = 0; t < tokens; t++) {
    const last = first === undefined ? keys : first + t;
    const row = new Float64Array(real.length);
    for (const [j, key] of real.entries()) {
      if (key > last) break;
      row[j] = rows[t * keys + key]! / bias[j]!;
      if (kind[key] === KEY_KIND.visual) connectivity[t]! += row[j]!;
    }
    calibrated.push(row);
  }
  const gram = new Float64Array(tokens * tokens);
  for (let s = 0; s < tokens; s++) {
    for (let t = s; t < tokens; t++) {
      const product = innerProduct(calibrated[s]!, calibrated[t]!);
      gram[s * tokens + t] = product;
      gram[t * tokens + s] = product;
    }
  }
  return { connectivity, gram };
}

function innerProduct(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
