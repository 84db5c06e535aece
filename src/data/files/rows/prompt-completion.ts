/**
 * @module
 * TRL's rows: a `prompt` and a `completion`, each a text or messages.
 */
import type { Cells } from "./cells.ts";
import { exchangesOf, isConversation, spokenText } from "./conversation.ts";
import { unquoted } from "./literal.ts";
import { firstOf, firstQuestion, questionIn, type RowReader, solutionOf } from "./reader.ts";

/** The exchanges of prompt and completion, where both are messages. */
function wholeConversation(cells: Cells) {
  const [prompt, completion] = [unquoted(cells.at("prompt")), unquoted(cells.at("completion"))];
  return isConversation(prompt) && isConversation(completion)
    ? exchangesOf([...prompt, ...completion])
    : undefined;
}

export const promptCompletion: RowReader = {
  name: "prompt and completion",
  question: firstOf(["prompt"], (value, _name, cells) => {
    const exchanges = wholeConversation(cells);
    return exchanges === undefined ? questionIn(value) : firstQuestion(exchanges);
  }),
  answer: firstOf(["completion"], (value, _name, cells) => {
    const exchanges = wholeConversation(cells);
    const answer = exchanges?.[0]?.answer ?? spokenText(value, "answer");
    return { values: [answer] };
  }),
  solution: firstOf(["completion"], (value, _name, cells) => {
    const exchanges = wholeConversation(cells);
    return exchanges === undefined
      ? { completion: spokenText(value, "solution"), later: [] }
      : solutionOf(exchanges);
  }),
};
