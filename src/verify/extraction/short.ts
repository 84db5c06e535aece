/**
 * @module
 * Short replies or contents of a mark: "7 apples", "It is a cat.", "Yes, it is."
 */
import { unitNamed } from "../equivalence/unit-names.ts";
import { isHedged, leadingPolarity } from "./assertion.ts";
import { undecorated, withoutEmphasis } from "./decoration.ts";
import { lastExpression } from "./expression.ts";
import { JOINING_WORD, PART_WORD, SCALE_WORD } from "./signs.ts";

/** "7 apples", "There are 7 apples", "I see 7 apples on the table". */
const COUNT =
  /^(?:(?:there|it|that|this|they|these|the(?: [\p{L}-]+){1,5}) (?:is|are|was|were) |(?:i|we)(?: can)? (?:see|count|counted) )?(?:exactly |only |about |approximately |roughly |around |a total of )?([-+−]?[$€£]?\d[\d.,]*)((?: [\p{L}-]{2,}){0,6}|\s?[个只本张条辆支朵块名位棵颗匹头枚件次人]\p{Script=Han}{0,6})[.!。]?$/iu;
/** Text that makes a number one of several, part of another, or the subject of a statement. */
const QUALIFIES = new RegExp(
  String.raw`\b(?:and|or|nor|not|no|than|per|more|less|fewer|is|are|was|were|wrong|incorrect|false|hundred|(?:below|above|under) zero|out of|of (?:the|them|these|those|its|all)|${SCALE_WORD}|${PART_WORD})(?!\p{L})|^\s(?:of|(?:square |cube )?root|squared|cubed|factorial|${JOINING_WORD})(?!\p{L})`,
  "iu",
);
/** Letters that represent values: "5 xy". */
const VARIABLES = /^\s((?:[abcxyz]|[b-df-hj-np-tv-z]){2,3})(?!\p{L})/u;

/** Whether the words behind a number are letters that it multiplies, and no unit. */
function isMultiplied(words: string): boolean {
  const letters = VARIABLES.exec(words)?.[1];
  return (
    letters !== undefined &&
    unitNamed(letters) === undefined &&
    !/^(?:pts|pcs|tvs?|ppl|dvd|cds?|cab|bay|bra|ads)$/.test(letters)
  );
}
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
  if (number === undefined || QUALIFIES.test(words) || isMultiplied(words)) return undefined;
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

/** "The text reads "STOP"." at the end of a reply. */
const QUOTED =
  /\b(?:is|are|was|reads?|says?|said|titled?|called|named|labell?ed|displays?|shows?|states?|written|words?|text|phrase|title|name)(?:\s(?:as|is|the word))?[,:]?\s["“«]([^"“”«»\n]{1,80})["”»][.!]?$/i;
const DENIED = /\b(?:not|never|no|neither|instead|or|other than)\b|n['’]t\b|\?/i;
const RELATIVE = /\b(?:that|which|who|whose(?:\s\p{L}+){1,2})\s$/iu;
/** "It stands where it", "the one that", and "It is the shop that" or "… with the". */
const KNOWN_BY =
  /\bwhere it\s$|\bone (?:that|which)\s$|\b(?:is|are|was) the(?:\s[\p{L}-]+){1,3}\s(?:that|which|with the)\s$/iu;
/** "a sign that", "a shop" and "a sign with the": the text is new, and what it is on is not known by it. */
const INTRODUCES = /\ban?(?:\s[\p{L}-]+){1,3}\s(?:(?:that|which|with the)\s)?$/iu;
const BESIDE =
  /\b(?:next to|beside|besides|near|behind|above|below|under|beneath|over|opposite|between|inside|(?:in front|on top|(?:left|right)(?: side)?) of|adjacent to|across from)\s(?!.*:|.*\b(?:is|are|was|reads?|says?|shows?|displays?|states?|has|have|had|contains?|features?|bears?|wears?|holds?)\b)/i;
const FINITE = /^(?:is|are|was|reads?|says?|said|displays?|shows?|states?)\b/i;

/** Whether quoted words only locate something: "next to the word "STOP"", "the one that says "STOP"". */
function onlyLocates(lead: string, verb: string): boolean {
  if (KNOWN_BY.test(lead)) return true;
  if (INTRODUCES.test(lead)) return false;
  return BESIDE.test(lead) && (RELATIVE.test(lead) || !FINITE.test(verb));
}

/** The words in quotes that end a reply, unless its last sentence denies or doubts them, or they only locate something. */
export function quotedWords(text: string): string | undefined {
  const tail = text.slice(-200);
  const found = QUOTED.exec(tail);
  if (found === null) return undefined;
  const lead = tail
    .slice(0, found.index)
    .split(/[.!?]\s|\n/)
    .at(-1)!;
  return DENIED.test(lead + found[0].replace(found[1]!, "")) ||
    isHedged(lead) ||
    onlyLocates(lead, found[0]) ||
    /[\d"“«]|\b(?:option|choice)\b/i.test(lead)
    ? undefined
    : found[1]!.replace(/[.,]$/, "");
}
