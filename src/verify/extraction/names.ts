/**
 * @module
 * Words beside a number: a name that it is a part of, "Boeing 747", or a noun that it is the amount or the place of,
 * "Perimeter 12", "Day 12".
 */
import { numberInWords } from "../equivalence/number-words.ts";

/** Nouns of amounts: the number beside one is a value. */
const AMOUNT = String.raw`(?:answers?|values?|numbers?|no\.?|nr\.?|totals?|sums?|differences?|products?|quotients?|remainders?|ratios?|lengths?|widths?|heights?|depths?|distances?|radius|diameters?|circumferences?|perimeters?|areas?|volumes?|angles?|slopes?|gradients?|intercepts?|prices?|costs?|amounts?|counts?|quantit(?:y|ies)|averages?|means?|medians?|modes?|ranges?|variances?|maximum|minimum|max|min|percent(?:age)?s?|probabilit(?:y|ies)|rates?|speeds?|velocit(?:y|ies)|accelerations?|temperatures?|weights?|mass(?:es)?|densit(?:y|ies)|forces?|pressures?|energ(?:y|ies)|powers?|times?|durations?|ages?|scores?|results?|solutions?|profits?|loss(?:es)?|populations?|frequenc(?:y|ies)|sides?|hypotenuse|diagonals?)`;
/**
 * Nouns of things that are numbered in order: the number beside one may be all that is asked for. "Step 7" and
 * "Figure 2" are references.
 */
const NUMBERED = `(?:days?|weeks?|months?|years?|hours?|minutes?|quarters?|grades?|levels?|stages?|phases?|rounds?|rows?|columns?|lines?|pages?|questions?|problems?|items?|images?|pictures?|photos?|panels?|graphs?|diagrams?|charts?|plots?|shapes?|pieces?|parts?|positions?|places?|ranks?|points?|floors?|cases?|cycles?|trials?|tests?|experiments?|samples?|frames?)`;
/** Words that only introduce a number. */
const INTRODUCES =
  /^(?:About|Around|Exactly|Only|Just|Nearly|Almost|Over|Under|Minus|Negative|Plus|Positive|Equals?|Choice|Option|Approx\.?|In|At|On|By|For|From|Since|After|Before|Until|Between|There|Is|It['’]s|\p{L}+ly)\s/u;
const HAS_AMOUNT = new RegExp(
  String.raw`\b(?:${AMOUNT}|sin|cos|tan|cot|sec|csc|arc\p{L}+|log|ln|sqrt|exp|gcd|lcm)(?!\p{L})`,
  "iu",
);
const IS_AMOUNT = new RegExp(
  String.raw`^(?:total|number|sum|average|mean|maximum|minimum)\s|(?<!\p{L})${AMOUNT}\s\S*$`,
  "iu",
);

/** A name that ends with a number, as "Apollo 11". */
const ENDS_WITH_NUMBER = /^(?:\p{Ll}?\p{Lu}[\p{L}\d'’.-]*\s){1,4}\d+\p{Lu}?$/u;
/** "12 Main Street" */
const BEGINS_NAME = /^\d+(?:\s\p{Lu}\p{Ll}+){2,4}$/u;
/** A name, and a number said of it: "China (14.2%)", "Germany with 12 medals". */
const NAME_WITH_NUMBER =
  /^(?!.*\b(?:options?|choice|one)\b)(?:(\p{L}[\p{L}'’ -]{2,40})\s\([^()]*\d[^()]*\)|(\p{Lu}\p{Ll}+(?:\s\p{Lu}\p{Ll}*){0,3})\s(?:with|at|in|from|having|since)\s[^.]{0,30}\d.{0,20})$/u;

/** The name that a text with a number is. */
export function nameIn(plain: string): string | undefined {
  if (plain.length > 80 || !/\d/.test(plain) || !/\p{L}{2}/u.test(plain)) return undefined;
  if (BEGINS_NAME.test(plain)) return plain;
  if (INTRODUCES.test(plain)) return undefined;
  if (ENDS_WITH_NUMBER.test(plain)) return IS_AMOUNT.test(plain) ? undefined : plain;
  if (HAS_AMOUNT.test(plain)) return undefined;
  const [, bracketed, said] = NAME_WITH_NUMBER.exec(plain) ?? [];
  return bracketed === undefined || numberInWords(bracketed) !== undefined ? said : bracketed;
}

/** A bound, which is no number: "slightly over 12", "just under 12". */
const BOUND =
  /^(?:(?:\p{L}+ly|just|well|far|still|a (?:bit|little)) )?(?:over|under|above|below|beyond|(?:more|less|fewer|greater|larger|smaller) than|at (?:least|most)|up to)\s[^\d\s]?\d[\d.,]*(?:\D{0,30})$/iu;

/** Whether a text is a bound and no value. */
export function isBound(text: string): boolean {
  return BOUND.test(text);
}

const LABEL = String.raw`(?!(?:[Nn]ot?|[Nn]ever|[Ww]rong|[Ii]ncorrect|[Ff]alse)\b)\p{L}[\p{L} '’/-]{1,60}(?:\s?\([^()\d]{1,20}\))?`;
const VALUE = String.raw`[-−+±$€£¥√π\\.(]{0,3}\d.*`;
const NOUN = String.raw`^(?:the\s)?(?:(?:\p{L}+\s){0,3}${AMOUNT}|${NUMBERED})`;
const LABELLED = [
  new RegExp(String.raw`^${LABEL}:\s?(${VALUE})$`, "su"),
  new RegExp(String.raw`${NOUN}\s(?:(?:no\.|number|=)\s?|#)?(${VALUE})$`, "isu"),
];
/** A second value with its label. */
const LABELLED_AGAIN = /\p{L}{2,}(?:\s\([^()]*\))?:\s|[,;]\s\p{L}{2,}\s[-−$]?\d/u;

/** The value behind a noun or a label: "12" of "Perimeter 12", "Day 12" and "Height in cm: 12". */
export function valueLabelled(text: string): string | undefined {
  if (text.length > 120) return undefined;
  const value = LABELLED.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  return value === undefined || LABELLED_AGAIN.test(value) ? undefined : value;
}

/** Whether a text has several values, each behind its label: "Cats: 5, Dogs: 7". */
export function labelsSeveral(text: string): boolean {
  const [, value] = LABELLED[0]!.exec(text) ?? [];
  return value !== undefined && LABELLED_AGAIN.test(value);
}
