/**
 * @module
 * DyCo-RL's ablations (arXiv:2606.08035, Tables 2, 3 and 6): each replaces one part of the method and leaves the rest.
 */
import { EngineError } from "../../../errors/index.ts";
import type { Rng } from "../../../math/index.ts";
import type { AttentionMeasure } from "../../attention-signals.ts";
import { checkSignals, counts } from "../../check-signals.ts";
import type { TokenRole } from "../../method.ts";
import type { DycoRlInput } from "./token-role.ts";

/** Table 2, Table 3, Table 6. */
export const DYCO_RL_ABLATIONS = [
  "random-roles",
  "reverse-roles",
  "entropy-roles",
  "kl-roles",
  "visual-score",
  "text-score",
  "reward-shaping",
] as const;

/** One part of DyCo-RL replaced. */
export type DycoRlAblation = (typeof DYCO_RL_ABLATIONS)[number];

/** The parts that an ablation replaces; absent parts stay the method's. */
interface Replacement {
  /** The measure that roles compare in place of shifts, requested from the engine. */
  readonly measure?: AttentionMeasure;
  /** Roles in place of the assigned roles. */
  readonly roles?: (
    roles: readonly TokenRole[],
    mask: ArrayLike<number> | undefined,
    rng: Rng,
  ) => TokenRole[];
  /** The modality that scores every token, independent of its role. */
  readonly scoredBy?: "visual" | "text";
  /** Alignment goes into the reward, and tokens are not weighted. */
  readonly shapesReward?: true;
}

const opposite = { visual: "text", text: "visual", neutral: "neutral" } as const;

export const replacements: Readonly<Record<DycoRlAblation, Replacement>> = {
  "random-roles": { roles: shuffledRoles },
  "reverse-roles": { roles: (roles) => roles.map((role) => opposite[role]) },
  "entropy-roles": { measure: "sharpness" },
  "kl-roles": { measure: "divergence" },
  "visual-score": { scoredBy: "visual" },
  "text-score": { scoredBy: "text" },
  "reward-shaping": { shapesReward: true },
};

/** The same roles, randomly permuted among the tokens that count; the first token stays neutral. */
function shuffledRoles(
  roles: readonly TokenRole[],
  mask: ArrayLike<number> | undefined,
  rng: Rng,
): TokenRole[] {
  const dealt = rng.shuffle(roles.filter((_, t) => t > 0 && counts(mask, t)));
  let next = 0;
  return roles.map((role, t) => (t > 0 && counts(mask, t) ? dealt[next++]! : role));
}

/**
 * The two numbers per token that roles compare: shifts, or what the measure asks for.
 *
 * @throws EngineError when the signals lack the measure
 * @throws ShapeError, NumericError when it does not fit the other signals
 */
export function comparedSignals(
  input: DycoRlInput,
  measure: AttentionMeasure | undefined,
): { readonly visual: Float64Array; readonly text: Float64Array } {
  if (measure === undefined) return { visual: input.visualShift, text: input.textShift };
  const compared = input[measure];
  if (!compared) throw new EngineError(`dyco-rl: expected the attention's ${measure}, got none`);
  const { visualMass, mask } = input;
  checkSignals(
    {
      visualMass: ["mass", visualMass],
      [`${measure}.visual`]: ["nats", compared.visual],
      [`${measure}.text`]: ["nats", compared.text],
    },
    mask,
  );
  return compared;
}
