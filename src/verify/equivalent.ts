/**
 * @module
 * Whether two answers are equivalent, in layers: the text, option letters, mathematics, words. Strict against reward
 * hacking: an empty answer equals no answer, a list does not equal a member, and digits are ASCII only.
 */

import { Answer, lettersMultiplied } from "./equivalence/answer.ts";
import type { WrittenOption } from "./equivalence/options.ts";
import { Comparison } from "./equivalence/structure.ts";
import { sameWords } from "./equivalence/words.ts";

/**
 * Whether an answer equals the reference, by the first layer that decides:
 *
 * 1. the same text up to typesetting and white space;
 * 2. the same option letter in any spelling, or the same set of letters; texts after two letters must not differ;
 * 3. the same mathematics. Numerals are compared exactly; a decimal of six significant digits or more equals the
 *   exact value that it rounds. 50% equals 0.5 and 50; units must agree where both have one. Lists and sets are equal
 *   in any order, points and intervals part by part, equations up to a factor, expressions by identity testing at
 *   fixed points. Arithmetic left undone (3 + 5, 2^3) equals only itself;
 * 4. the same words up to case, articles and punctuation.
 *
 * Symmetric; never throws; linear time on any text.
 *
 * @example
 * equivalent("\\frac{1}{2}", "0.5"); // true
 * equivalent("(b)", "B"); // true
 * equivalent("", ""); // false
 */
export function equivalent(given: string, reference: string): boolean {
  if (typeof given !== "string" || typeof reference !== "string") return false;
  return sameAnswer(new Answer(given), new Answer(reference));
}

/** A whole number that a double holds needs no parser, and most answers are such numbers. */
const INTEGER = /^-?\d{1,15}$/;

/** "+" as the answer to "which operation?" */
function isSign({ plain }: Answer): boolean {
  return /^[-+−×÷*/<>=≤≥≠±]$/.test(plain);
}

/** `equivalent` for answers that are compared more than once. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.isLong || b.isLong) {
    const text = a.text.trim();
    return text !== "" && text === b.text.trim();
  }
  if (INTEGER.test(a.text) && INTEGER.test(b.text)) return Number(a.text) === Number(b.text);
  if (a.isMeaningless || b.isMeaningless) return isSign(a) && isSign(b) && a.spelling === b.spelling;
  if (a.plain === b.plain || a.spaced === b.spaced) return true;
  if (a.isHidden || b.isHidden) return false;
  if (a.option !== null || b.option !== null) {
    if (isVariable(a, b) || isVariable(b, a)) return sameMathematics(a, b) ?? false;
    return sameOptions(a.option, b.option);
  }
  if (a.letters !== null && a.letters === b.letters) return true;
  if (a.hasDigit && b.hasDigit && a.date !== null && b.date !== null) return a.date === b.date;
  return (sameMathematics(a, b) ?? haveSameWords(a, b)) || sameLabels(a, b);
}

/** The same time of day, the same ratio or range in words, or the same formula where one of them has indices. */
function sameLabels(a: Answer, b: Answer): boolean {
  const { time } = a;
  if (time !== undefined && time === b.time) return true;
  if (a.hasDigit && b.hasDigit && sameSpans(a, b)) return true;
  if (a.formula === undefined || a.formula !== b.formula) return false;
  return INDEXED.test(a.plain) || INDEXED.test(b.plain);
}

/** "to" between two numbers. */
const TO = /(?<=[\d})%°$])\s{0,4}(?:\s?to\s|\\text\s?\{\s{0,4}to\s{0,4}\})\s{0,4}(?=[\d\\($])/g;

/** "2 to 3" beside the ratio 2:3 or the range 2–3. */
function sameSpans(a: Answer, b: Answer): boolean {
  const [first, second] = [a, b].map(({ plain }) =>
    plain.includes("to") ? plain.replaceAll(TO, ":") : plain,
  );
  if ((first === a.plain) === (second === b.plain)) return false;
  const [spoken, other] = first === a.plain ? [b, a] : [a, b];
  return [":", "-"].some((sign) => sameAnswer(new Answer(spoken.plain.replaceAll(TO, sign)), other));
}

/** Characters of the words of an acronym, of articles and of punctuation that one of two answers may have more. */
const MOST_MORE = 240;

/** Whether two answers are the same words; of very different lengths they are not, and are not read. */
function haveSameWords(a: Answer, b: Answer): boolean {
  const [shorter = 0, longer = 0] = [a.bare.length, b.bare.length].sort((x, y) => x - y);
  return longer <= 4 * shorter + MOST_MORE && sameWords(a.words, b.words);
}

function hasSigns({ spelling }: Answer): boolean {
  return spelling.includes("±") || spelling.includes("∓");
}

/** Signs of an index or a charge. */
const INDEXED = /[_₀-₉⁺⁻]|\^\{?\d*[+-]|\\(?:ce|text|mathrm)\b/;
const EXPRESSIONS = new Set(["number", "negate", "product", "quotient", "power", "call", "root"]);

/** Whether a lone letter represents a number beside an expression: "e" and "2.718281828", "b" and "2b/2". */
function isVariable(letter: Answer, other: Answer): boolean {
  if (!/^[a-j]$/.test(letter.plain) || other.option !== null || other.letters !== null) return false;
  return other.tree !== null && EXPRESSIONS.has(other.tree.kind);
}

function sameOptions(x: WrittenOption | null, y: WrittenOption | null): boolean {
  if (x === null || y === null || x.letter !== y.letter) return false;
  return x.text === "" || y.text === "" || sameText(new Answer(x.text), new Answer(y.text));
}

/** Whether the texts after two letters are the same and name no further letter. */
function sameText(a: Answer, b: Answer): boolean {
  return a.spaced === b.spaced || (sameMathematics(a, b) ?? haveSameWords(a, b));
}

/** Whether two answers are the same mathematics; undefined if one of them is words. */
function sameMathematics(a: Answer, b: Answer): boolean | undefined {
  if (a.tokens.length === 0 || b.tokens.length === 0) return false;
  if (a.spelling === b.spelling) return true;
  if (a.tree === null || b.tree === null) {
    const other = a.tree ?? b.tree;
    if (other === null) return a.looseSpelling === b.looseSpelling ? true : undefined;
    const letters =
      other.kind === "product" ? lettersMultiplied((a.tree === null ? a : b).tokens) : undefined;
    if (letters === undefined) return undefined;
    return new Comparison(false).same(letters, other) ? true : undefined;
  }
  return new Comparison(hasSigns(a) || hasSigns(b)).same(a.tree, b.tree);
}
