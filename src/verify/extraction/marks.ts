/**
 * @module
 * Answers that a completion marks as such: `<answer>…</answer>` and `\boxed{…}`.
 */
import { COUNTS_ON } from "./sentence.ts";

/** The largest gap between two marks that make one answer. */
const MAX_GAP = 60;

/** The content of a mark, and the place after it. */
export interface Marked {
  readonly content: string;
  readonly end: number;
}

/**
 * The last complete `<answer>…</answer>`; of nested tags the innermost, and adjacent tags, "or <answer>9</answer>",
 * as one list. Undefined if there is none.
 */
export function lastTag(text: string): Marked | undefined {
  if (!text.includes("<")) return undefined;
  let open: { readonly start: number; readonly end: number } | undefined;
  let found: Marked | undefined;
  for (const match of text.matchAll(/<(\/?)answer>|<\|(begin|end)_of_box\|>/gi)) {
    const [start, end] = [match.index, match.index + match[0].length];
    if (match[1] === "" || match[2]?.toLowerCase() === "begin") open = { start, end };
    else if (open !== undefined) {
      const content = text.slice(open.end, start);
      const gap = found === undefined ? "" : text.slice(found.end, open.start);
      const isBeside = gap.length <= MAX_GAP && COUNTS_ON.test(gap);
      found = { content: isBeside ? `${found!.content}, ${content}` : content, end };
      open = undefined;
    }
  }
  return found;
}

/** A complete box, from its backslash to after its brace. */
interface Box extends Marked {
  readonly start: number;
}

const BOXES = ["\\boxed{", "\\fbox{"];

/** All complete boxes that are in no other, in one pass: an unclosed box stays open for all boxes after it. */
function boxes(text: string): readonly Box[] {
  const found: Box[] = [];
  const opened: (number | undefined)[] = [];
  for (let i = 0; i < text.length; i++) {
    const symbol = text[i];
    if (symbol === "\\") {
      const box = BOXES.find((command) => text.startsWith(command, i));
      i += box === undefined ? 1 : box.length - 1;
      if (box !== undefined) opened.push(i + 1 - box.length);
    } else if (symbol === "{") opened.push(undefined);
    else if (symbol === "}") {
      const start = opened.pop();
      if (start === undefined) continue;
      while (found.length > 0 && found.at(-1)!.start > start) found.pop();
      found.push({ content: text.slice(text.indexOf("{", start) + 1, i), start, end: i + 1 });
    }
  }
  return found;
}

/** Between two boxes that make one answer: punctuation, "and" or "or", a name and "=", a few words in \text{…}. */
const MAX_BOXES = 50;
const GAP =
  /^(?:\\text\{[^{}]{0,40}\}|\\(?:q?quad|[,;:! ()[\]]|\\)|[$\s,;.&|/~*-]|and|or|和|或|[A-Za-z](?:_\{?\w\}?)?\s?=)*$/;
const ENDS_SENTENCE = /\.\s|\n\s*\n/;

function isOneAnswer(gap: string): boolean {
  if (gap.trim() === "") return true;
  if (gap.length > MAX_GAP) return false;
  return (!ENDS_SENTENCE.test(gap) && GAP.test(gap)) || COUNTS_ON.test(gap);
}

/**
 * The last `\boxed{…}` with balanced braces, undefined where there is none. Boxes that follow each other make one
 * answer, a list: "\boxed{1} and \boxed{2}" is "1, 2".
 */
export function lastBox(text: string): Marked | undefined {
  if (!hasBox(text)) return undefined;
  const all = boxes(text);
  const last = all.at(-1);
  if (last === undefined) return undefined;
  let first = all.length - 1;
  while (
    first > 0 &&
    all.length - first < MAX_BOXES &&
    isOneAnswer(text.slice(all[first - 1]!.end, all[first]!.start))
  )
    first--;
  const contents = new Set(all.slice(first).map(({ content }) => content.trim()));
  return { content: [...contents].join(", "), end: last.end };
}

/** Content of the last box; undefined where there is none. */
export function boxedAnswer(text: string): string | undefined {
  return lastBox(text)?.content;
}

/** Whether a box was begun. */
export function hasBox(text: string): boolean {
  return BOXES.some((box) => text.includes(box));
}
