/**
 * @module
 * The part of a completion that can hold an answer: the text after the thought and before the end of the turn.
 */
import { Matches } from "./matches.ts";

const TAG = /<(\/?)(?:think|thinking|thought|reasoning)>|◁(\/?)think▷/gi;
/** Tokens of chat templates; the turn ends at the first that follows any text. */
const TURN =
  /<\|(?:im_end|im_start|eot_id|end_of_text|endoftext|end|eom_id)\|>|<\/s>|<end_of_turn>|<｜end▁of▁sentence｜>/g;
const ROLE = /^\s*(?:assistant|user)\s*\n/;

/** A part of a text. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/** The first non-empty turn. */
function firstTurn(completion: string): Span {
  const turn = (from: number, end: number): Span => {
    const role = ROLE.exec(completion.slice(from, end))?.[0] ?? "";
    return { start: from + role.length, end };
  };
  let from = 0;
  for (const match of new Matches(completion, TURN)) {
    const { start, end } = turn(from, match.index);
    const text = completion.slice(start, end);
    if (text.trim() !== "" && !/^\s*assistant\s*$/.test(text)) return { start, end };
    from = match.index + match[0].length;
  }
  return turn(from, completion.length);
}

/** The place of the text after the last thought of the first turn; of the whole turn if no thought ends in it. */
export function replySpan(completion: string): Span {
  const { start, end } = firstTurn(completion);
  let from = start;
  for (const match of new Matches(completion.slice(start, end), TAG)) {
    if (match[1] === "/" || match[2] === "/") from = start + match.index + match[0].length;
  }
  return { start: from, end };
}

/**
 * A completion without its thoughts. A closing tag without an opening one ends a thought opened by the prompt, so all
 * text before it is thought.
 *
 * @returns null for an unfinished thought, which holds no answer
 */
export function withoutThought(completion: string): string | null {
  // JavaScript counts the byte order mark as white space, and would drop it from the ends of an answer.
  const whole = completion.includes("\ufeff") ? completion.replaceAll("\ufeff", "\u200b") : completion;
  if (!whole.includes("<") && !whole.includes("◁")) return whole;
  const turn = firstTurn(whole);
  const text = whole.slice(turn.start, turn.end);
  let kept = "";
  let from = 0;
  let isThought = false;
  for (const match of new Matches(text, TAG)) {
    const closes = match[1] === "/" || match[2] === "/";
    if (closes && !isThought) kept = "";
    else if (!isThought) kept += `${text.slice(from, match.index)}\n`;
    isThought = !closes;
    from = match.index + match[0].length;
  }
  return isThought ? null : kept + text.slice(from);
}
