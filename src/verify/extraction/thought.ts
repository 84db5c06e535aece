/**
 * @module
 * The part of a completion that can hold an answer: what stands after the thought, before the turn's end.
 */

const TAG = /<(\/?)(?:think|thinking|thought|reasoning)>|◁(\/?)think▷/gi;
/** Tokens of chat templates; the turn ends at the first that follows any text. */
const TURN =
  /<\|(?:im_end|im_start|eot_id|end_of_text|endoftext|end|eom_id)\|>|<\/s>|<end_of_turn>|<｜end▁of▁sentence｜>/g;
const ROLE = /^\s*(?:assistant|user)\s*\n/;

/** The first turn that says anything. */
function firstTurn(completion: string): string {
  let from = 0;
  for (const match of completion.matchAll(TURN)) {
    const turn = completion.slice(from, match.index).replace(ROLE, "");
    if (turn.trim() !== "" && !/^\s*assistant\s*$/.test(turn)) return turn;
    from = match.index + match[0].length;
  }
  return completion.slice(from).replace(ROLE, "");
}

/**
 * A completion without its thoughts. A closing tag that nothing opened ends a thought that the prompt had begun, so
 * all before it is thought.
 *
 * @returns null where a thought has not ended: what is in it is no answer
 */
export function withoutThought(completion: string): string | null {
  // JavaScript counts the byte order mark as white space, and would drop it from the ends of an answer.
  const whole = completion.replaceAll("\ufeff", "\u200b");
  if (!/[<◁]/.test(whole)) return whole;
  const text = firstTurn(whole);
  let kept = "";
  let from = 0;
  let isThought = false;
  for (const match of text.matchAll(TAG)) {
    const closes = match[1] === "/" || match[2] === "/";
    if (closes && !isThought) kept = "";
    else if (!isThought) kept += `${text.slice(from, match.index)}\n`;
    isThought = !closes;
    from = match.index + match[0].length;
  }
  return isThought ? null : kept + text.slice(from);
}
