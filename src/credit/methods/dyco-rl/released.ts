/**
 * @module
 * DyCo-RL's released code, which differs from the paper: one scalar per completion in place of token weights, from its
 * mean alignment compared with the other completions of the batch.
 */
import { mean, variance } from "../../../math/index.ts";
import { factor, flag, numberIn, readOptions, wholeIn } from "../../../math/options.ts";
import { countedTokens, requireCompletions } from "../../check-signals.ts";
import { evenWeights } from "../uniform-weights.ts";
import {
  checkAttention,
  type DycoRlCredit,
  type DycoRlInput,
  roleAlignment,
  tokenRoles,
} from "./token-role.ts";

export interface DycoRlReleasedOptions {
  /** Largest departure of a weight from 1. Default 0.2. */
  readonly alpha?: number;
  /** Margin of text tokens, radians; visual tokens need none. Default 0.05. */
  readonly threshold?: number;
  /** A completion with fewer counted tokens gets the lowest score. Default 60. */
  readonly shortCompletion?: number;
  /** Weights of short completions also shrink with their length, as the code has it with SAPO. Default false. */
  readonly lengthFactor?: boolean;
}

const OPTIONS = {
  alpha: factor(0.2),
  threshold: numberIn(0, Infinity, 0.05),
  shortCompletion: wholeIn(0, Infinity, 60),
  lengthFactor: flag(false),
};

/**
 * Weights of a batch of completions, constant within each.
 *
 *     role    visual if v^vis − v^txt > 0, text if v^vis − v^txt < −τ, else neutral
 *     x       sigmoid(mean of sₜ over tokens that are not neutral), 1/2 when all are
 *     z       (x − mean x) / std x over completions with tokens that count, 0 when std x ≤ 1e-8
 *     score   tanh z, or −1 for completions under 60 tokens
 *     weight  clamp(1 + α·score, 1 − α, 1 + α)
 *             · min(1, T / 60), with `lengthFactor`
 *
 * T are the tokens that count and 60 is `shortCompletion` in both places. The code has 150 in place of 60 for models of
 * more than 5e9 parameters, and the length factor with SAPO alone.
 *
 * Source: the authors' code, github.com/Sammy20207109/DyCo-RL at da98011 (`generation_utils.py`,
 * `trainer/grpo_trainer.py`), where the batch is one process's four completions of one prompt. That code also cuts
 * text rows to the keys both have: `attentionSignals` with `textSupport: "shared"`.
 *
 * @param completions signals of each completion, `[B]` of `[T]`
 * @returns one credit per completion; a batch of one scores 0, or −1 under 60 tokens
 * @throws ConfigError when an option is unknown
 * @throws ShapeError, NumericError as `dycoRl`
 */
export function dycoRlReleased(
  completions: readonly DycoRlInput[],
  options: DycoRlReleasedOptions = {},
): DycoRlCredit[] {
  const { alpha, threshold, shortCompletion, lengthFactor } = readOptions(options, OPTIONS);
  requireCompletions(completions);
  const aligned = completions.map((completion) => {
    checkAttention(completion);
    const { visualShift, textShift, mask } = completion;
    const roles = tokenRoles(visualShift, textShift, mask, (visual, text) => {
      if (visual - text > 0) return "visual";
      return visual - text < -threshold ? "text" : "neutral";
    });
    const counted = countedTokens(mask, roles.length);
    return { roles, alignment: roleAlignment(completion, roles), counted };
  });
  const raw = aligned.map(({ roles, alignment }) => {
    const active = roles.map((role) => (role === "neutral" ? 0 : 1));
    return active.includes(1) ? 1 / (1 + Math.exp(-mean(alignment, active))) : 0.5;
  });
  const compared = aligned.map(({ counted }) => Math.min(counted, 1));
  const centre = mean(raw, compared);
  const deviation = Math.sqrt(variance(raw, compared));
  return completions.map(({ mask }, i) => {
    const { roles, alignment, counted } = aligned[i]!;
    const spread = deviation > 1e-8 ? Math.tanh((raw[i]! - centre) / deviation) : 0;
    const score = counted < shortCompletion ? -1 : spread;
    const clamped = Math.min(Math.max(1 + alpha * score, 1 - alpha), 1 + alpha);
    const weight =
      lengthFactor && counted < shortCompletion ? (clamped * counted) / shortCompletion : clamped;
    return { weights: evenWeights(roles.length, mask, weight), roles, alignment };
  });
}
