/**
 * @module
 * How well annotators agree on tokens.
 */
import { cohensKappa } from "../../math/index.ts";
import type { LabelledRole, TokenLabel } from "../task.ts";

/** Agreement of two annotators; every kappa is null where it is not defined. */
export interface AnnotatorAgreement {
  readonly annotators: readonly [string, string];
  /** Tokens with text that both labelled. */
  readonly tokens: number;
  /** Cohen's kappa over the three roles. */
  readonly role: number | null;
  /** Of each role against the other two. */
  readonly byRole: Readonly<Record<LabelledRole, number | null>>;
  /** Right against wrong, over the tokens that both call one of the two. */
  readonly correctness: { readonly tokens: number; readonly kappa: number | null };
}

/** Labels of one token by both annotators. */
export type LabelPair = readonly [TokenLabel, TokenLabel];

/** Cohen's kappa of two annotators, per role and of correctness. */
export function annotatorAgreement(
  annotators: readonly [string, string],
  pairs: readonly LabelPair[],
): AnnotatorAgreement {
  const kappa = <Category extends string>(
    kept: readonly LabelPair[],
    category: (label: TokenLabel) => Category,
  ) =>
    cohensKappa(
      kept.map(([first]) => category(first)),
      kept.map(([, second]) => category(second)),
    );
  const against = (role: LabelledRole) => kappa(pairs, (label) => (label.role === role ? "this" : "another"));
  const judged = pairs.filter(([first, second]) => first.correct !== null && second.correct !== null);
  return {
    annotators,
    tokens: pairs.length,
    role: kappa(pairs, ({ role }) => role),
    byRole: { image: against("image"), reasoning: against("reasoning"), other: against("other") },
    correctness: {
      tokens: judged.length,
      kappa: kappa(judged, ({ correct }) => (correct === true ? "right" : "wrong")),
    },
  };
}
