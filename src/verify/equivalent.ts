/**
 * @module
 * Whether two answers say the same. Strict where a learner could gain by it: an empty answer equals nothing, a list is
 * not one of its members, and digits are the ten of ASCII.
 */
import { canonicalText } from "./canonical-text.ts";
import { sameCollection } from "./collection.ts";
import { type NumberValue, numberValue } from "./number-value.ts";

/** Longer answers are compared as they are. */
const MAX_LENGTH = 2000;
/** Sets of points are as deep as answers go; comparing deeper sets in any order could take long. */
const MAX_DEPTH = 2;
const TOLERANCE = 1e-6;

/** |a − b| ≤ 1e-6 · max(|a|, |b|), with room for the rounding of the comparison itself. */
function areClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * (1 + 1e-9) * Math.max(Math.abs(a), Math.abs(b));
}

function sameNumber(a: NumberValue, b: NumberValue): boolean {
  if (a.unit !== "" && b.unit !== "" && a.unit !== b.unit) return false;
  if (a.ratio !== undefined && b.ratio !== undefined) {
    return a.ratio[0] === b.ratio[0] && a.ratio[1] === b.ratio[1];
  }
  if (a.integer !== undefined && b.integer !== undefined && a.isPercent === b.isPercent) {
    return a.integer === b.integer;
  }
  if (areClose(a.value, b.value)) return true;
  if (a.isPercent === b.isPercent) return false;
  return areClose(a.isPercent ? a.value / 100 : a.value, b.isPercent ? b.value / 100 : b.value);
}

/** An option letter "b", "(b)", "b." or "b)"; undefined for anything else. */
function optionLetter(text: string): string | undefined {
  return /^\(?([a-j])[).:]?$/.exec(text)?.[1];
}

/**
 * The letter of an option that is written out, "b. 12 cm" or "(b) 12 cm"; undefined where another letter stands alone in
 * it, which may be an answer too.
 */
function writtenOption(text: string): string | undefined {
  const [, bracketed, bare, rest = ""] = /^(?:\(([a-j])\)|([a-j])[.)])\s?(.+)$/.exec(text) ?? [];
  return /(?<![\p{L}\p{N}])[b-j](?![\p{L}\p{N}])|\(a\)/u.test(rest) ? undefined : (bracketed ?? bare);
}

/** The right side of "x = 5", where the left is one letter. */
function withoutName(text: string): string {
  return /^[a-z]=([^=]+)$/.exec(text)?.[1] ?? text;
}

/**
 * Whether an answer equals the reference: the same text up to typesetting, case and spaces, the same option letter
 * (one side may have the option's text after it, "B. 12 cm"), or the same number. Integers are compared exactly, other numbers within 1e-6 relative; 1/2 = 0.5 = \frac{1}{2};
 * 50% equals both 0.5 and 50; units must agree where both have one; ratios a:b must have the same sides, and equal
 * the fraction a/b; roots, pi and powers of ten have their values, but arithmetic is not done for an answer that
 * leaves it undone (2^3, 3 + 5). Points and intervals are the same part by part, sets in braces in any order.
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
  return same(canonicalText(given), canonicalText(reference), MAX_DEPTH);
}

/** Whether two canonical texts say the same; collections within collections are looked into `depth` deep. */
function same(a: string, b: string, depth: number): boolean {
  if (a === "" || b === "" || a === "nan" || b === "nan") return false;
  if (a.replaceAll(", ", ",") === b.replaceAll(", ", ",")) return true;
  const letters = [optionLetter(a), optionLetter(b)];
  if (letters.some((letter) => letter !== undefined)) {
    return (letters[0] ?? writtenOption(a)) === (letters[1] ?? writtenOption(b));
  }
  if (depth > 0 && sameCollection(a, b, (x, y) => same(x, y, depth - 1))) return true;
  const hasOneName = a.includes("=") !== b.includes("=");
  const x = numberValue(hasOneName ? withoutName(a) : a);
  const y = numberValue(hasOneName ? withoutName(b) : b);
  return x !== undefined && y !== undefined && sameNumber(x, y);
}
