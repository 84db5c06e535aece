/**
 * @module
 * MEGA-Bench's metrics of texts.
 */
import type { PythonValue } from "../../python/value.ts";
import { pythonStr } from "../../python/write.ts";
import { itemsOf, listIn, requireText } from "./conversions.ts";
import { codeBlock } from "./read-reply.ts";

/** Where one letter is right, the letter that an answer begins with; otherwise the very text. */
export function isExactly(given: PythonValue, right: PythonValue): boolean {
  const [text, expected] = [pythonStr(given), pythonStr(right)];
  const isLetter = /^\p{L}$/u.test(expected) && Array.from(text).length > 1;
  return (isLetter ? (/^\(?([A-Za-z])/.exec(text)?.[1] ?? text) : text) === expected;
}

/** Without blanks, line breaks, tabs, hyphens and full stops, in small letters. */
function plain(text: string): string {
  return text.replaceAll(/[ \-\n\t.]/g, "").toLowerCase();
}

export function isSimply(given: PythonValue, right: PythonValue): boolean {
  return isExactly(plain(pythonStr(given)), plain(requireText(right)));
}

export function isExactlyInAnyCase(given: PythonValue, right: PythonValue): boolean {
  return isExactly(requireText(given).toLowerCase(), requireText(right).toLowerCase());
}

/** Whether an answer is one of several. */
export function isOneOf(given: PythonValue, right: PythonValue): boolean {
  const references = itemsOf(listIn(requireText(right).replaceAll("，", ",")));
  return references.some((reference) => isSimply(given, pythonStr(reference)));
}

/** Whether an answer equals the code block of the right answer. */
export function isCodeResult(given: PythonValue, right: PythonValue): boolean {
  const text = requireText(right);
  return isExactly(given, codeBlock(text, "verbatim_answer_string") ?? text);
}

/**
 * Edits, swaps of neighbours among them, that make one text of another (Lowrance and Wagner, 1975). Of all rows of distances
 * only those before the last place of each sign are kept.
 */
function damerauLevenshtein(a: readonly string[], b: readonly string[]): number {
  const most = a.length + b.length;
  const filled = () => new Uint32Array(b.length + 2).fill(most);
  const none = { place: 0, row: filled() };
  const last = new Map<string, typeof none>();
  let row = filled();
  for (let j = 0; j <= b.length; j++) row[j + 1] = j;
  for (let i = 1; i <= a.length; i++) {
    const next = filled();
    next[1] = i;
    let column = 0;
    for (let j = 1; j <= b.length; j++) {
      const { place, row: before } = last.get(b[j - 1]!) ?? none;
      const isEqual = a[i - 1] === b[j - 1];
      next[j + 1] = Math.min(
        row[j]! + (isEqual ? 0 : 1),
        next[j]! + 1,
        row[j + 1]! + 1,
        before[column]! + (i - place - 1) + 1 + (j - column - 1),
      );
      if (isEqual) column = j;
    }
    last.set(a[i - 1]!, { place: i, row });
    row = next;
  }
  return row[b.length + 1]!;
}

/** 1 less the share of signs that are edited. */
export function damerauLevenshteinSimilarity(given: PythonValue, right: PythonValue): number {
  const [a, b] = [Array.from(requireText(given)), Array.from(requireText(right))];
  const length = Math.max(a.length, b.length);
  return length === 0 ? 1 : 1 - damerauLevenshtein(a, b) / length;
}

const LETTERS: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  Æ: "AE",
  œ: "oe",
  Œ: "OE",
  ø: "o",
  Ø: "O",
  đ: "d",
  Đ: "D",
  ł: "l",
  Ł: "L",
  ı: "i",
  þ: "th",
  Þ: "Th",
  ð: "d",
  Ð: "D",
  "’": "'",
  "‘": "'",
  "“": '"',
  "”": '"',
  "–": "-",
  "—": "--",
  "\u00a0": " ",
};

/** Latin letters without their marks; undefined where a sign is of another script. */
function latin(text: string): string | undefined {
  const bare = text
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .replaceAll(/[^\0-\x7f]/gu, (sign) => LETTERS[sign] ?? sign);
  return /^[\0-\x7f]*$/.test(bare) ? bare : undefined;
}

function approximate(text: string): string | undefined {
  const words = text.split(" ").filter((word) => !/^(?:the|a)$/i.test(word));
  return latin(words.join(" "))?.toLowerCase();
}

const NEAR = 0.9;

/** The similarity of texts without articles and accents where it is at least 0.9; undefined for another script. */
export function nearSimilarity(given: PythonValue, right: PythonValue): number | undefined {
  const [a, b] = [approximate(requireText(given)), approximate(requireText(right))];
  if (a === undefined || b === undefined) return undefined;
  const similarity = damerauLevenshteinSimilarity(a, b);
  return similarity >= NEAR ? similarity : 0;
}
