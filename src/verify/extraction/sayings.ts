/**
 * @module
 * Parts of a sentence beside its answer: conditions, breakdowns, approximations, contrasts.
 */
import { parseAnswer } from "../equivalence/grammar.ts";
import { constantValue } from "../equivalence/value.ts";
import { equivalent } from "../equivalent.ts";
import { NAMED_VALUE, NEXT_VALUE, namesIn } from "./givens.ts";
import { unitBehind } from "./unit-behind.ts";

/** ", not 6" and "rather than 6" at the end, after the answer. */
const CONTRAST =
  /(?:,\s(?:and |but )?not|\s\(not|\s(?:rather than|instead of))\s(?!(?:less|more|greater|fewer|at|exactly|only|necessarily)\b)[^.,;()\n]{1,30}\)?[.!]?\s*$/i;
const AFTER_NUMBER = /\d[^\d\n]{0,40}$/;
/** "in base 5", "(mod 7)", "when divided by 7" at the end. */
const MODULUS = /\s(?:\(?in base \d{1,2}\)?|\((?:base|mod) \d+\)|when (?:it is )?divided by \d+)\.?\s*$/;
/** "at x = 7", ", where x = 5 and y = 7" and "at (5, 7)" at the end. */
const CONDITION = new RegExp(
  String.raw`(?:,|\s?\()?\s?(?<![\p{L}\p{N}])(?:(?:which\s(?:is\s)?(?:occurs|attained|reached|achieved|obtained)|occurring|attained|reached|achieved|obtained)\s)?(at|if|when|where|for|with|since|because|as|using|given(?:\sthat)?)\s(${NAMED_VALUE}(?:${NEXT_VALUE}${NAMED_VALUE}){0,4}|(?:the\spoint\s)?\$?\([-−\d.,\s]{3,20}\)\$?)\)?\.?\s*$`,
  "u",
);
/** "(x = 5, y = 7)" at the end. */
const GIVEN = new RegExp(String.raw`\s\(${NAMED_VALUE}(?:${NEXT_VALUE}${NAMED_VALUE}){0,4}\)\.?\s*$`, "u");
const NUMBER = /\d[^\s\d]{0,8}$/;
/** A value before "at (5, 7)": alone, or of a subject that has a value at a point. */
const VALUE_AT =
  /^[\s*$]*[-−]?[$€£]?\d[\d.,/]*[$*]*$|(?<![\p{L}\d])[zZPCf]\s?=\s?\d[\d.,]*$|\b(?:max(?:imum)?|min(?:imum)?|value|answer|slope|gradient|derivative|temperature)\b[^.]{0,40}(?:\bis|\bof|\bequals|=|:)\s[$]?[-−]?\d[\d.,/]*[^\s\d]{0,4}$/iu;
/** Words before a value that solves the equation in front of them: "3x = 12 with x = 4". */
const REASONS = /^(?:since|because|with|as)$/;
/** The end of an amount, before a condition. */
const AMOUNT = /\d[^\s\d]{0,8}(?:\s[a-zA-Z°µΩ][a-zA-Z²³/^\d]{0,11})?$/;
/** "of the 10" after the number that is meant, and the words for what is counted before another such number. */
const OUT_OF = /(?<=\d)\s(?:out )?of (?:the|these|those|its|all) \d+(?=\s\p{L})/gu;
const COUNTED_BETWEEN =
  /(?<=\d\s(?:out )?of (?:the|these|those|its|all) \d{1,6})(?:\s\p{L}+){1,3}?(,?\s(?:and|or)\s|,\s)(?=\d+\s(?:out )?of (?:the|these|those|its|all) \d)/gu;
/** ": 3 cats and 2 dogs", and their sum before it. */
const [BREAKDOWN, SUM] = [
  /^(?::|\s\()\s?((?:\d+(?:\s\p{L}+){1,3}(?:,\s(?:and\s)?|\s(?:and|plus)\s)){1,6}\d+(?:\s\p{L}+){1,3})\)?\.?\s*$/u,
  /(\d+)(?:\s\p{L}+){0,3},?$/u,
];
/** "(≈ 3.46)" and ", or about 3.46" after an exact value. */
const ROUNDED =
  /(?<=[\d)π])\s?(?:\s?\((?:or )?(?:≈|about|approximately|approx\.?|roughly)|,?\s(?:or|which is|i\.e\.,?)\s(?:≈|about|approximately|roughly))\s?([-−]?\d[\d.,]*(?<!,)%?)\)?(?=[.!]?\s*$)/i;
