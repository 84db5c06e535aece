/**
 * @module
 * Short replies or contents of a mark: "7 apples", "It is a cat.", "Yes, it is."
 */
import { leadingPolarity } from "./assertion.ts";
import { undecorated, withoutEmphasis } from "./decoration.ts";
import { lastExpression } from "./expression.ts";

/** "7 apples", "There are 7 apples", "I see 7 apples on the table". */
const COUNT =
  /^(?:(?:there|it|that|this|they|these|the(?: [\p{L}-]+){1,5}) (?:is|are|was|were) |(?:i|we)(?: can)? (?:see|count|counted) )?(?:exactly |only |about |approximately |roughly |around |a total of )?([-+−]?[$€£]?\d[\d.,]*)((?: [\p{L}-]{2,}){0,6}|\s?[个只本张条辆支朵块名位棵颗匹头枚件次人]\p{Script=Han}{0,6})[.!。]?$/iu;
/** Text that makes a number one of several, part of another, or the subject of a statement. */
const QUALIFIES =
  /\b(?:and|or|nor|not|no|than|minus|plus|times|of|per|more|less|fewer|is|are|was|were|wrong|incorrect|false|half|dozens?|hundreds?)\b/i;
const LETTER_SAID =
  /^(?:so |thus,? |hence,? |therefore,? )?(?:it['’]s|(?:it|that|this|the answer) (?:is|must be)) (?:option |choice )?\(?([A-J])\)?[.!]?$/i;

/** "Answer: " before an answer in a mark. */
const ANSWER_TO = /^(?:final |correct )?answers?\s?[:：=]\s*/i;

/** The number that a short text counts, or the letter that it names. */
export function loneExpression(text: string): string | undefined {
  const said = text.replace(ANSWER_TO, "");
  if (said !== text) return loneExpression(said);
  const letter = LETTER_SAID.exec(text)?.[1];
  if (letter !== undefined) return letter.toUpperCase();
  const [, number, words = ""] = COUNT.exec(text) ?? [];
  if (number === undefined || QUALIFIES.test(words)) return undefined;
  const found = lastExpression(text);
  return found?.startsWith(number.replace(/[.,]$/, "")) ? found : undefined;
}

const SHORT = /^[\p{L}\p{M}'’-]+(?: [\p{L}\p{M}'’-]+){0,2}[.!。]?$/u;

/** "It is a cat.", "The colour is red." and nothing more. */
const COPULA =
  /^(?:so |thus,? |hence,? |therefore,? )?(?:(?:it|he|she|they)['’](?:s|re)|(?:it|this|that|these|those|they|he|she|the(?: [\p{L}-]+){1,5}) (?:is|are|was|were)) (?!not\b)([\p{L}'’-]+(?: [\p{L}'’-]+){0,3})[.!。]?$/iu;
const SEVERAL = /\b(?:or|and|nor|either|neither|maybe|not)\b/i;
const ENDS_WITH_LETTER = /\s[A-J][.!]?$/;

/** Words that are all of the text, or a "yes" or "no" that begins it, or what one short sentence says. */
export function shortWords(text: string): string | undefined {
  const plain = undecorated(withoutEmphasis(text));
  if (plain.length <= 80 && !SEVERAL.test(plain) && !ENDS_WITH_LETTER.test(plain)) {
    const said = COPULA.exec(plain)?.[1];
    if (said !== undefined) return said;
    if (plain.length <= 40 && SHORT.test(plain)) return plain.replace(/[.!。]$/, "");
  }
  return /^(?:yes|no|true|false)(?=[,.;!:])/i.test(plain) ? (leadingPolarity(plain) ?? undefined) : undefined;
}
