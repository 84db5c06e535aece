/**
 * @module
 * Whole expressions in running text. A number within a larger expression, a list or a choice is never extracted alone:
 * the answer is all of it, or there is none.
 */
import { equivalent } from "../equivalent.ts";
import { isDeniedBehind, isDoubted, isHedged, isUnasserted } from "./assertion.ts";
import { areJoined, atoms, isExponent, isOrdinal } from "./atoms.ts";
import { withoutDelimiters } from "./decoration.ts";
import { NAME } from "./givens.ts";
import { Matches } from "./matches.ts";
import { mathematicsAround, valueGiven } from "./mathematics.ts";
import { withoutAsides } from "./sayings.ts";
import {
  COUNTED,
  FUNCTION,
  JOINING_WORD,
  OPERATOR,
  PART_WORD,
  PRODUCT,
  SCALE_SIGN,
  SCALE_WORD,
  SMALL_DIGIT,
} from "./signs.ts";
import { unitBehind } from "./unit-behind.ts";

/** Text that makes the number before it part of something larger. */
const CONTINUES = new RegExp(
  String.raw`^(?:\p{M}|(?:st|nd|rd|th)\b|-(?!${COUNTED}(?!\p{L}))\p{L}|\.\d|\s?(?:[${OPERATOR}${SMALL_DIGIT}_π!∈\\]|—\s?[\d(]|[-−–]\s?(?:[\d(|√∛]|\p{Script=Greek}|(?!a\s\p{L})[a-z](?![\p{L}.)]))|\/\s?[\p{Script=Latin}\d(√|]|[：∶]\s?\d|[\p{Script=Latin}\p{Script=Greek}](?![\p{Script=Latin}])(?<![AI]|\sa(?=\s\p{L}))|\((?=[\d\p{L}][^)]{0,3}\))|(?:pi|${FUNCTION})(?!\p{L})|(?:or|to|and a|and one|squared|cubed|factorial|${JOINING_WORD}|${SCALE_WORD}|${PART_WORD})\b|${SCALE_SIGN}))`,
  "u",
);
/** Letters directly behind a number. */
const MULTIPLIED = new RegExp(`^${PRODUCT}`, "u");
/** A bracket that opens on a factor: "5(x + 2)". */
const FACTOR = /^\((?=[^()]{0,40}[-+−*/^²][^()]{0,40}\))/;

