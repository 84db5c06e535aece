/**
 * @module
 * Labels each token of a digits completion by its role (reads the image, reasons from text, other) and whether it is
 * right. The labels follow from the known truth of the world, without annotators or a model.
 */
import { spanRightTexts } from "../labels/right-texts.ts";
import { tokenLabels } from "../labels/token-labels.ts";
import type { Problem } from "../problem.ts";
import type { TokenLabels } from "../task.ts";
import { judgeCompletion } from "./judgement.ts";
import { truthOf } from "./truth.ts";

const judgedSpans = (problem: Problem, tokens: readonly string[]) =>
  judgeCompletion(tokens.join(""), truthOf(problem)).judgements;

/**
 * Labels from the truth in a problem's columns.
 *
 * Readings are judged by the image, and so are their right texts. All else is judged by the completion's own earlier
 * text, right or wrong. A result is judged by its operands, an operand by whether it was stated, the answer by the
 * last derived value (`follows`; `correct` compares the answer with the problem). Several texts are right for an
 * operand, where any stated value is.
 */
export const digitsLabels: Required<TokenLabels> = {
  label: (problem, tokens) => tokenLabels(tokens, judgedSpans(problem, tokens)),
  rightTexts: (problem, tokens) => spanRightTexts(tokens, judgedSpans(problem, tokens)),
};
