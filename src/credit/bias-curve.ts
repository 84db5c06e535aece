/**
 * @module
 * The attention bias of key positions, as AT-RL models it.
 */
import { requireWhole } from "../math/check.ts";
import { numberIn, readOptions } from "../math/options.ts";

/** The shape of the curve. The paper searches over other parameters (section 13); these have its defaults (8.1). */
export interface BiasCurve {
  /** λ_exp in [0, 1e100]: how much more the first positions get. Default 0.15. */
  readonly exponential?: number | undefined;
  /** γ ≥ 0: how fast that fades along the sequence. Default 4. */
  readonly decay?: number | undefined;
  /** λ_cos in [−0.99, 0.99]: amplitude of the half wave from the first position to the last. Default 0.05. */
  readonly cosine?: number | undefined;
}

/** AT-RL, arXiv:2602.11455, section 8.1. */
export const PAPER_BIAS_CURVE = { exponential: 0.15, decay: 4, cosine: 0.05 } as const;
const MOST_COSINE = 0.99;
/** Far beyond any use, and sums over keys stay finite. */
const MOST_EXPONENTIAL = 1e100;

const PARAMETERS = {
  exponential: numberIn(0, MOST_EXPONENTIAL, PAPER_BIAS_CURVE.exponential),
  decay: numberIn(0, Infinity, PAPER_BIAS_CURVE.decay),
  cosine: numberIn(-MOST_COSINE, MOST_COSINE, PAPER_BIAS_CURVE.cosine),
};

/**
 * Bias of each key position.
 *
 *     bⱼ ∝ 1 + λ_exp·e^{−γ·p} + λ_cos·cos(π·p),   p = j/N,   j = 1 … N,   mean 1
 *
 * Source: AT-RL, arXiv:2602.11455, Eq. 12 (printed with T for N and with the axis running over the keys), λ_exp = 0.15,
 * γ = 4, λ_cos = 0.05 unless given.
 *
 * @param keys N ≥ 0
 * @returns `[N]` > 0
 * @throws ConfigError when a parameter is unknown
 * @throws NumericError when the number of keys is no integer ≥ 0 or a parameter is out of range
 * @example
 * biasCurve(1); // [1]
 */
export function biasCurve(keys: number, parameters: BiasCurve = {}): Float64Array {
  requireWhole("keys", keys, 0);
  const { exponential, decay, cosine } = checkedBiasCurve(parameters);
  const curve = new Float64Array(keys);
  let total = 0;
  for (let j = 0; j < keys; j++) {
    const p = (j + 1) / keys;
    curve[j] = 1 + exponential * Math.exp(-decay * p) + cosine * Math.cos(Math.PI * p);
    total += curve[j]!;
  }
  return curve.map((bias) => (bias * keys) / total);
}

/**
 * The parameters, with defaults where absent.
 *
 * @throws ConfigError when one is unknown
 * @throws NumericError when one is out of range
 */
export function checkedBiasCurve(parameters: BiasCurve): Required<{ [K in keyof BiasCurve]: number }> {
  return readOptions(parameters, PARAMETERS, "biasCurve");
}
