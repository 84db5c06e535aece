/**
 * @module
 * What every credit method is: a list of signals that it needs, and a pure function from a batch of completions to
 * token weights. A method sees the whole batch, because some compare completions with each other.
 */
import type { AttentionSignals } from "./attention-signals.ts";
import type { TokenRole } from "./token-role.ts";

/** Signals to ask of the engine; the shape of its own request. */
export interface CreditNeeds {
  readonly attention?: { readonly row: "own" | "predicting" };
}

/** One completion as credit methods see it. */
export interface CreditCompletion {
  /** `[T]` 1 where the token counts. */
  readonly mask: ArrayLike<number>;
  readonly signals?: { readonly attention?: AttentionSignals | undefined } | undefined;
}

/** What a method says about one completion. */
export interface CompletionCredit {
  /** `[T]` what multiplies the advantage; 0 at masked tokens. */
  readonly weights: Float64Array;
  /** `[T]`, from methods that assign roles. */
  readonly roles?: readonly TokenRole[];
  /** `[T]` in [0, 1], from methods that assign roles: share of attention where the role asks for it. */
  readonly alignment?: Float64Array;
}

/** A credit method with its options bound. */
export interface CreditMethod {
  readonly needs: CreditNeeds;
  /**
   * @param groups completions by prompt, `[P][G]`
   * @returns credits of the same shape
   * @throws EngineError when a completion lacks a signal that `needs` names
   */
  credit(groups: readonly (readonly CreditCompletion[])[]): CompletionCredit[][];
}
