/**
 * @module
 * The mathematics around a number of running text: "x^2 - 4" around the 4 of "Hence f(x) = x^2 - 4 for all x."
 */
import { Matches } from "./matches.ts";
import { isValueOf } from "./quantity.ts";
import {
  FUNCTION,
  JOINING_WORD,
  MINUS,
  OPERATOR,
  PART_WORD,
  PRODUCT,
  SCALE_WORD,
  SMALL_DIGIT,
} from "./signs.ts";

/** Characters searched before and behind a number. */
const [MAX_BEFORE, MAX_BEHIND] = [80, 60];

const SYMBOL = String.raw`[${OPERATOR}${MINUS}${SMALL_DIGIT}≈_=＝/|'′°%$\\{}⌊⌋⌈⌉∠△∞]|\p{Script=Greek}`;
const NUMERAL = String.raw`\d+(?:[.,]\d+)*`;
/** A letter that represents a value, and not the article or the pronoun. */
const VARIABLE = String.raw`(?<!\p{L})(?!(?:a|A|I)\s+[\p{L}\d(√π])[A-Za-z](?!\p{L}|['’]\p{L})`;
/** A segment in front of a sign: "AB² + BC²". */
const SEGMENT = String.raw`(?<!\p{L})[A-Z]{2,3}(?=\s?(?:[²³^+=/]|[·×*⋅](?!\s?\d)|[-−]\s))`;
const NAMED = String.raw`${FUNCTION}(?!\p{L})|(?<!\p{L})(?:pi|gcd|lcm|max|min|det|mod)(?!\p{L})`;
/** Signs, numerals and letters of mathematics; marks of a list; words and all other characters. */
const TOKEN = new RegExp(
  String.raw`(\\[a-zA-Z]+|\\[,;:! ]|${NUMERAL}|${NAMED}|${SYMBOL}|(?<=[\d)²³])${PRODUCT}|${VARIABLE}|${SEGMENT}|!(?=\s?[${OPERATOR}${MINUS}/)\].=|])|[()[\]\s])|([,;])|\p{L}+|.`,
  "gsu",
);

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The longest run of signs of mathematics around a place. A comma is one of them within brackets only. */
function runAround(text: string, { start, end }: Span): Span {
  const place = Math.max(0, start - MAX_BEFORE);
  let [from, to, depth] = [place, place, 0];
  for (const { 0: token, 1: sign, 2: comma, index } of new Matches(
    text.slice(place, end + MAX_BEHIND),
    TOKEN,
  )) {
    const at = place + index;
    const after = at + token.length;
    if (/[([]/.test(token)) depth++;
    else if (/[)\]]/.test(token)) depth--;
    const isOutside = after <= start || at >= end;
    const isEnd = token.includes("\n") || (sign === undefined && (comma === undefined || depth < 1));
    if (!isOutside || !isEnd) {
      if (token.trim() !== "") to = after;
      continue;
    }
    if (at >= end) break;
    [from, to, depth] = [after, after, 0];
  }
  return { start: from, end: Math.max(to, end) };
}

/** Marks of a list or a table at the ends of a run, a dash that continues a sentence, and signs that are no value. */
const [LEADS, TRAILS] = [/^(?:\s|[-*•|>]\s|[)\]=＝≈≡,'′%°/])+/, /(?:\s|\s[-–—|*]|[(['′=＝,/\\$])+$/];

/** The run without brackets that open or close outside it, and without marks of lists; undefined if these are within the number. */
function trimmed(text: string, run: Span, { start, end }: Span): Span | undefined {
  let from = run.start + (LEADS.exec(text.slice(run.start, start))?.[0].length ?? 0);
  let to = run.end - (TRAILS.exec(text.slice(end, run.end))?.[0].length ?? 0);
  const opened: number[] = [];
  for (let i = from; i < to; i++) {
    const character = text[i]!;
    if ("([".includes(character)) opened.push(i);
    else if (")]".includes(character) && opened.pop() === undefined) {
      if (i >= end) {
        to = i;
        break;
      }
      if (i >= start) return undefined;
      from = i + 1;
    }
  }
  const [unclosed] = opened;
  if (unclosed !== undefined && unclosed >= end) to = unclosed;
  else if (unclosed !== undefined) {
    const last = opened.at(-1)!;
    if (last >= start) return undefined;
    from = last + 1;
  }
  while (from < start && /\s/.test(text[from]!)) from++;
  while (to > end && /\s/.test(text[to - 1]!)) to--;
  return { start: from, end: to };
}

/** Words that join what is before them to the run, so that the run is a part. */
const JOINED_BEFORE = new RegExp(
  String.raw`(?:\b(?:and|or|nor|between|from|than|versus|vs|${JOINING_WORD}|(?<!\b(?:simplif\w+|equal|reduces?|comes|amounts|evaluates|adds up|sums? up|factors?|converts|expands?|proportional|set)\s)to|(?<!\b(?:given|represented|described|expressed|denoted|modell?ed|defined)\s)by)|(?<![\p{L}\p{N}])(?:\p{L}|\d[\p{L}\d]*|[\])²³])\s?[,;、，])\s?$`,
  "iu",
);
/** Words that join the run to what is behind it. */
const JOINED_BEHIND = new RegExp(
  String.raw`^\s?,?\s?(?:(?:and|or|nor|to|through|more|less|fewer|larger|smaller|greater|bigger|times|as|squared|cubed|${JOINING_WORD}|${SCALE_WORD}|${PART_WORD})(?!\p{L})|[(]|[-–]\s?\d)`,
  "iu",
);
const GIVES =
  /(?:^|\b(?:is|are|was|equals?|to|get|gives?|becomes|so|thus|hence|therefore|then),?|[:=：])\s*$/i;
