/**
 * @module
 * Answers that a completion marks as such: `<answer>…</answer>` and `\boxed{…}`.
 */
import { Matches } from "./matches.ts";
import { COUNTS_ON } from "./sentence.ts";

/** The largest gap between two marks that make one answer. */
const MAX_GAP = 60;

/** The content of a mark, and the place after it. */
export interface Marked {
  readonly content: string;
  readonly end: number;
}

const TAG = /<(\/?)answer>|<\|(begin|end)_of_box\|>/gi;

/**
 * The last complete `<answer>…</answer>`; of nested tags the innermost, and adjacent tags, "or <answer>9</answer>",
 * as one list. Undefined if there is none.
 */
export function lastTag(text: string): Marked | undefined {
  if (!text.includes("<")) return undefined;
  let open: { readonly start: number; readonly end: number } | undefined;
  let found: Marked | undefined;
  for (const match of new Matches(text, TAG)) {
    const start = match.index;
    const end = start + match[0].length;
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

/** In place of a box's start, for a brace that opens none. */
const NO_BOX = -1;
const BOXES = ["\\boxed{", "\\fbox{"] as const;

/** The place of the first box, −1 if there is none. Backslashes directly before it are included, as one may escape the next. */
function firstBox(text: string): number {
  const [boxed, fbox] = [text.indexOf(BOXES[0]), text.indexOf(BOXES[1])];
  let start = boxed < 0 || (fbox >= 0 && fbox < boxed) ? fbox : boxed;
  while (start > 0 && text[start - 1] === "\\") start--;
  return start;
}

/** All complete boxes that are in no other, in one pass: an unclosed box stays open for all boxes after it. */
function boxes(text: string, from: number): readonly Box[] {
  const found: Box[] = [];
  const opened: number[] = [];
  for (let i = from; i < text.length; i++) {
    const symbol = text[i];
    if (symbol === "\\") {
      const size = text.startsWith(BOXES[0], i)
        ? BOXES[0].length
        : text.startsWith(BOXES[1], i)
          ? BOXES[1].length
          : 0;
      if (size > 0) opened.push(i);
      i += Math.max(1, size - 1);
    } else if (symbol === "{") opened.push(NO_BOX);
    else if (symbol === "}") {
      const start = opened.pop() ?? NO_BOX;
      if (start === NO_BOX) continue;
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
  const from = firstBox(text);
  const all = from < 0 ? [] : boxes(text, from);
  const last = all.at(-1);
  if (last === undefined) return undefined;
  let first = all.length - 1;
  while (
    first > 0 &&
    all.length - first < MAX_BOXES &&
    isOneAnswer(text.slice(all[first - 1]!.end, all[first]!.start))
  )
    first--;
  const contents: string[] = [];
  for (const { content } of all.slice(first)) {
    const trimmed = content.trim();
    if (!contents.includes(trimmed)) contents.push(trimmed);
  }
  return { content: contents.join(", "), end: last.end };
}

/** Content of the last box; undefined where there is none. */
export function boxedAnswer(text: string): string | undefined {
  return lastBox(text)?.content;
}

/** A box with braces that is not empty. */
const BRACED = /\\(?:boxed|fbox)\{(?!\s*\})/g;
const BARE_BOX =
  /(?<!\bnot\s\$?)\\(boxed|fbox)\s?([-−]?\d[\d.]*\d|[-−]?\d|[A-J])(?=\s*(?:$|\n|[.;]\s|[.;]$|\$|\\[)\]]|(?:,|and\s|or\s)\s*\$?\\(?:boxed|fbox)))/g;

/**
 * A text with braces in the boxes of one number or letter that have none, "\boxed5". A box with braces outranks those
 * before it, also one that never closes.
 */
export function withBraces(text: string): string {
  if (!text.includes("\\boxed") && !text.includes("\\fbox")) return text;
  const braced = [...new Matches(text, BRACED)].at(-1)?.index ?? -1;
  if (braced >= 0 && lastBox(text) === undefined) return text;
  return text.replaceAll(BARE_BOX, (all, name: string, content: string, at: number) =>
    at < braced ? all : `\\${name}{${content}}`,
  );
}

/** Whether a box was begun. */
export function hasBox(text: string): boolean {
  return text.includes(BOXES[0]) || text.includes(BOXES[1]);
}
