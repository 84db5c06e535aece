/**
 * @module
 * Words beside a number: a name that it is a part of, "Boeing 747", or a noun that it is the amount or the place of,
 * "Perimeter 12", "Day 12".
 */
import { numberInWords } from "../equivalence/number-words.ts";
import { isHedged } from "./assertion.ts";

/** Nouns of amounts: the number beside one is a value. Words that often end a name, as in "Air Force 1", are left out. */
const AMOUNT = String.raw`(?:answers?|values?|numbers?|no\.?|nr\.?|totals?|sums?|differences?|products?|quotients?|remainders?|ratios?|lengths?|widths?|heights?|depths?|distances?|radius|diameters?|circumferences?|perimeters?|areas?|volumes?|angles?|slopes?|gradients?|intercepts?|prices?|costs?|amounts?|counts?|quantit(?:y|ies)|averages?|means?|medians?|variances?|maximum|minimum|percent(?:age)?s?|probabilit(?:y|ies)|rates?|speeds?|velocit(?:y|ies)|accelerations?|temperatures?|weights?|mass(?:es)?|densit(?:y|ies)|pressures?|durations?|ages?|scores?|results?|solutions?|profits?|loss(?:es)?|populations?|frequenc(?:y|ies)|hypotenuse|diagonals?)`;
/**
 * Nouns of things that are numbered in order: the number beside one may be all that is asked for. "Step 7" and
 * "Figure 2" are references.
 */
const NUMBERED = `(?:days?|weeks?|months?|years?|hours?|minutes?|quarters?|grades?|levels?|stages?|phases?|rounds?|rows?|columns?|lines?|pages?|questions?|problems?|items?|images?|pictures?|photos?|panels?|graphs?|diagrams?|charts?|plots?|shapes?|pieces?|parts?|positions?|places?|ranks?|points?|floors?|cases?|cycles?|trials?|tests?|experiments?|samples?|frames?)`;
const ADVERB =
  "(?:About|Around|Exactly|Only|Just|Nearly|Almost|Over|Under|(?:Approximate|Rough|Exact|Actual|Slight|Probab|Possib|Clear|Simp|Mere|Precise|Virtual|Typical|Final|Total|Like|Real)ly)";
/** Words that only introduce a number. */
const INTRODUCES = new RegExp(
  `^(?:${ADVERB}|Minus|Negative|Plus|Positive|Equals?|Choice|Option|Approx\\.?|In|At|On|By|For|From|Since|After|Before|Until|Between|There|Is|It['’]s)\\s`,
);
/** A noun that names an amount and nothing else, or a word that only introduces a number. */
const NO_NAME = new RegExp(
  String.raw`^(?:(?:answer|value|number|total|sum|difference|ratio|area|length|height|width|radius|diameter|perimeter|volume|angle|slope|distance|speed|price|cost|average|mean|median|maximum|minimum|age|probability|percentage)s?|the\s(?:${AMOUNT}|mode|range|force|power|time|side)|${ADVERB}|there\s.*|it\s.*)$`,
  "iu",
);
const FUNCTION = /\b(?:sin|cos|tan|cot|sec|csc|arc(?:sin|cos|tan)|log|ln|sqrt|exp|gcd|lcm|max|min)(?!\p{L})/u;
/** Nouns that begin no name: the number behind one is the answer. */
const IS_AMOUNT =
  /^(?:Total|Number|No\.?|Nr\.?|Answer|Value|Length|Width|Height|Area|Sum|Angle|Price|Cost|Count)\s/;

