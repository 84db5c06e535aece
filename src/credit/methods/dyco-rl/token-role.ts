/**
 * @module
 * What DyCo-RL's two variants share: signals in, a role for every token, and how well its attention fits the role.
 */
import type { AttentionSignals } from "../../attention-signals.ts";
import { checkSignals, counts } from "../../check-signals.ts";
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
}

/** A role from the two shifts of a token. */
type RoleRule = (visualShift: number, textShift: number) => TokenRole;

/**
 * Role of each token and how much of its attention lies where the role asks for it (Eqs. 8 and 9).
 *
 * @throws ShapeError when lengths differ
 * @throws NumericError when a signal is NaN, infinite or negative
 */
export function alignedRoles(
  input: DycoRlInput,
  rule: RoleRule,
): { roles: TokenRole[]; alignment: Float64Array } {
  const tokens = checkSignals(
    {
      visualMass: ["mass", input.visualMass],
      textMass: ["mass", input.textMass],
      visualShift: ["mass", input.visualShift],
      textShift: ["mass", input.textShift],
    },
    input.mask,
  );
  const roles: TokenRole[] = [];
  const alignment = new Float64Array(tokens);
  for (let t = 0; t < tokens; t++) {
    const role =
      t > 0 && counts(input.mask, t) ? rule(input.visualShift[t]!, input.textShift[t]!) : "neutral";
    roles.push(role);
    const mass = input.visualMass[t]! + input.textMass[t]!;
    if (role === "neutral" || mass === 0) continue;
    alignment[t] = (role === "visual" ? input.visualMass[t]! : input.textMass[t]!) / mass;
  }
  return { roles, alignment };
}
