/**
 * @module
 * What a sentence says beside its answer, and no part of it: conditions, breakdowns, approximations, contrasts.
 */
import { equivalent } from "../equivalent.ts";
import { unitBehind } from "./unit-behind.ts";

/** ", not 6" and "rather than 6" at the end, after the answer. */
const CONTRAST =
  /(?<=\d[^\d\n]{0,40})(?:,\s(?:and |but )?not|\s\(not|\s(?:rather than|instead of))\s(?!(?:less|more|greater|fewer|at|exactly|only|necessarily)\b)[^.,;()\n]{1,30}\)?[.!]?\s*$/i;
/** "in base 5", "(mod 7)", "when divided by 7", "at x = 7" at the end, after the answer. */
const CONDITION =
  /(?<=\d[^\s\d]{0,8}(?:\s[a-z°]{1,12})?)\s(?:\(?in base \d{1,2}\)?|\((?:base|mod) \d+\)|when (?:it is )?divided by \d+|(?:at|if|when|where|for)\s[a-zA-Z]\s?(?:=|is)\s?[-−]?[\d.]{1,12}(?:\s[a-z]{1,3})?)\.?\s*$/;
/** "of the 10" after the number of those that are meant. */
const OUT_OF = /(?<=\d)\s(?:out )?of (?:the|these|those|its|all) \d+(?=\s\p{L})/gu;
/** ": 3 cats and 2 dogs" after their sum. */
const BREAKDOWN =
  /(?<=(\d+)(?:\s\p{L}+){0,3})(?::\s|,?\s\(|\s[–—-]\s)((?:\d+(?:\s\p{L}+){1,3}(?:,\s(?:and\s)?|\s(?:and|plus)\s)){1,6}\d+(?:\s\p{L}+){1,3})\)?\.?\s*$/u;
/** "(≈ 3.46)" and ", or about 3.46" after an exact value. */
const ROUNDED =
  /(?<=[\d)π])\s?(?:\s?\((?:or )?(?:≈|about|approximately|approx\.?|roughly)|,?\s(?:or|which is|i\.e\.,?)\s(?:≈|about|approximately|roughly))\s?([-−]?\d[\d.,]*(?<!,)%?)\)?(?=[.!]?\s*$)/i;
const MAX_TAIL = 120;

/** An amount, and another one in a bracket behind it. */
const TWICE =
  /(?<![\p{L}\p{N}.,/])([-−$€£]?\d[\d.,/]*)(\s?[\p{L}%°][\p{L}/%²³°^\d]{0,9})?\s\((?:or |= ?)?([-−$€£]?\d[\d.,/]*)(\s?[\p{L}%°][\p{L}/%²³°^\d]{0,9})?\)(?=[.!]?\s*$)/u;

/** "0.75 (75%)" and "5 m/s (18 km/h)" without the bracket. */
function saidOnce(tail: string): string {
  const match = TWICE.exec(tail);
  if (match === null) return tail;
  const [all, number = "", unit = "", other = "", otherUnit = ""] = match;
  const areUnits = isUnit(unit) && isUnit(otherUnit) && unit.trim() !== otherUnit.trim();
  if (!areUnits && !equivalent(number + unit, other + otherUnit)) return tail;
  return tail.slice(0, match.index) + number + unit + tail.slice(match.index + all.length);
}

function isUnit(unit: string): boolean {
  return unit !== "" && unitBehind(`1${unit}`, 1).unit !== "";
}

/** Whether a breakdown adds up. */
function addsUp(sum: string, parts: string): boolean {
  const total = parts.match(/\d+/g)?.reduce((all, part) => all + Number(part), 0);
  return Number(sum) === total;
}

/** A text without such clauses at its end; "2√3 (about 3.46)" becomes "2√3 ≈ 3.46". */
export function withoutAsides(text: string): string {
  let tail = text.slice(-MAX_TAIL);
  if (!/\d/.test(tail)) return text;
  const head = text.slice(0, -MAX_TAIL);
  if (CONTRAST.test(tail)) tail = tail.replace(CONTRAST, "");
  if (!/≡/.test(tail)) tail = tail.replace(CONDITION, "");
  if (/\sof\s/.test(tail)) tail = tail.replaceAll(OUT_OF, "");
  const [, sum, parts] = BREAKDOWN.exec(tail) ?? [];
  if (sum !== undefined && parts !== undefined && addsUp(sum, parts)) tail = tail.replace(BREAKDOWN, "");
  if (tail.includes(" (")) tail = saidOnce(tail);
  return head + tail.replace(ROUNDED, " ≈ $1");
}
