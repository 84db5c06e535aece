/**
 * @module
 * Rows that are conversations: LLaVA's and ShareGPT's `conversations`, the `messages` of TRL, ms-swift and LLaMA-Factory,
 * ms-swift's `conversation` of `{human, assistant}`. Images are named beside them, or are in the content parts.
 */
import { exchangesOf } from "./conversation.ts";
import { firstAnswer, firstOf, firstQuestion, type RowReader, solutionOf } from "./reader.ts";

const COLUMNS = ["messages", "conversations", "conversation"];

export const messages: RowReader = {
  name: "conversation",
  question: firstOf(COLUMNS, (turns) => firstQuestion(exchangesOf(turns))),
  answer: firstOf(COLUMNS, (turns) => firstAnswer(exchangesOf(turns))),
  solution: firstOf(COLUMNS, (turns) => solutionOf(exchangesOf(turns))),
};