/** A name that ends with a number, as "Apollo 11". */
const ENDS_WITH_NUMBER = /^(?:\p{Ll}?\p{Lu}[\p{L}\d'’.-]*\s){1,4}\d+\p{Lu}?$/u;
/** "12 Main Street" */
const BEGINS_NAME = /^\d+(?:\s\p{Lu}\p{Ll}+){2,4}$/u;
/** A name, and a number said of it: "China (14.2%)", "Germany with 12 medals". */
const NAME_WITH_NUMBER =
  /^(?!.*\b(?:options?|choice|one)\b)(?:(\p{L}[\p{L}'’ -]{2,40})\s\([^()]*\d[^()]*\)|(\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}*){0,3})\s(?:with|at|in|from|having|since)\s[^.:=]{0,30}\d[^:=]{0,20})$/u;

/** The name that a text with a number is. */
export function nameIn(plain: string): string | undefined {
  if (plain.length > 80 || !/\d/.test(plain) || !/\p{L}{2}/u.test(plain)) return undefined;
  if (BEGINS_NAME.test(plain)) return plain;
  if (ENDS_WITH_NUMBER.test(plain))
    return INTRODUCES.test(plain) || IS_AMOUNT.test(plain) ? undefined : plain;
  const [, bracketed, said] = NAME_WITH_NUMBER.exec(plain) ?? [];
  const name = bracketed ?? said;
  if (name === undefined || NO_NAME.test(name) || FUNCTION.test(name)) return undefined;
  return numberInWords(name.replace(INTRODUCES, "")) === undefined ? name : undefined;
}

/** A bound, which is no number: "slightly over 12", "just under 12". */
const BOUND =
  /^(?:(?:\p{L}+ly|just|well|far|still|a (?:bit|little)) )?(?:over|under|above|below|beyond|(?:more|less|fewer|greater|larger|smaller) than|at (?:least|most)|up to)\s[^\d\s]?\d[\d.,]*(?:\D{0,30})$/iu;

/** Whether a text is a bound and no value. */
export function isBound(text: string): boolean {
  return BOUND.test(text);
}

const LABEL = String.raw`(?!(?:[Nn]ot?|[Nn]ever|[Ww]rong|[Ii]ncorrect|[Ff]alse)\b)\p{L}[\p{L} '’/-]{1,60}(?:\s?\([^()\d]{1,20}\))?`;
const VALUE = String.raw`[-−+±$€£¥√π\\.]{0,3}\d.*`;
const NOUN = String.raw`^(?:the\s)?(?:(?:\p{L}+\s){0,3}${AMOUNT}|${NUMBERED})`;
/** A name that ends with its number: "Chanel No. 5", but not "Page Number 5". */
const NUMBERED_NAME =
  /^(?!(?:The|Total|Page|Question|Problem|Day|Item)\s)(?:\p{Lu}[\p{L}'’.-]*\s){1,3}(?:No\.?|Nr\.?|Number)\s?\d/u;
/** A label that denies, doubts or compares. */
const REFUSES =
  /^(?:i|we|it|this|that|there)\b.*(?:\b(?:not|never)\b|n['’]t\b)|^(?:not|never|cannot|can['’]t|either|neither|(?:less|more|fewer|greater) than|(?:over|under|above|below)(?=:))\b|\b(?:not|never|than|except|but|at (?:least|most)|up to)\s?:/i;
const LABELLED = [
  new RegExp(String.raw`^${LABEL}:\s?(${VALUE})$`, "su"),
  new RegExp(String.raw`${NOUN}\s(?:(?:no\.|number|=)\s?|#)?(${VALUE})$`, "isu"),
];
const MAX_LABELLED = 120;
/** A second value with its label. */
const LABELLED_AGAIN = /(?<!\p{L})\p{L}{2,60}:\s|[,;]\s\p{L}{2,60}\s[-−$]?\d/u;
/** A last label that is for all values before it. */
const TOTAL = /[,;]\s(?:and\s)?(?:the\s)?(?:total|sum|answer)(?:\s\p{L}+)?:\s?[^\s\d]{0,2}\d[^:,;]*$/iu;

function isLabelledAgain(value: string): boolean {
  return LABELLED_AGAIN.test(value.replaceAll(/\s?\([^()\d]*\)/g, ""));
}

/** The value behind a noun or a label: "12" of "Perimeter 12", "Day 12" and "Height in cm: 12". */
export function valueLabelled(text: string): string | undefined {
  if (text.length > MAX_LABELLED || NUMBERED_NAME.test(text)) return undefined;
  const value = LABELLED.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  if (value === undefined || isLabelledAgain(value)) return undefined;
  const label = text.slice(0, -value.length);
  return REFUSES.test(label) || isHedged(label) ? undefined : value;
}

/** Whether a text has several values, each behind its label, and none for all of them: "Cats: 5, Dogs: 7". */
export function labelsSeveral(text: string): boolean {
  if (text.length > MAX_LABELLED) return false;
  const [, value] = LABELLED[0]!.exec(text) ?? [];
  return value !== undefined && isLabelledAgain(value) && !TOTAL.test(value);
}
