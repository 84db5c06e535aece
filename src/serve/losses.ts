/**
 * @module
 * The protocol's built-in losses as an engine takes them: the derivative of each in the log-probs, with its sign turned.
 * Losses are sums over positions, and every position is weighted by `weights` where there are any.
 *
 * | loss | L per position | c = −∂L/∂log π |
 * |---|---|---|
 * | cross_entropy | −w·log π | w |
 * | importance_sampling | −ρ·A | ρ·A |
 * | ppo | −min(ρ·A, clip(ρ, low, high)·A) | ρ·A, or 0 where the clipped one is smaller |
 * | cispo | −sg[clip(ρ, low, high)]·A·log π | clip(ρ, low, high)·A |
 * | dro | −(A·log π − ½·β·(log π − log μ)²) | A − β·(log π − log μ) |
 *
 * ρ = π/μ, where log μ are the log-probs that the client sends. Source: the documentation of the Tinker API; thresholds
 * are absolute, 0.8 and 1.2 unless given.
 */
import type { wire } from "../engine/index.ts";
import { Refusal } from "./refusal.ts";

/** Arrays of one run, `[T]` each. */
export interface LossInputs {
  readonly weights: Float64Array;
  readonly advantages: Float64Array | undefined;
  /** Log-probs of the policy that sampled. */
  readonly oldLogprobs: Float64Array | undefined;
}

/** A loss and how it falls. */
export interface LossTerms {
  /** `[T]` */
  readonly coefficients: Float64Array;
  /** `[T]` */
  readonly elementwise: Float64Array;
}

type Config = Readonly<Record<string, number>>;
type Term = (
  logprob: number,
  old: number,
  advantage: number,
  config: Config,
) => readonly [c: number, loss: number];

const thresholds = ({ clip_low_threshold: low = 0.8, clip_high_threshold: high = 1.2 }: Config) => ({
  low,
  high,
});

function clipped(ratio: number, config: Config): number {
  const { low, high } = thresholds(config);
  return Math.min(high, Math.max(low, ratio));
}

/** A ratio that overflowed counts for nothing where the advantage is 0. */
const times = (ratio: number, advantage: number) => (advantage === 0 ? 0 : ratio * advantage);

const TERMS: Readonly<Record<Exclude<wire.LossFunction, "cross_entropy">, Term>> = {
  importance_sampling: (logprob, old, advantage) => {
    const value = times(Math.exp(logprob - old), advantage);
    return [value, -value];
  },
  ppo: (logprob, old, advantage, config) => {
    const ratio = Math.exp(logprob - old);
    const plain = times(ratio, advantage);
    const bound = clipped(ratio, config) * advantage;
    return plain <= bound ? [plain, -plain] : [0, -bound];
  },
  cispo: (logprob, old, advantage, config) => {
    const factor = clipped(Math.exp(logprob - old), config) * advantage;
    return [factor, -factor * logprob];
  },
  dro: (logprob, old, advantage, { beta = 0.05 }) => {
    const shift = logprob - old;
    return [advantage - beta * shift, -(advantage * logprob - 0.5 * beta * shift * shift)];
  },
};

const KEYS: Readonly<Record<wire.LossFunction, readonly string[]>> = {
  cross_entropy: [],
  importance_sampling: [],
  ppo: ["clip_low_threshold", "clip_high_threshold"],
  cispo: ["clip_low_threshold", "clip_high_threshold"],
  dro: ["beta"],
};

/** Fails when a loss does not know a setting, or bounds are in the wrong order. */
export function checkLossConfig(loss: wire.LossFunction, config: Config): void {
  for (const key of Object.keys(config)) {
    if (!KEYS[loss].includes(key)) {
      const known = KEYS[loss].join(", ") || "none";
      throw new Refusal("bad-request", `loss_fn_config: ${loss} does not know ${key}; it has: ${known}`);
    }
  }
  const { low, high } = thresholds(config);
  if (low > high) {
    throw new Refusal(
      "bad-request",
      `loss_fn_config: expected clip_low_threshold of at most clip_high_threshold, ${high}, got ${low}`,
    );
  }
}

/**
 * A loss and its derivative at these log-probs.
 *
 * @param logprobs `[T]` of the policy
 */
export function lossTerms(
  loss: wire.LossFunction,
  config: Config,
  logprobs: Float64Array,
  { weights, advantages, oldLogprobs }: LossInputs,
  where: string,
): LossTerms {
  if (loss === "cross_entropy") {
    return { coefficients: weights, elementwise: logprobs.map((logprob, t) => -logprob * weights[t]!) };
  }
  if (advantages === undefined || oldLogprobs === undefined) {
    throw new Refusal("bad-request", `${where}: ${loss} needs advantages and logprobs`);
  }
  const coefficients = new Float64Array(logprobs.length);
  const elementwise = new Float64Array(logprobs.length);
  for (let t = 0; t < logprobs.length; t++) {
    if (weights[t] === 0) continue;
    const [c, value] = TERMS[loss](logprobs[t]!, oldLogprobs[t]!, advantages[t]!, config);
    coefficients[t] = c * weights[t]!;
    elementwise[t] = value * weights[t]!;
  }
  return { coefficients, elementwise };
}
