/**
 * @module
 * Finds the answer that a completion gives. Never throws, and takes linear time on any text.
 */
import { bracedArgument } from "./balanced-braces.ts";

/** Content of the last complete `<answer>…</answer>`; of nested ones the innermost. Undefined where there is none. */
function taggedAnswer(completion: string): string | undefined {
  let open: number | undefined;
  let content: string | undefined;
  for (const match of completion.matchAll(/<(\/?)answer>/gi)) {
    if (match[1] === "") open = match.index + match[0].length;
    else if (open !== undefined) {
      content = completion.slice(open, match.index);
      open = undefined;
    }
  }
  return content;
}

const BOXED = "\\boxed{";

/** Content of the last `\boxed{…}` with balanced braces; undefined where there is none. */
export function boxedAnswer(completion: string): string | undefined {
  // What an unclosed box leaves open stays open for all boxes before it, so trying each from the end could be
  // quadratic: one pass with a stack instead.
  const opened: (number | undefined)[] = [];
  let content: string | undefined;
  for (let i = 0; i < completion.length; i++) {
    const symbol = completion[i];
    if (symbol === "\\" && completion.startsWith(BOXED, i)) {
      i += BOXED.length - 1;
      opened.push(i + 1);
    } else if (symbol === "\\") i++;
    else if (symbol === "{") opened.push(undefined);
    else if (symbol === "}") {
      const start = opened.pop();
      if (start !== undefined) content = completion.slice(start, i);
    }
  }
  return content;
}

/**
 * An option letter: A to J, alone, or any case in parentheses. A bare "A" before a lower-case word is the article,
 * unless the word is "is"; a bare "I" is the pronoun.
 */
const OPTION = String.raw`\(([A-Ja-j])\)|(?<![\p{L}\p{N}_'’])(A(?!\s[a-z])|A(?=\sis\b)|[B-HJ])(?![\p{L}\p{N}_'’])`;
/** A number: sign, thousands by comma, decimals, exponent or power of ten, fraction, percent. */
const NUMBER = String.raw`(?<![\p{L}\p{N}_.])((?:(?<![\p{N})])[-+−])?(?:(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+|\s?(?:[×*]|\\times|\\cdot)\s?10\^(?:\{-?\d{1,3}\}|-?\d{1,3}))?(?:\/\d+)?%?)`;
const LAST_RESORT = new RegExp(`${OPTION}|${NUMBER}`, "gu");

/** The last option letter or number that stands alone; null where there is none. */
function lastLetterOrNumber(completion: string): string | null {
  let last: string | null = null;
  for (const [, bracketed, bare, number] of completion.matchAll(LAST_RESORT)) {
    last = bracketed ?? bare ?? number ?? last;
  }
  return last;
}

/** The content, or where it is a box and nothing else, what is in the box. */
function unboxed(content: string): string {
  const trimmed = content.trim();
  if (!trimmed.startsWith(BOXED)) return trimmed;
  const box = bracedArgument(trimmed, BOXED.length - 1);
  return box !== undefined && box.end === trimmed.length ? box.content.trim() : trimmed;
}

/**
 * The answer that a completion marks as such: the last complete `<answer>…</answer>`, else the last `\boxed{…}`. A
 * mark with nothing in it is no answer, whatever came before it.
 */
export function markedAnswer(completion: string): string | null | undefined {
  const content = taggedAnswer(completion) ?? boxedAnswer(completion);
  return content === undefined ? undefined : unboxed(content) || null;
}

/**
 * The answer of a completion: `<answer>…</answer>` (the last complete one), else `\boxed{…}` (the last one), else the
 * last option letter or number.
 *
 * @returns trimmed and never empty; null where there is no answer
 *
 * @example
 * extractAnswer("<think>3 + 5 = 8.</think><answer>8</answer>"); // "8"
 * extractAnswer("so we get \\boxed{\\frac{1}{2}}."); // "\\frac{1}{2}"
 * extractAnswer("The answer is (B)."); // "B"
 */
export function extractAnswer(completion: string): string | null {
  const marked = markedAnswer(completion);
  return marked === undefined ? lastLetterOrNumber(completion) : marked;
}
