/**
 * @module
 * The reference answer within what a data set gives as answer.
 */

/** A `\boxed{…}`: its place in a text, and its content. */
interface Box {
  readonly start: number;
  readonly end: number;
  readonly content: string;
}

const OPEN = /\\(?:boxed|fbox)\s*\{/g;

/** Place of the brace that closes the one before `start`; undefined where none does. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let i = start; i < text.length; i++) {
    const symbol = text[i];
    if (symbol === "\\") i++;
    else if (symbol === "{") depth += 1;
    else if (symbol === "}") depth -= 1;
    if (depth === 0) return i;
  }
  return undefined;
}

/** The boxes of a text that are closed, in order; one within another is part of it. */
function boxesIn(text: string): Box[] {
  const boxes: Box[] = [];
  for (const { 0: open, index } of text.matchAll(OPEN)) {
    if (index < (boxes.at(-1)?.end ?? 0)) continue;
    const close = closingBrace(text, index + open.length);
    if (close === undefined) break;
    boxes.push({ start: index, end: close + 1, content: text.slice(index + open.length, close).trim() });
  }
  return boxes;
}

/** TeX's box around one symbol or number without braces; a point or comma before a digit is part of the number. */
const BARE = /\\boxed\s*([^\s{}$\\.,;]+(?:[.,]\d+)*)(?:[\s$]|\.(?!\d)|$)/;
/** Text that joins boxes of one answer: `\boxed{1} and $\boxed{2}$`. */
const JOINT = /^[\s$,;]*(?:and|or)?[\s$,;]*$/i;

/**
 * The answer in the boxes of a text: the last box, with the boxes in the same list. Undefined if there is none, or if
 * boxes are parts of a formula without words.
 */
function boxed(text: string): string | undefined {
  const boxes = boxesIn(text);
  const last = boxes.at(-1);
  if (last === undefined) return BARE.exec(text)?.[1];
  let first = boxes.length - 1;
  while (first > 0 && JOINT.test(text.slice(boxes[first - 1]!.end, boxes[first]!.start))) first -= 1;
  const outside =
    boxes.map(({ start }, i) => text.slice(boxes[i - 1]?.end ?? 0, start)).join("") + text.slice(last.end);
  const isFormula = first > 0 && !/[a-z]{2}|[^\x20-\x7e]/i.test(outside);
  if (isFormula) return undefined;
  return boxes
    .slice(first)
    .map(({ content }) => content)
    .join(", ");
}

const THOUGHT = "</think>";
const MARK = "####";

/** The text after the mark at the start of GSM8K's last line; undefined where the text has no such line. */
function markedLine(text: string): string | undefined {
  const end = text.lastIndexOf("\n");
  const line = text.slice(end + 1).trim();
  return end >= 0 && line.startsWith(MARK) ? line.slice(MARK.length).trim() || undefined : undefined;
}

/**
 * The last complete `<answer>…</answer>`, else what follows the thought; in it the last `\boxed{…}`, or what follows the
 * last line's `####`; else all of it.
 *
 * @returns "" where there is none; the text "nan" is none, as Python writes a missing number
 * @example
 * referenceAnswer("<think>3 + 5</think> <answer> 8 </answer>"); // "8"
 * referenceAnswer("We add 3 and 5, so the sum is $\\boxed{8}$."); // "8"
 * referenceAnswer("\\boxed{1} and \\boxed{2}"); // "1, 2"
 * referenceAnswer("8 cm"); // "8 cm"
 */
export function referenceAnswer(text: string): string {
  const lower = text.toLowerCase();
  const close = lower.lastIndexOf("</answer>");
  const open = close < 0 ? -1 : lower.lastIndexOf("<answer>", close);
  const thought = lower.lastIndexOf(THOUGHT);
  const marked =
    open >= 0
      ? text.slice(open + "<answer>".length, close)
      : text.slice(thought < 0 ? 0 : thought + THOUGHT.length);
  const bare = marked.trim();
  if (/^(nan|<na>)$/i.test(bare)) return "";
  return boxed(bare) ?? markedLine(bare) ?? bare;
}
