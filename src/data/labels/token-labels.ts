/**
 * @module
 * From labelled spans of a completion to labels of its tokens: the one rule of every labeller.
 */
import type { LabelledRole, TokenLabel } from "../task.ts";
import { type LabelledSpan, touchedTokens } from "./span.ts";

/** The label of a token that no span touches. */
export const UNLABELLED: TokenLabel = { role: "other", statement: null, correct: null, follows: null };

/** The role of a token is the first of these among the roles of the spans that it touches. */
const PRECEDENCE: readonly LabelledRole[] = ["image", "reasoning", "other"];

/** False if any is false, else true if any is true, else null. */
function all(verdicts: readonly (boolean | null)[]): boolean | null {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(true) ? true : null;
}

/**
 * Labels of a completion's tokens.
 *
 * A token touches a span when they share a character. A token that touches spans of several roles takes the first of
 * image, reasoning and other, and only spans of that role count. It is right only if all of them are, and belongs to
 * the statement of the first. A token without text, and one that touches no span, is `other`.
 *
 * @param tokens `[T]` the text of each token; joined they are the completion
 * @param spans in any order
 * @returns `[T]`
 */
export function tokenLabels(tokens: readonly string[], spans: readonly LabelledSpan[]): TokenLabel[] {
  return touchedTokens(tokens, spans).map(({ touching }) => {
    const role = PRECEDENCE.find((one) => touching.some((span) => span.role === one));
    if (role === undefined) return UNLABELLED;
    const kept = touching.filter((span) => span.role === role);
    return {
      role,
      statement: kept[0]!.statement,
      correct: all(kept.map(({ correct }) => correct)),
      follows: all(kept.map(({ follows }) => follows)),
    };
  });
}
