/**
 * @module
 * Rows with several accepted answers: the `answers` of TextVQA, DocVQA, VQAv2 and SQuAD, and A-OKVQA's
 * `direct_answers`; an answer that several people gave occurs as often, for VQA accuracy. A single answer beside them
 * comes first: then `answers` may be the options.
 */
import { unquoted } from "./literal.ts";
import { firstOf, type RowReader, severalIn } from "./reader.ts";

export const answerLists: RowReader = {
  name: "accepted answers",
  answer: firstOf(["answers", "direct_answers", "multiple_choice_answer"], (value) =>
    severalIn(unquoted(value)),
  ),
};