const ROUNDS = /≈|about|approx|roughly/i;
/** An amount, and another one in a bracket behind it. */
const TWICE =
  /(?<![\p{L}\p{N}.,/])([-−$€£]?\d[\d.,/]*)(\s?[\p{L}%°][\p{L}/%²³°^\d]{0,9})?\s\((?:or |= ?)?([-−$€£]?\d[\d.,/]*)(\s?[\p{L}%°][\p{L}/%²³°^\d]{0,9})?\)(?=[.!]?\s*$)/u;
/** "(5 red + 7 green)" at the end, and the number before it. */
const ARITHMETIC =
  /\s\(=?\s?((?:[-−]?\d[\d.]*[\p{L}\s²³°]{0,20}[-+−–×*·÷/]\s?){1,6}\d[\d.]*[\p{L}\s²³°]{0,20})\)[.!]?\s*$/u;
const RESULT = /(?<![\p{L}\d.,])([-−]?\d[\d.,]*)(?:\s?[\p{L}²³°%]+){0,3}$/u;
const MAX_TAIL = 120;

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
  return unitBehind(`1${unit}`, 1).unit !== "";
}

/** The text before its end where the end matches and what is before it, too; else all of it. */
function before(tail: string, end: RegExp, lead: RegExp): string {
  const at = end.exec(tail)?.index;
  return at !== undefined && lead.test(tail.slice(0, at)) ? tail.slice(0, at) : tail;
}

/** Whether a name is an unknown of the one equation before it: x in "2x + 3 = 7", but not in "f(x) = 7" or "y = 2x = 7". */
function solves(name: string, lead: string): boolean {
  const [left = "", right, ...more] = lead.split("=");
  return (
    right !== undefined &&
    more.length === 0 &&
    new RegExp(String.raw`(?<![\p{L}(])${name}(?![\p{L})])`, "u").test(left)
  );
}

/** The value before a condition on other values; "at x = 2 and x = 5" lists answers, and "meet at (5, 7)" is one. */
function withoutCondition(tail: string): string {
  const match = CONDITION.exec(tail);
  if (match === null) return before(tail, GIVEN, NUMBER);
  const [, word = "", condition = ""] = match;
  const names = namesIn(condition);
  const lead = tail.slice(0, match.index);
  if (names.length === 0) return VALUE_AT.test(lead) ? lead : tail;
  if (new Set(names).size < names.length) return tail;
  return REASONS.test(word) && names.some((name) => solves(name, lead))
    ? tail
    : before(tail, CONDITION, AMOUNT);
}

/** The sum before its parts: "5 animals" of "5 animals: 3 cats and 2 dogs". */
function withoutParts(tail: string): string {
  const at = Math.max(tail.lastIndexOf(": "), tail.lastIndexOf(" ("));
  const parts = at < 0 ? undefined : BREAKDOWN.exec(tail.slice(at))?.[1];
  if (parts === undefined) return tail;
  const total = parts.match(/\d+/g)?.reduce((all, part) => all + Number(part), 0);
  const said = SUM.exec(tail.slice(0, at))?.[1];
  return said !== undefined && Number(said) === total ? tail.slice(0, at) : tail;
}

/** The result before the arithmetic that gives it: "12 apples" of "12 apples (5 red + 7 green)". */
function withoutSum(tail: string): string {
  const [bracket, sum = ""] = ARITHMETIC.exec(tail) ?? [];
  if (bracket === undefined) return tail;
  const lead = tail.slice(0, -bracket.length);
  const result = RESULT.exec(lead)?.[1]?.replaceAll(",", "");
  const tree = parseAnswer(sum.replaceAll(/[\p{L}²³°]+/gu, " "));
  const value = tree && constantValue(tree);
  return value !== undefined && Math.abs(value - Number(result)) <= 1e-9 * Math.abs(value) ? lead : tail;
}

/** A text without such clauses at its end; "2√3 (about 3.46)" becomes "2√3 ≈ 3.46". */
export function withoutAsides(text: string): string {
  let tail = text.slice(-MAX_TAIL);
  if (!/\d/.test(tail)) return text;
  tail = before(tail, CONTRAST, AFTER_NUMBER);
  if (!tail.includes("≡")) tail = withoutCondition(before(tail, MODULUS, AMOUNT));
  if (tail.includes(" of ")) tail = tail.replaceAll(COUNTED_BETWEEN, "$1").replaceAll(OUT_OF, "");
  tail = withoutParts(tail);
  if (tail.includes(" (")) tail = saidOnce(withoutSum(tail));
  if (ROUNDS.test(tail)) tail = tail.replace(ROUNDED, " ≈ $1");
  return text.slice(0, -MAX_TAIL) + tail;
}
