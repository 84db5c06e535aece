/**
 * @module
 * The numbers, option letters and spans of mathematics of a running text, and which of them belong together.
 */
import { MONTH_NAME } from "../equivalence/dates.ts";
import { NAME } from "./givens.ts";
import { Matches } from "./matches.ts";
import { JOINING_WORD, MINUS, OPERATOR } from "./signs.ts";
import { isPartOfAmount, unitBehind } from "./unit-behind.ts";

/** Mathematics between delimiters, on one line or in display. */
const SPAN = String.raw`\$\$[^$]{1,400}\$\$|(?<!\\)\$(?! ?[\d.,]+ [a-z]{2,})[^$\n]{1,300}(?<!\\)\$(?!\d)|\\\((?:(?!\\\))[\s\S]){1,400}\\\)|\\\[(?:(?!\\\])[\s\S]){1,400}\\\]`;
const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:['’]\d{3})+(?!\d)|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+(?:…|\.{3})?)?|\.\d+`;
const POWER_OF_TEN = String.raw`\s?(?:[×*·⋅∙xX]|\\times|\\cdot)\s?10\s?(?:\^\s?(?:\{\s?[-+−]?\d{1,3}\s?\}|[-+−]?\d{1,3})|\*\*\s?[-+−]?\d{1,3}|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)`;
/** Roots of numerals and π behind a coefficient, or alone: "2√3", "25π", "√(2)/2", "π/4". */
const SURD = String.raw`[√∛∜]\s?(?:\d+|\(\d+\))`;
const CLOSED = String.raw`(?:${DIGITS})(?:\s?${SURD}π?|π)|${SURD}π?|π(?=\s?\/\s?\d)`;
const MONTH = String.raw`${MONTH_NAME}\.?`;
const DAY = String.raw`\d{1,2}(?:st|nd|rd|th)?`;
const DATE = String.raw`${MONTH}\s${DAY},?\s\d{4}(?!\d)|${DAY}\s(?:of\s)?${MONTH},?\s\d{4}(?!\d)|${MONTH}\s(?:\d{4}|${DAY})(?![\d\p{L}])|${DAY}\s(?:of\s)?${MONTH_NAME}(?![\p{L}\d])|\d{4}年\d{1,2}月(?:\d{1,2}[日号])?`;
/** "half past 10", and "6'2\"" in feet and inches. */
const SHORTHAND = String.raw`(?:[Hh]alf|(?:[Aa]\s)?[Qq]uarter)\s(?:past|to)\s\d{1,2}(?!\d)|\d{1,2}\s?['’′]\s?\d{1,2}(?:\.\d+)?\s?(?:["”″]|''|′′|’’)`;
const HALF_OF_DAY = String.raw`(?:\s?[aApP]\.?[mM](?:\.|\b)|\so['’]clock\b)`;
const NUMBER = String.raw`(?<![\p{Script=Latin}\p{N}_.])(?:${DATE}|${SHORTHAND}|(?:(?<![\p{N})}]\s?|\d!\s?|[^\s|]\|)[+±${MINUS}]|(?<=[=≈]\s?)[-−]\s|[Nn]egative\s|(?<=^|[.,:;=(]\s?|\b(?:is|are|was|be|equals|gives|about)\s)[Mm]inus\s)?[$€£¥]?(?:${CLOSED}|(?:${DIGITS})(?:[eE][-+]?\d+|${POWER_OF_TEN})?)(?:\s?\/\s?\d+(?:\.\d+)?|:\d+(?::\d+)?(?:${HALF_OF_DAY})?|${HALF_OF_DAY}| \d+\/\d+)?(?:\s?(?:\\%|[%％°‰$€£¥]C?))?)`;
/** A fraction of LaTeX without delimiters that ends a sentence and is no part of more: "is \\frac{3}{8}." */
const FRACTION = String.raw`(?<![\p{L}\p{N})}\]^_\\+*/|-])(?<![\p{N})}\]+*/^-]\s)[-−]?\\[dt]?frac\{[^{}\n]{1,40}\}\{[^{}\n]{1,40}\}(?=\s?(?:[.;!](?:\s|$)|\n|$))`;
/** A or B or (A); the article, the pronoun and letters with an apostrophe are none. */
const OPTION = String.raw`[(（]([A-Ja-j])[)）]|(?<![\p{Script=Latin}\p{N}_'’$\\^{=(+*/<>&|-]|[=+*/<>-]\s|(?<![\p{L}])[A-J]:|[A-Z]\.)(A(?!\s[a-z])|A(?=\s(?:is|or|and|nor|vs|to|maybe|perhaps|possibly)\b)|[B-HJ])(?![\p{Script=Latin}\p{N}_'’(^}+*/<>&|]|\s?[=+*/<>]|-\w|\.[A-Z]|:[A-J]\b|[$€£¥]\d)`;
/** A point or an interval in plain text; rows of numbers in brackets. */
const TUPLE = String.raw`(?<![\p{Script=Latin}\p{N}])(?:[[(]\s?[-+−]?(?:[\d.]|∞)[^[\](){}\n$]{0,60},[^[\](){}\n$]{1,60}[\])]|\[\s?\[[^[\](){}\n$]{1,60}\](?:\s?,\s?\[[^[\](){}\n$]{1,60}\]){0,8}\s?\])`;
const ATOM = new RegExp(`(${SPAN}|${FRACTION}|${TUPLE})|${OPTION}|(${NUMBER})`, "gu");

/** Between two atoms that are one expression, one list or one choice. */
const JOINT = new RegExp(
  String.raw`^(?:[\s,;，、；/&−–—‐‒π()[\]{}|~≈${OPERATOR}-]|${NAME}\s?[=＝]|\bU(?=\s?$)|\bnor\b|\bvs\b|[?…]|\.(?=\.)|(?<=\.)\.(?!\.)|\bor it(?: is|'s)\b|\bx\b|\bby\b|\bin\b|\b(?:out )?of\b|\bper\b|\\[,;:! ]|\band\b|\bor\b|\bto\b|和|或|到|\b${JOINING_WORD}\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\beither\b|\beven\b|option|choice)*$`,
  "u",
);
const EQUATED = /[=＝]\s?$/;
/** The name of a value, and of the next one in the gap between both. */
const [NAMED_VALUE, NEXT_NAMED] = [
  new RegExp(String.raw`(?<![\p{L}\p{N})_²³]|[+*/·×^−–-]\s?)${NAME}\s?[=＝]\s?$`, "u"),
  new RegExp(String.raw`(${NAME})\s?[=＝]\s?$`),
];
/** A name that begins its line. */
const BEGINS_LINE = new RegExp(String.raw`(?:^|\n)[ \t]*(?:[-*•]\s)?(${NAME})\s?[=＝][^=＝\n]*$`, "u");
/** Words before a name whose value is a condition: "When x = 2, y = 3". */
const GIVEN = new RegExp(
  String.raw`\b(?:at|when|if|for|let|since|because|given|as|with)\s(?:that\s)?(?:${NAME}\s?[=＝]\s?[^\s,;=]{1,12}(?:\s[a-z]{1,3}²?)?,?\s(?:and\s)?){0,3}${NAME}\s?[=＝]\s?$`,
  "i",
);
const WIDE_COLON = /^\s?[：∶]\s?$/;
/** Text before "2 : 3" that makes it a ratio; in "Question 2 : 3" and "2010 : 3" the second number is the value. */
const RATIO_AFTER =
  /\b(?:ratio|score|proportion|odds|scale)s?\b[^.\n]{0,30}$|(?:^[\s*_"'“($\\]*|(?:\b(?:is|are|was|equals)|:\s\p{L}{1,3}\s[=＝])\s)(?:[\d.]+\s:\s){0,4}$/iu;
const MAX_JOINED = 60;

/** A number, an option letter, or mathematics between delimiters or brackets. */
export interface Atom {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: "span" | "option" | "number";
}

/** All atoms of a text, in order. */
export function atoms(text: string): Atom[] {
  const found: Atom[] = [];
  for (const match of new Matches(text, ATOM)) {
    const [whole, span, bracketed, bare] = match;
    const start = match.index;
    if (span !== undefined && isName(span)) continue;
    const kind =
      span !== undefined ? "span" : bracketed !== undefined || bare !== undefined ? "option" : "number";
    found.push({ start, end: start + whole.length, text: bracketed ?? bare ?? whole, kind });
  }
  return found;
}

/** "$x$": a name, not a value. */
function isName(span: string): boolean {
  return /^[$\\()[\]\s]*(?:[a-zA-Z]|\\[a-z]+|[A-Z]{2,8})[$\\()[\]\s]*$/.test(span);
}

/** Whether a number is the exponent of the unit of the number before it. */
export function isExponent(text: string, before: Atom, { start, end, kind }: Atom): boolean {
  if (kind !== "number" || before.kind !== "number") return false;
  return /\^\{?$/.test(text.slice(before.end, start)) && unitBehind(text, before.end).end >= end;
}

/** "3rd" */
export function isOrdinal(text: string, { end, kind }: Atom): boolean {
  return kind === "number" && /^(?:st|nd|rd|th)\b/.test(text.slice(end, end + 3));
}

/**
 * Whether a value and the next, given the text before the first and the gap between them, are several answers: "x = 1, y = 2".
 * The steps of a solution, "2x = 10, x = 5", and a condition and its result are none. On lines of their own the names
 * are different, and of one letter.
 */
function areListed(lead: string, gap: string): boolean {
  if (gap.includes("\n")) {
    const [name = "", next = ""] = [BEGINS_LINE.exec(lead)?.[1], NEXT_NAMED.exec(gap)?.[1]];
    return (
      name !== "" &&
      name !== next &&
      !/^[A-Z]{2}/.test(name) &&
      !/^[A-Z]{2}/.test(next) &&
      areNear(name, next)
    );
  }
  return !EQUATED.test(lead) || (NAMED_VALUE.test(lead) && (/^[^,]*\band\b/.test(gap) || !GIVEN.test(lead)));
}

/** Whether the second of two names, if both are capitals, follows in the alphabet: "A", "B" are alike, "V", "I" are not. */
function areNear(name: string, next: string): boolean {
  const areCapitals = /^[A-Z]/.test(name) && /^[A-Z]/.test(next);
  const step = next.charCodeAt(0) - name.charCodeAt(0);
  return !areCapitals || step === 0 || step === 1;
}

const JOINS_AMOUNTS = /(?:[,;–—-]|to|or|and|by|x|×|vs\.?)\s?$/;
const BETWEEN_AMOUNTS = /^\s?(?:[,;–—-]\s?|(?:,\s)?(?:to|or|and|by|x|×|nor|vs\.?)\s)$/;

/** A clause, or a sign, that an amount in front of a comma belongs to: "After paying 10 dollars, 4 dollars are left". */
const GOVERNS =
  /(?:^|[.!?:\n]\s*|\b(?:so|then|thus|and|but),?\s)(?:out of|of|from|to|after|if|for|with|within|not|instead of|rather than|compared (?:to|with)|when|by|every|subtracting|using)\b[^.,;]{0,40}$|[+×·*÷/-]\s?$/i;
const IS_SUBJECT = /^\s?\p{L}*\s(?:is|are|was|were|remains?|must|has|have)\b/u;

/**
 * Whether two amounts of one unit are a range, list or choice: "5 kg to 7 kg". In "by 5 kg to 7 kg" the first is a
 * change, and before a comma it may be a circumstance of the second.
 */
function haveOneUnit(text: string, one: Atom, next: Atom): boolean {
  const joint = text.slice(Math.max(one.end, next.start - 6), next.start);
  if (!JOINS_AMOUNTS.test(joint)) return false;
  const lead = text.slice(Math.max(0, one.start - 60), one.start);
  if (/\bto\s$/.test(joint) && /\bby\s$/i.test(lead)) return false;
  if (/,\s$/.test(joint) && (GOVERNS.test(lead) || IS_SUBJECT.test(text.slice(next.end, next.end + 20))))
    return false;
  const { unit, end } = unitBehind(text, one.end);
  return (
    unit !== "" &&
    BETWEEN_AMOUNTS.test(text.slice(end, next.start)) &&
    unitBehind(text, next.end).unit === unit
  );
}

function isRatio(text: string, { start, text: number }: Atom): boolean {
  return !/^(?:1[5-9]|20)\d\d$/.test(number) && RATIO_AFTER.test(text.slice(Math.max(0, start - 60), start));
}

/** Most amounts of one unit that are joined. */
const MAX_AMOUNTS = 8;

/**
 * Whether two atoms are one expression, list or choice, or one amount in two units.
 *
 * @param place how many atoms the second one begins that are joined already
 */
export function areJoined(text: string, one: Atom, next: Atom, place = 1): boolean {
  const gap = text.slice(one.end, next.start);
  if (gap.length > MAX_JOINED) return false;
  const areNumbers = one.kind === "number" && next.kind === "number";
  if (areNumbers && WIDE_COLON.test(gap)) return true;
  if (areNumbers && gap === " : ") return isRatio(text, one);
  const plain = gap.replaceAll("**", "");
  if (JOINT.test(plain))
    return !plain.includes("=") || areListed(text.slice(Math.max(0, one.start - 40), one.start), plain);
  return (
    areNumbers &&
    (isPartOfAmount(text, one.end, next.start, next.end) ||
      (place <= MAX_AMOUNTS && haveOneUnit(text, one, next)))
  );
}
