/**
 * @module
 * Finds the answer that a completion gives. Never throws, and takes linear time on any text: it searches marks in the
 * last 100,000 characters after the thought, and unmarked answers in the last 6,000.
 */

import { withoutMarkup } from "./equivalence/words.ts";
import { choiceInJson, undecorated, withoutEmphasis } from "./extraction/decoration.ts";
import { lastExpression } from "./extraction/expression.ts";
import { withAfterthought } from "./extraction/marked.ts";
import { closingOption, leadingOption } from "./extraction/options.ts";
import { Reply } from "./extraction/reply.ts";
import { quotedWords, shortWords } from "./extraction/short.ts";

export { boxedAnswer } from "./extraction/marks.ts";

/**
 * The answer that a completion marks as such: after its thought the last complete `<answer>…</answer>`, else the last
 * `\boxed{…}`. Of a box with words around it inside the tag, the box counts. An empty mark gives no answer, even
 * after an earlier one; an unfinished thought has none.
 *
 * @returns undefined without a mark
 */
export function markedAnswer(completion: string): string | null | undefined {
  return Reply.of(completion)?.mark?.answer;
}

/** Greatest length of a reply that is one command of LaTeX, "\\text{red}". */
const MAX_BARE = 100;
const LETTER_ALONE = /^[(（{]?([A-J])[)）}]?[.。]?$/;

/**
 * The answer of a completion. Only the text after the thought is searched; an unfinished thought gives none.
 *
 * 1. the last complete `<answer>…</answer>`: a box in it, an answer that it declares, or all of it;
 * 2. the last `\boxed{…}`, with boxes that follow it at once as one list; "Final answer: …" after it outranks it;
 *    another answer that is declared after a mark contradicts it, and there is none;
 * 3. the last declared answer: "The answer is …", "Answer: …", "… is correct", "答案：…"; one that is taken back
 *    ("No, it is 9.") is none, and leaves none;
 * 4. an option letter that the text begins with, or words that are all of it;
 * 5. the last whole expression or option letter. A part of an expression, list, name or choice is
 *    never given alone, and what a sentence asks or doubts is none.
 *
 * @returns trimmed and never empty; null if there is no answer
 *
 * @example
 * extractAnswer("<think>3 + 5 = 8.</think><answer>8</answer>"); // "8"
 * extractAnswer("so we get \\boxed{\\frac{1}{2}}."); // "\\frac{1}{2}"
 * extractAnswer("The answer is (B). A is a distractor."); // "B"
 */
export function extractAnswer(completion: string): string | null {
  if (typeof completion !== "string") return null;
  const reply = Reply.of(completion);
  return reply === null ? null : answerIn(reply);
}

/** `extractAnswer` for an already parsed reply. */
export function answerIn(reply: Reply): string | null {
  if (reply.mark !== null) return withAfterthought(reply.mark);
  if (reply.hasBox) return null;
  const { end } = reply;
  if (/^<answer>/i.test(end) || end === "") return null;
  const bare = end.startsWith("\\") && end.length <= MAX_BARE ? withoutMarkup(end) : end;
  const letter = LETTER_ALONE.exec(bare)?.[1];
  if (letter !== undefined) return letter;
  if (reply.declared?.isTakenBack) return null;
  const found =
    choiceInJson(end) ??
    reply.declared?.answer ??
    leadingOption(reply.start) ??
    closingOption(end) ??
    shortWords(bare) ??
    quotedWords(end) ??
    lastExpression(withoutEmphasis(end));
  return found === null ? null : undecorated(found) || null;
}
