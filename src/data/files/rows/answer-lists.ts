/**
 * @module
 * Rows with several accepted answers: the `answers` of TextVQA, DocVQA, VQAv2 and SQuAD, and A-OKVQA's
 * `direct_answers`; an answer that several people gave occurs as often, for VQA accuracy. A single answer beside them
 * comes first: then `answers` may be the options.
 */
import { literalIn } from "./literal.ts";
import { firstOf, type RowReader, severalIn } from "./reader.ts";

/**
 * The list or dict that a text represents. A text of several entries without quotes, such as the point `(3, 4)` or the
 * interval `[0, 1]`, is one answer.
 */
function listedIn(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const list = literalIn(value) ?? value;
  return Array.isArray(list) && list.length > 1 && !/['"]/.test(value) ? value : list;
}

export const answerLists: RowReader = {
  name: "accepted answers",
  answer: firstOf(["answers", "direct_answers", "multiple_choice_answer"], (value) =>
    severalIn(listedIn(value)),
  ),
};