const ORDINAL = /^(?:st|nd|rd|th)\b/;
/** Letters of words with spaces between them, which Chinese and Japanese words do not have. */
const WORD = /[\p{N}_@#&]|(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul})\p{L}/u;
const SPACE = /\s/;

/** Whether a word continues before or behind a run. */
function isTorn(text: string, { start, end }: Span): boolean {
  const [next = "", second = ""] = text.slice(end, end + 2);
  return (start > 0 && WORD.test(text[start - 1]!)) || WORD.test(next === "-" ? second : next);
}

/** All words that a run touches, whole: "2-methylpropane", "INV-2021-005". */
function wordsAround(text: string, { start, end }: Span): Span {
  let [from, to] = [start, end];
  while (from > 0 && start - from < MAX_BEFORE && !SPACE.test(text[from - 1]!)) from--;
  while (to < text.length && to - end < MAX_BEHIND && !SPACE.test(text[to]!)) to++;
  while (to > end && ".,;:!?。".includes(text[to - 1]!)) to--;
  return { start: from, end: to };
}

/**
 * The whole of the mathematics that a number is part of, or the word. Undefined where it is only the number, words join it
 * to more, or it is too long.
 */
export function mathematicsAround(text: string, place: Span): Span | undefined {
  if (ORDINAL.test(text.slice(place.end, place.end + 3))) return undefined;
  const run = runAround(text, place);
  if (run.start > 0 && run.start === place.start - MAX_BEFORE) return undefined;
  if (run.end === place.end + MAX_BEHIND && run.end < text.length) return undefined;
  const whole = trimmed(text, run, place);
  if (whole === undefined) return undefined;
  if (isTorn(text, whole)) return wordsAround(text, whole);
  // A sign that nothing precedes joins the run to what could not be read.
  if (/^(?:[+*×·÷⋅∙⁄∕/^]|[-−–]\s)/.test(text.slice(whole.start, whole.end)) && whole.start > 0)
    return undefined;
  const isSame = whole.start === place.start && whole.end === place.end;
  if (isSame && !/[=＝]/.test(text.slice(place.start, place.end))) return undefined;
  const before = text.slice(Math.max(0, whole.start - 30), whole.start);
  // Commands of LaTeX without delimiters are in need of a word or sign that says what they are.
  if (text.slice(whole.start, whole.end).includes("\\") && !GIVES.test(before)) return undefined;
  const isJoined = JOINED_BEFORE.test(before) || JOINED_BEHIND.test(text.slice(whole.end, whole.end + 24));
  return isJoined ? undefined : whole;
}

/** "5C2": a name. */
const COMBINATIONS = /^\s*\d+[CP]\d+\s*$/;
/** "f(2)": a number. */
const APPLIED_TO_NUMBER = /(?<![A-Za-z])[A-Zf-h](?:['′]{1,2}|⁻¹)?\s?\([-−\d.,\s/]*\)/g;
/** "f(x)", "P(A ∪ B)" and "f⁻¹(x)": names with any argument. */
const APPLIED = /(?<![A-Za-z])[A-Zf-h](?:['′]{1,2}|⁻¹|_?\d|[₀-₉])?\s?\([^()]*\)/g;
/** Letters and names that represent numbers. */
const CONSTANT = new RegExp(
  String.raw`${FUNCTION}(?!\p{L})|(?<!\p{L})(?:pi|gcd|lcm|max|min|det)(?!\p{L})|π|\\(?!alpha|beta|gamma|theta|phi)[a-zA-Z]+`,
  "gu",
);
const OPERATES = new RegExp(String.raw`[${OPERATOR}${MINUS}/|²³]|\d\s?\p{L}`, "u");
/** Nouns for an equation, where "is" does not give a value. */
const NAMES_EQUATION =
  /\b(?:equations?|answer|solution|result|line|circle|ellipse|parabola|hyperbola|curve|graph|plane|locus|relation(?:ship)?|constraint|condition|identity|inequality|statement|so|thus|hence|therefore|have|get|then)\b/i;

/**
 * The value that mathematics gives. Of "A = πr² = 9π" it follows the last "=", of "2x + 3y = 6" all of it, as the
 * number alone is a part of the equation.
 *
 * @param before the text before the mathematics
 */
export function valueGiven(mathematics: string, before: string): string {
  const bare = /^\((?=[^()]*\)$)/.test(mathematics) ? mathematics.slice(1, -1) : mathematics;
  const sides = bare.split(/[=＝]/);
  const last = sides.at(-1)!.trim();
  if (sides.length === 1 || last === "" || !isBalanced(last)) return mathematics;
  if (sides.length > 2 || /[=＝≈]\s?$/.test(before)) return last;
  const first = sides[0]!
    .replace(COMBINATIONS, "f")
    .replaceAll(APPLIED_TO_NUMBER, " ")
    .replaceAll(APPLIED, "f")
    .replaceAll(CONSTANT, " ");
  if (isValueOf(sides[0]!, before)) return last;
  const isEquation = /\p{L}/u.test(first) && OPERATES.test(first);
  const isValue = /\b(?:is|are|was|equals)\s*$/.test(before) && !NAMES_EQUATION.test(before);
  return isEquation && !isValue ? mathematics : last;
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}
