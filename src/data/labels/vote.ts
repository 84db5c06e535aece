/**
 * @module
 * One label of a token out of several annotators' labels.
 */
import type { LabelledRole, RightTexts, TokenLabel } from "../task.ts";

/** One annotator's label of a token. */
export interface TokenVote {
  readonly label: TokenLabel;
  readonly right: RightTexts | null;
}

const ROLES: readonly LabelledRole[] = ["image", "reasoning", "other"];

/** The value that more than half give; undefined where there is none. */
function majority<Value>(values: readonly Value[], options: readonly Value[]): Value | undefined {
  return options.find((option) => 2 * values.filter((value) => value === option).length > values.length);
}

/** Texts that any of them calls right, if they begin at the same place as the first. */
function mergedTexts(rights: readonly (RightTexts | null)[]): RightTexts | null {
  const known = rights.filter((right) => right !== null);
  const [first] = known;
  if (first === undefined) return null;
  const { lead } = first;
  const alike = known.filter((right) => right.lead === lead);
  return { lead, texts: [...new Set(alike.flatMap(({ texts }) => texts))] };
}

/**
 * The label by majority: the role that more than half of the annotators give, and among these the correctness that
 * more than half of them give. Without a majority the role is `other`, and the correctness null. The right texts come
 * from the annotators who are in both majorities.
 *
 * @param votes of each annotator, at least one
 */
export function majorityVote(votes: readonly TokenVote[]): TokenVote {
  const role =
    majority(
      votes.map(({ label }) => label.role),
      ROLES,
    ) ?? "other";
  const ofRole = votes.filter(({ label }) => label.role === role);
  const correct = majority(
    ofRole.map(({ label }) => label.correct),
    [true, false],
  );
  const agreed = ofRole.filter(({ label }) => label.correct === (correct ?? null));
  return {
    label: { role, statement: null, correct: correct ?? null, follows: null },
    right: mergedTexts(agreed.map(({ right }) => right)),
  };
}
