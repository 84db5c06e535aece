/**
 * @module
 * Whole expressions in running text. A number within a larger expression, a list or a choice is never extracted alone:
 * the answer is all of it, or there is none.
 */
import { MONTH_NAME } from "../equivalence/dates.ts";
import { isDoubted, isHedged } from "./assertion.ts";
import { Matches } from "./matches.ts";
import { isPartOfAmount, unitBehind } from "./unit-behind.ts";

/** Mathematics between delimiters, on one line or in display. */
const SPAN = String.raw`\$\$[^$]{1,400}\$\$|(?<!\\)\$(?! ?[\d.,]+ [a-z]{2,})[^$\n]{1,300}(?<!\\)\$(?!\d)|\\\((?:(?!\\\))[\s\S]){1,400}\\\)|\\\[(?:(?!\\\])[\s\S]){1,400}\\\]`;
const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+`;
const POWER_OF_TEN = String.raw`\s?(?:[×*·xX]|\\times|\\cdot)\s?10\s?(?:\^\s?(?:\{\s?[-+−]?\d{1,3}\s?\}|[-+−]?\d{1,3})|\*\*\s?[-+−]?\d{1,3}|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)`;
/** Roots of numerals and π behind a coefficient, or alone: "2√3", "25π", "√(2)/2", "π/4". */
const SURD = String.raw`√\s?(?:\d+|\(\d+\))`;
const CLOSED = String.raw`(?:${DIGITS})(?:\s?${SURD}π?|π)|${SURD}π?|π(?=\s?\/\s?\d)`;
const MONTH = String.raw`${MONTH_NAME}\.?`;
const DATE = String.raw`${MONTH}\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}(?!\d)|\d{1,2}(?:st|nd|rd|th)?\s(?:of\s)?${MONTH},?\s\d{4}(?!\d)`;
const HALF_OF_DAY = String.raw`\s?[aApP]\.?[mM](?:\.|\b)`;
const NUMBER = String.raw`(?<![\p{Script=Latin}\p{N}_.])(?:${DATE}|(?:(?<![\p{N})}]\s?)[-+−±]|(?<=[=≈]\s?)[-−]\s|[Nn]egative\s|(?<=^|[.,:;=(]\s?|\b(?:is|are|was|be|equals|gives|about)\s)[Mm]inus\s)?[$€£¥]?(?:${CLOSED}|(?:${DIGITS})(?:[eE][-+]?\d+|${POWER_OF_TEN})?)(?:\s?\/\s?\d+(?:\.\d+)?|:\d+(?::\d+)?(?:${HALF_OF_DAY})?|${HALF_OF_DAY}| \d+\/\d+)?(?:\s?(?:\\%|[%％°‰$€£¥]C?))?)`;
/** A fraction of LaTeX without delimiters that ends a sentence and is no part of more: "is \\frac{3}{8}." */
const FRACTION = String.raw`(?<![\p{L}\p{N})}\]^_\\+*/|-])(?<![\p{N})}\]+*/^-]\s)[-−]?\\[dt]?frac\{[^{}\n]{1,40}\}\{[^{}\n]{1,40}\}(?=\s?(?:[.;!](?:\s|$)|\n|$))`;
/** A or B or (A); the article, the pronoun and letters with an apostrophe are none. */
const OPTION = String.raw`[(（]([A-Ja-j])[)）]|(?<![\p{Script=Latin}\p{N}_'’$\\^{=(+*/<>&|-]|[=+*/<>-]\s|(?<![\p{L}])[A-J]:|[A-Z]\.)(A(?!\s[a-z])|A(?=\s(?:is|or|and|nor|vs|to|maybe|perhaps|possibly)\b)|[B-HJ])(?![\p{Script=Latin}\p{N}_'’(^}+*/<>&|]|\s?[=+*/<>]|-\w|\.[A-Z]|:[A-J]\b)`;
/** A point or an interval in plain text; rows of numbers in brackets. */
const TUPLE = String.raw`(?<![\p{Script=Latin}\p{N}])(?:[[(]\s?[-+−]?(?:[\d.]|∞)[^[\](){}\n$]{0,60},[^[\](){}\n$]{1,60}[\])]|\[\s?\[[^[\](){}\n$]{1,60}\](?:\s?,\s?\[[^[\](){}\n$]{1,60}\]){0,8}\s?\])`;
const ATOM = new RegExp(`(${SPAN}|${FRACTION}|${TUPLE})|${OPTION}|(${NUMBER})`, "gu");
/** Between two atoms that are one expression, one list or one choice. */
const JOINT =
  /^(?:[\s,;，、；/&+*×·÷^−–—<>≤≥±√π()[\]{}|~-]|[A-Za-z]\s?=|\bnor\b|\bvs\b|[?…]|\.(?=\.)|(?<=\.)\.(?!\.)|\bor it(?: is|'s)\b|\bx\b|\bby\b|\bin\b|\bout of\b|\\[,;:! ]|\band\b|\bor\b|\bto\b|和|或|到|\bplus\b|\bminus\b|\btimes\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\beither\b|\beven\b|option|choice)*$/u;
/** Text that makes the number before it part of something larger. */
const CONTINUES =
  /^(?:\p{M}|(?:st|nd|rd|th)\b|\s?(?:[+*×·÷^_√π!<>≤≥∈½⅓⅔¼¾⅛\\]|[–—]\s?[\d(]|[-−]\s?[\d(]|\/\s?[\p{Script=Latin}\d(]|[\p{Script=Latin}\p{Script=Greek}](?![\p{Script=Latin}])(?<![aAI])|\((?=[\d\p{L}][^)]{0,3}\))|\s?(?:pi|sqrt|log|ln|sin|cos|tan|exp)\b|(?:or|to|and a|and one|plus|minus|times|squared|cubed|factorial|over|dozen|halves|half|thirds?|quarters?|fourths?|fifths?|choose|mod|modulo|million|thousand|billion)\b|[十百千万亿兆](?![米克瓦])))/u;
const MAX_JOINED = 60;

interface Atom {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly kind: "span" | "option" | "number";
}

function atoms(text: string): Atom[] {
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
function isExponent(text: string, before: Atom, { start, end, kind }: Atom): boolean {
  if (kind !== "number" || before.kind !== "number" || start - before.end > 24) return false;
  return /\^\{?$/.test(text.slice(Math.max(0, start - 2), start)) && unitBehind(text, before.end).end >= end;
}

/** "3rd" */
function isOrdinal(text: string, { end, kind }: Atom): boolean {
  return kind === "number" && /^(?:st|nd|rd|th)\b/.test(text.slice(end, end + 3));
}

/** Whether two atoms are one expression, list or choice, or one amount in two units. */
function areJoined(text: string, one: Atom, next: Atom): boolean {
  const gap = text.slice(one.end, next.start);
  if (gap.length > MAX_JOINED) return false;
  if (JOINT.test(gap.replaceAll("**", ""))) return true;
  const areNumbers = one.kind === "number" && next.kind === "number";
  return areNumbers && isPartOfAmount(text, one.end, next.start, next.end);
}

/** The part of an equation or chain that is its result: what follows the last "=" outside brackets. */
function result(text: string): string {
  const plain = text.replace(/^\(\s?(.*[^\s])\s?\)$/s, "$1");
  const at = Math.max(plain.lastIndexOf("="), plain.lastIndexOf("≈"));
  return at < 0 || /[{[(]/.test(plain.slice(at)) ? text : plain.slice(at + 1);
}

/** The content of mathematics between delimiters. */
function inside(span: string): string {
  return span
    .replace(/^(?:\$\$?|\\[([])/, "")
    .replace(/(?:\$\$?|\\[)\]])$/, "")
    .trim();
}

/** Arithmetic on numerals before the last "=". */
const ARITHMETIC =
  /^(?:[\d\s.,+\-−*×·÷/^(){}%=√]|\\(?:[dt]?frac|times|cdot|div|sqrt|left|right|%|,)(?![a-z]))*=\s*(?=\S)/;

/** The result of "2 \\times 3 = 6"; all other mathematics as it is. */
export function resultOf(mathematics: string): string {
  return mathematics.replace(ARITHMETIC, "");
}

const ENDS = /[.!?](?=\s)|[。！？\n]/g;

/** Whether the sentence around an expression asks, or hedges. */
function isOpen(text: string, start: number, end: number): boolean {
  const lead = text.slice(Math.max(0, start - 200), start);
  const from = [...new Matches(lead, ENDS)].at(-1);
  const following = text.slice(end, end + 200);
  return (
    isHedged(from === undefined ? lead : lead.slice(from.index + 1)) ||
    isDoubted(following.slice(0, 40)) ||
    /^[^.!?。！？\n]{0,200}[?？]/.test(following)
  );
}

/**
 * The last whole expression or option letter of a text: mathematics between delimiters, a number with its unit, a
 * letter; with everything joined to it by signs, commas, "and" or "or". Null if there is none.
 */
export function lastExpression(text: string): string | null {
  if (CONTRAST.test(text.slice(-MAX_CONTRAST))) return lastExpression(text.replace(CONTRAST, ""));
  const all = atoms(text);
  // The exponent of a unit, "5 cm^2", belongs to the number before it.
  while (all.length > 1 && isExponent(text, all.at(-2)!, all.at(-1)!)) all.pop();
  // "5 people in the 3rd row"
  while (all.length > 1 && isOrdinal(text, all.at(-1)!) && !areJoined(text, all.at(-2)!, all.at(-1)!))
    all.pop();
  const last = all.at(-1);
  if (last === undefined) return null;
  let first = all.length - 1;
  for (; first > 0; first--) {
    if (!areJoined(text, all[first - 1]!, all[first]!)) break;
  }
  const joined = all.slice(first);
  const distinct = new Set(joined.map((atom) => atom.text));
  const start = all[first]!.start;
  const before = text.slice(Math.max(0, start - 40), start).replace(/[=-]>\s?$/, "");
  const after = text.slice(last.end, last.end + 40);
  if (DENIES.test(before) || (last.kind === "number" && IS_WRONG.test(after))) return null;
  if (last.kind === "option" && (RULED_OUT.test(before) || IS_DENIED.test(after))) return null;
  if (isOpen(text, start, last.end)) return null;
  const name = last.kind === "option" && joined.length === 1 ? NAMES.exec(before)?.[1] : undefined;
  if (name !== undefined) return `${name} ${last.text}`;
  if (last.kind !== "number") {
    const areMembers =
      joined.length > 1 && /^(?:\$|\\[([])/.test(last.text) && LISTS.test(text.slice(start, last.end));
    if (distinct.size === 1 && !areMembers)
      return last.kind === "span" ? resultOf(inside(last.text)) : last.text;
    return text.slice(start, last.end);
  }
  const end = unitBehind(text, last.end).end;
  const label = LABEL.exec(before)?.[0];
  if (label !== undefined) return `${label}${text.slice(start, last.end)}`.trim();
  const bound = BOUND.exec(before)?.[1];
  if (bound !== undefined && !CONTINUES.test(text.slice(end, end + 24)))
    return bound + text.slice(start, end);
  const isPart =
    CONTINUES.test(text.slice(end, end + 24)) || PRECEDES.test(before.slice(-12)) || MULTIPLIES.test(before);
  if (isPart) return text.slice(Math.max(0, start - 12), end + 24).trim();
  const whole = text.slice(start, end);
  return (CHOICE.test(whole) ? whole : result(whole)).trim() || null;
}

/** "$5$ and $5$" */
const LISTS = /(?:\$|\\[)\]])\s?(?:,|;|，|、|and\b|和)/;
/** Several values, of which none is the result. */
const CHOICE = /[,;，、；/]\s|\b(?:or|and|to|nor)\b|[或和到]/;
/** Text that makes the number after it part of something larger, a bound, or a denial. */
const PRECEDES =
  /(?:[+*×·÷/^_√{<>≤≥≠±∓]|\\[a-z]+|[\p{Script=Latin}]\(|[\p{Script=Latin}\p{No})\]]\s?[-−])\s?\(?$|[<>≤≥≠]=?\s?$|\b(?:minus|plus|times|out of)\s$|\b(?:log|ln|lg|sin|cos|tan|sqrt|exp)\s?\(?$/u;
/** A letter and its relation to the number after it: "so x ≥ 5". */
const BOUND = /(?:^|[\s(])(?<![\p{N})}=<>≤≥≠+*/^×·√-]\s?|\b(?:and|or)\s)([a-zA-Z]\s?(?:<=|>=|[<>≤≥≠])\s?)$/u;
const MULTIPLIES =
  /\b(?:twice|thrice|double|triple|(?:root|square|cube|logarithm|reciprocal|opposite|inverse|negative|multiple|power|factor|divisor) of|(?:half|thirds?|quarters?|fourths?|fifths?|tenths?|percent) of|% of)\s(?:the )?$/i;
const DENIES =
  /(?:\b(?:not|never|nor|neither|than|least|most|up to|without|except|cannot be|(?:anything|everything|all) but)|n['’]t(?: be)?|不是|非|不[应要能该可]?选择?|排除)\s?(?:the |an? |option |choice |answer )?[*"'“(]{0,3}$/i;
const RULED_OUT =
  /\b(?:no|rul(?:e|ed|ing) out|eliminat\w*|exclud\w*|reject\w*|discard\w*)\s(?:the |option |choice )?\(?$/i;
/** Words that a number enumerates: "Step 7" is not 7. */
const LABEL =
  /\b(?:step|image|figure|fig\.|picture|photo|question|problem|page|section|chapter|example|exercise)\s(?:no\.?\s|#)?$/i;
/** A name that includes the letter after it: "Vitamin C". */
const NAMES =
  /(?:^|[\s"'“(])(?!(?:Option|Choice|Answer|Letter|Image|Picture|Figure|Panel|Select|Choose|Pick|Is|So|Then|Thus|Hence|Therefore|The|Just|Only|Both|And|Or|Either|Neither|Not|I|\p{L}+ly)\s)(\p{Lu}\p{Ll}+|vitamin|hepatitis|type)\s$/u;
/** Text that denies the number before it. */
const IS_WRONG = /^[)*"'”]*\s(?:is|was)(?:n['’]t|\snot|\s(?:wrong|incorrect|false))\b/i;
/** ", not 6" and "rather than 6" at the end, after the answer. */
const CONTRAST =
  /(?<=\d[^\d\n]{0,40})(?:,\s(?:and |but )?not|\s\(not|\s(?:rather than|instead of))\s(?!(?:less|more|greater|fewer|at|exactly|only|necessarily)\b)[^.,;()\n]{1,30}\)?[.!]?\s*$/i;
const MAX_CONTRAST = 120;
/** Text that denies the letter before it. */
export const IS_DENIED =
  /^[)*"'”]*\s(?:is|was|are|seems|would be|can|could|does|do)\s?(?:not\b|n['’]t\b|wrong|incorrect|false|a trap|a distractor|impossible|out\b)|^[)*"'”]*\s(?:isn|wasn|aren|can|couldn|doesn)['’]t\b|^[)*"'”]*\s(?:cannot|fails?|failed)\b/i;
