/**
 * @module
 * A term of the loss on the log-probs of the same tokens under several views of the images. It is added beside the
 * advantage, as the KL and perception terms are, and has its own gradient in each view.
 */

/** A view's log-probs. */
interface TermView {
  /** `[T]` nats. */
  readonly logprobs: ArrayLike<number>;
  /** No gradient goes through them. */
  readonly isConstant?: boolean | undefined;
}

/** The term's input from one completion. */
export interface ViewTerm {
  /** `[V]`, as many for every completion that has a term. */
  readonly views: readonly TermView[];
  /**
   * The contribution of token t to the objective, and its slopes.
   *
   * @param logprob log π(oₜ) with the images as given, nats
   * @param views `[V]` the same under each view
   */
  readonly at: (t: number, logprob: number, views: readonly number[]) => ViewTermValue;
}

/** The term at one token. */
export interface ViewTermValue {
  readonly value: number;
  /** ∂value/∂log π(oₜ), images as given. */
  readonly given: number;
  /** `[V]` ∂value/∂log π(oₜ | view). */
  readonly views: readonly number[];
}

/** The term at one token, with slope 0 at constant views. */
export function viewTermAt({ views, at }: ViewTerm, logprob: number, t: number): ViewTermValue {
  const found = at(
    t,
    logprob,
    views.map(({ logprobs }) => logprobs[t]!),
  );
  return { ...found, views: views.map(({ isConstant }, v) => (isConstant ? 0 : found.views[v]!)) };
}