/** The part of an equation or chain that is its result: what follows the last "=" outside brackets. */
function result(text: string): string {
  const plain = text.replace(/^\(\s?(.*[^\s])\s?\)$/s, "$1");
  const at = plain.lastIndexOf("=");
  return at < 0 || /[{[(]/.test(plain.slice(at)) ? text : plain.slice(at + 1);
}

/** Numerals and signs, with no root and no π, and more than a fraction of whole numbers. */
const CALCULATION = /^(?!\s*[-−]?\d+\s?\/\s?\d+\s*≈)[-+−*×·÷/^()\d\s.,]+≈\s*(?=[-−]?\d)/;

/** The estimate of "1.5 × 2.31 ≈ 3.46"; of "2√3 ≈ 3.46" all of it, as its exact value is the answer. */
function estimated(text: string): string {
  const plain = text.replace(CALCULATION, "");
  const behind = plain.slice(plain.lastIndexOf("≈") + 1);
  const estimate = behind.includes("(") ? behind : behind.replace(/\)$/, "");
  return plain === estimate || equivalent(plain, estimate) ? plain : estimate;
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

/** The sentence before a place, as far as it is searched. */
function sentenceBefore(text: string, start: number): string {
  const lead = text.slice(Math.max(0, start - 200), start);
  const from = [...new Matches(lead, ENDS)].at(-1);
  return from === undefined ? lead : lead.slice(from.index + 1);
}

/** Whether the sentence around an expression asks, hedges, or says what others think. */
function isOpen(text: string, start: number, end: number): boolean {
  const lead = sentenceBefore(text, start);
  const following = text.slice(end, end + 200);
  return (
    isHedged(lead) ||
    isUnasserted(lead) ||
    isDoubted(following.slice(0, 40)) ||
    isDeniedBehind(following) ||
    /^[^.!?。！？\n]{0,200}[?？]/.test(following)
  );
}

/** The text from one place to another, with the brackets around it that it opens or closes. */
function balanced(text: string, from: number, to: number): string {
  let [start, end, depth, lowest] = [from, to, 0, 0];
  for (let i = start; i < end; i++) {
    if ("([{".includes(text[i]!)) depth++;
    else if (")]}".includes(text[i]!)) lowest = Math.min(lowest, --depth);
  }
  for (; lowest < 0 && start > 0 && "([{".includes(text[start - 1]!); lowest++, depth++) start--;
  for (; depth > 0 && ")]}".includes(text[end] ?? " "); depth--) end++;
  return text.slice(start, end);
}

/** A whole expression, and whether more than a number with its unit. */
interface Expression {
  readonly text: string;
  readonly isPart: boolean;
}

/**
 * The last whole expression or option letter of a text: mathematics between delimiters, a number with its unit, a
 * letter; with everything joined to it by signs, commas, "and" or "or". Null if there is none.
 */
export function lastExpression(text: string): string | null {
  return findExpression(text)?.text ?? null;
}

/** `lastExpression`, and whether a number in it is part of more. */
export function findExpression(said: string): Expression | null {
  const text = withoutAsides(withoutDelimiters(said));
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
    if (!areJoined(text, all[first - 1]!, all[first]!, all.length - first)) break;
  }
  const joined = all.slice(first);
  const start = all[first]!.start;
  const before = text.slice(Math.max(0, start - 40), start).replace(LEADS, "");
  const after = text.slice(last.end, last.end + 40);
  if (DENIES.test(before) || (last.kind === "number" && IS_WRONG.test(after))) return null;
  if (last.kind === "option" && (RULED_OUT.test(before) || IS_DENIED.test(after))) return null;
  if (isOpen(text, start, last.end)) return null;
  const name = last.kind === "option" && joined.length === 1 ? NAMES.exec(before)?.[1] : undefined;
  if (name !== undefined) return whole(`${name} ${last.text}`);
  if (last.kind !== "number") {
    const distinct = new Set(joined.map((atom) => atom.text));
    const areMembers = LISTS.test(text.slice(start, last.end));
    if (distinct.size === 1 && !areMembers)
      return whole(last.kind === "span" ? resultOf(inside(last.text)) : last.text);
    return whole(balanced(text, start, last.end));
  }
  return numberAt(text, start, last.end, before);
}

function whole(text: string): Expression | null {
  const plain = text.trim();
  return plain === "" ? null : { text: plain, isPart: false };
}

/** The expression that ends with a number, given its place and the text before it. */
function numberAt(text: string, start: number, numberEnd: number, before: string): Expression | null {
  const { end } = unitBehind(text, numberEnd);
  const label = LABEL.exec(before)?.[0];
  if (label !== undefined) return whole(`${label}${text.slice(start, numberEnd)}`);
  const following = text.slice(end, end + 24);
  const isContinued =
    CONTINUES.test(following) ||
    FACTOR.test(text.slice(end, end + 90)) ||
    (end === numberEnd && MULTIPLIED.test(following));
  const bound = BOUND.exec(before)?.[1];
  if (bound !== undefined && !isContinued) return whole(bound + text.slice(start, end));
  const described = text[end] === ")" ? DESCRIBED.exec(before)?.[1] : undefined;
  if (described !== undefined) return whole(described);
  const named = NAMED.exec(before)?.[1];
  if (named !== undefined && !isContinued) return whole(named + text.slice(start, end));
  const lead = before.slice(-24);
  const value = balanced(text, start, end);
  const isPart =
    isContinued ||
    PRECEDES.test(lead) ||
    MULTIPLIES.test(before) ||
    (/(?:^|[\s(=+*×·÷/−–-])\|\(?$/.test(lead) && /^\)?\|/.test(following)) ||
    (/[^\s|]\|\s?$/.test(lead) && !following.startsWith("|")) ||
    hasOpenBar(value);
  const isSeveral = CHOICE.test(value);
  const isEquated = !isPart && !isSeveral && (/[=＝]\s?[^\s\d]?$/.test(lead) || /[=＝]/.test(value));
  if (isPart || isEquated) {
    const around = MULTIPLIES.test(before) ? undefined : mathematicsAround(text, { start, end });
    if (around !== undefined) {
      const mathematics = text.slice(around.start, around.end);
      const given = valueGiven(mathematics, text.slice(Math.max(0, around.start - 60), around.start));
      if (isPart || (given === mathematics && /[=＝]/.test(given)))
        return { text: estimated(given), isPart: true };
    } else if (isPart) return { text: text.slice(Math.max(0, start - 12), end + 24).trim(), isPart: true };
  }
  if (!isSeveral) return whole(estimated(result(value)));
  // "x = 3, y = 4"
  const nameBefore = /[=＝]/.test(value) ? NAME_BEFORE.exec(before)?.[1] : undefined;
  return whole(`${nameBefore ?? ""}${value}`.replaceAll(/\s*\n\s*(?:[-*•]\s)?/g, ", "));
}

/** An arrow, or the mark of an item in a list, before what counts. */
const LEADS = /[=-]>\s?$|(?<=(?:^|\n)[ \t]*)[•*·]\s$/;
/** Whether a text has one of the two bars around a value. */
function hasOpenBar(text: string): boolean {
  return /\S\||\|\S/.test(text) && text.split("|").length % 2 === 0;
}

/** "$5$ and $5$" */
const LISTS = /(?:\$|\\[)\]])\s?(?:,|;|，|、|and\b|和)/;
/** Several values, of which none is the result. */
const CHOICE = /[，、；\n]|[,;/]\s|\b(?:or|and|to|nor)\b|[或和到]/;
const NAME_BEFORE = new RegExp(String.raw`(?<![\p{Script=Latin}\p{N}])(${NAME}\s?[=＝]\s?)$`, "u");
/** Text that makes the number after it part of something larger, a bound, or a denial. */
const PRECEDES = new RegExp(
  String.raw`(?:[${OPERATOR}/_{]|\\[a-z]+|[\p{Script=Latin}]\(|[\p{Script=Latin}\p{No})\]!|]\s?[-−–]|[⌊⌈])\s?\(?$|≠=?\s?$|\b(?:${JOINING_WORD}|out of)\s$|\(mod\s$|\b${FUNCTION}\s?\(?$`,
  "u",
);
/** A letter and its relation to the number after it: "so x ≥ 5". */
const BOUND = /(?:^|[\s(])(?<![\p{N})}=<>≤≥≠+*/^×·√-]\s?|\b(?:and|or)\s)([a-zA-Z]\s?(?:<=|>=|[<>≤≥≠])\s?)$/u;
const MULTIPLIES = new RegExp(
  String.raw`\b(?:twice|thrice|double|triple|(?:root|square|cube|logarithm|reciprocal|opposite|inverse|negative|multiple|power|factor|divisor) of|(?:${PART_WORD}|percent) of|% of)\s(?:the )?$`,
  "i",
);
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
/** A name that includes the number after it: "It is Apollo 11." */
const NAMED =
  /\b(?:is|was|are|were)\s(?:an?\s|the\s)?(?!(?:About|Around|Exactly|Only|Just|Nearly|Almost|Total|Number|No|Over|Under|Roughly|Approximately|Minus|Negative|Plus|Positive|Option|Choice|Answer|Value)\s)((?:\p{Lu}[\p{L}'’-]*\s){1,3})$/u;
/** A name that the number in the bracket behind it belongs to: "It is China (14.2%)." */
const DESCRIBED = /\b(?:is|was)\s(\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}+){0,3})\s\($/u;
/** Text that denies the number before it. */
const IS_WRONG = /^[)*"'”]*\s(?:is|was)(?:n['’]t|\snot|\s(?:wrong|incorrect|false))\b/i;
/** Text that denies the letter before it. */
export const IS_DENIED =
  /^[)*"'”]*\s(?:is|was|are|seems|would be|can|could|does|do)\s?(?:not\b|n['’]t\b|wrong|incorrect|false|a trap|a distractor|impossible|(?:ruled |crossed )?out\b|eliminated|excluded|rejected|discarded)|^[)*"'”]*\s(?:isn|wasn|aren|can|couldn|doesn)['’]t\b|^[)*"'”]*\s(?:cannot|fails?|failed)\b|^(?:选?项)?\s?(?:是)?(?:不(?:正确|对)|错)/i;
