/**
 * @module
 * Whether two answers say the same, in layers: the text, option letters, mathematics, words. Strict where a learner
 * could gain by it: an empty answer equals nothing, a list is not one of its members, digits are the ten of ASCII.
 */

import { parseTokens } from "./equivalence/grammar.ts";
import { optionSet, type WrittenOption, writtenOption } from "./equivalence/options.ts";
import { Comparison } from "./equivalence/structure.ts";
import { FUNCTIONS } from "./equivalence/symbols.ts";
import { type Token, tokenize } from "./equivalence/tokens.ts";
import { some, type Tree } from "./equivalence/tree.ts";
import { sameWords, withoutMarkup } from "./equivalence/words.ts";
import { undecorated } from "./extraction/decoration.ts";

/** Longer answers are compared as they are. */
const MAX_LENGTH = 2000;
/** Code points that are not seen, and half characters: an answer with them is its text and nothing else. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]|(?!\s)\p{Cc}/u;

/**
 * Whether an answer equals the reference, by the first layer that can tell:
 *
 * 1. the same text up to typesetting and white space;
 * 2. the same option letter, whatever its spelling, or the same set of letters; texts written behind two letters must
 *    not differ;
 * 3. the same mathematics: numerals exactly; a decimal of six significant digits or more equals the exact value that
 *    it rounds; 50% equals 0.5 and 50; units must agree where both have one; lists and sets in any order, points and
 *    intervals part by part, equations up to a factor, expressions by identity testing at fixed points. Arithmetic
 *    left undone (3 + 5, 2^3) equals nothing but itself;
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
  if (given.length > MAX_LENGTH || reference.length > MAX_LENGTH) {
    return given.trim() !== "" && given.trim() === reference.trim();
  }
  const [a, b] = [withoutClock(undecorated(given)), withoutClock(undecorated(reference))];
  if (isMeaningless(a) || isMeaningless(b)) return false;
  if (isSameText(a, b)) return true;
  if (isHidden(a) || isHidden(b)) return false;
  const [x, y] = [writtenOption(a), writtenOption(b)];
  if (x !== undefined || y !== undefined) return sameOptions(x, y);
  const [p, q] = [optionSet(a), optionSet(b)];
  if (p !== undefined && p === q) return true;
  return sameMathematics(a, b) ?? sameWords(a, b);
}

function isHidden(text: string): boolean {
  return /[^ -~\s]/.test(text) && INVISIBLE.test(text);
}

/** Text in which nothing is said: no letter, digit or sign of a set or number, or "NaN". */
function isMeaningless(text: string): boolean {
  if (/^[^{}\\$]*\d/.test(text)) return false;
  const plain = withoutMarkup(text);
  return (
    !/[\p{L}\p{N}∞∅√%°?]/u.test(plain.replaceAll(/\\[a-z]+(?=\s*$)/g, "x")) || plain.toLowerCase() === "nan"
  );
}

function isSameText(a: string, b: string): boolean {
  if (a === b) return true;
  const spaced = (text: string) => text.trim().replaceAll(/\s+/g, " ").replaceAll(", ", ",");
  return spaced(a) === spaced(b);
}

function sameOptions(x: WrittenOption | undefined, y: WrittenOption | undefined): boolean {
  if (x === undefined || y === undefined || x.letter !== y.letter) return false;
  if (x.text === "" || y.text === "" || isSameText(x.text, y.text)) return true;
  return sameMathematics(x.text, y.text) ?? sameWords(x.text, y.text);
}

/** "8:34 p.m." as "20:34". */
function withoutClock(text: string): string {
  if (!/[ap]\.?\s?m\.?/i.test(text) || text.length > 60) return text;
  const clock = /^(\d{1,2}):([0-5]\d)(:[0-5]\d)?\s?([ap])\.?\s?m\.?$/i.exec(withoutMarkup(text));
  if (clock === null) return text;
  const [, hours = "", minutes = "", seconds = "", half = ""] = clock;
  if (Number(hours) < 1 || Number(hours) > 12) return text;
  return `${(Number(hours) % 12) + (half.toLowerCase() === "p" ? 12 : 0)}:${minutes}${seconds}`;
}

/** Whether two answers are the same mathematics; undefined where one of them is words. */
function sameMathematics(a: string, b: string): boolean | undefined {
  const [first, second] = [tokenize(a), tokenize(b)];
  if (first.length === 0 || second.length === 0) return false;
  if (spelling(first) === spelling(second)) return true;
  const [x, y] = [mathematics(first), mathematics(second)];
  return x === undefined || y === undefined ? undefined : new Comparison().same(x, y);
}

function spelling(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join(" ");
}

/** The tree of tokens that are mathematics: not letters alone, and no words but for a name before "=". */
function mathematics(tokens: readonly Token[]): Tree | undefined {
  const isLetters = tokens.every(
    ({ kind, text }) => (kind === "letters" && !FUNCTIONS.has(text)) || kind === "other" || text === "-",
  );
  if (isLetters && !(tokens.length === 1 && tokens[0]!.text.length === 1)) return undefined;
  const tree = parseTokens(tokens);
  return tree === undefined || hasWords(tree) ? undefined : tree;
}

function hasWords(tree: Tree): boolean {
  if (tree.kind === "relation") return tree.sides.slice(1).some(hasWords);
  if (tree.kind === "list") return tree.items.some(hasWords);
  return some(tree, (part) => part.kind === "symbol" && part.isWord);
}
