/**
 * @module
 * Functions shared by DyCo-RL's variants: a role for every token from signals, and the alignment of its attention with
 * the role.
 */
import type { AttentionSignals } from "../../attention-signals.ts";
import { checkSignals, counts, requireInput } from "../../check-signals.ts";
import type { TokenRole } from "../../method.ts";

/** Signals of one completion and which of its tokens count. */
export interface DycoRlInput extends AttentionSignals {
  /** `[T]` 1 where the token counts; all count when absent. */
  readonly mask?: ArrayLike<number> | undefined;
}

export interface DycoRlCredit {
  /** `[T]` what multiplies the advantage; 0 at masked tokens. */
  readonly weights: Float64Array;
  /** `[T]`; neutral at masked tokens. */
  readonly roles: TokenRole[];
  /** `[T]` sₜ in [0, 1]: share of attention on the modality of the role; 0 for neutral and masked tokens. */
  readonly alignment: Float64Array;
  /** Added to the completion's reward, with the ablation that shapes rewards. */
  readonly rewardBonus?: number;
}

/** A role from a number per modality: by how much attention moved, unless an ablation compares something else. */
type RoleRule = (visual: number, text: number) => TokenRole;

/**
 * Fails unless the four signals fit together, and are finite masses and angles where tokens count.
 *
 * @returns T
 * @throws ShapeError, NumericError
 */
export function checkAttention(input: DycoRlInput): number {
  requireInput(input);
  const { visualMass, textMass, visualShift, textShift, mask } = input;
  return checkSignals(
    {
      visualMass: ["mass", visualMass],
      textMass: ["mass", textMass],
      visualShift: ["angle", visualShift],
      textShift: ["angle", textShift],
    },
    mask,
  );
}

/** Role of each token (Eq. 8); neutral for the first, which has no predecessor, and for masked tokens. */
export function tokenRoles(
  visual: ArrayLike<number>,
  text: ArrayLike<number>,
  mask: ArrayLike<number> | undefined,
  rule: RoleRule,
): TokenRole[] {
  return Array.from(visual, (value, t) => (t > 0 && counts(mask, t) ? rule(value, text[t]!) : "neutral"));
}

/** Share of each token's attention that lies where its role asks for it (Eq. 9); 0 for neutral and masked tokens. */
export function roleAlignment(
  { visualMass, textMass, mask }: DycoRlInput,
  roles: readonly TokenRole[],
): Float64Array {
  return Float64Array.from(roles, (role, t) => {
    const mass = visualMass[t]! + textMass[t]!;
    if (role === "neutral" || mass === 0 || !counts(mask, t)) return 0;
    return (role === "visual" ? visualMass[t]! : textMass[t]!) / mass;
  });
}
