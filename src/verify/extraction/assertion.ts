/**
 * @module
 * Sentences that give no answer: questions, hedges and retractions.
 */
import { Matches } from "./matches.ts";

const ABILITY = `(?:can(?:not|['’]t| not)|could(?:n['’]t| not)|(?:am |was )?(?:unable|not able) to)`;
const KNOWLEDGE = [
  `(?:do|did|does)(?:n['’]t| not) (?:really )?know`,
  `${ABILITY} (?:really |clearly )?(?:see|tell|determine|say|identify|make out|answer|be (?:sure|certain|determined))`,
  `(?:not|n['’]t) (?:entirely |quite |at all )?(?:sure|certain)`,
  `(?:unsure|uncertain|no idea)`,
];
/** "Maybe it is 7", "I do not know": a text with such words asserts nothing. */
const DOUBTS = new RegExp(String.raw`\b(?:maybe|perhaps|possibly|${KNOWLEDGE.join("|")})\b`, "i");
/** "It could be 7"; but "the most that could be cut is 7". In lower case: May is a month. */
const MODAL =
  /\b(?:might|(?:could|may) (?:also |well |very well )*(?:be|equal|have))\b(?! (?:\p{L}+ed|cut|made|given|found|seen|drawn|written)\b)(?!.*\b(?:is|are|was|were|equals?|gives?|makes?|has|have|=))/su;

/** Whether a text before an answer leaves it open. */
export function isHedged(text: string): boolean {
  return DOUBTS.test(text) || MODAL.test(text);
}

/** Words that doubt the text before them; after "J. " or "(J) " they are an option's text. */
const AFTERTHOUGHT = new RegExp(
  String.raw`^[*)"'”]*(?:\s*[,;–—-]\s*(?:but |though )?(?:i['’]m |i am |i )?(?:${KNOWLEDGE.join("|")}|maybe|perhaps|possibly)| (?:maybe|perhaps|possibly))\b`,
  "i",
);

/** Whether the words after an answer doubt it: "7, maybe". */
export function isDoubted(following: string): boolean {
  return AFTERTHOUGHT.test(following);
}

/** "Yes, …" at the start of a reply, but no "yes or no". */
const BEGINS = /^[\s*"'“]*(yes|no|true|false)\b(?!\s*(?:or|and|\/|(?:yes|no)\W*$))/i;
/** "No. 5" is a number. */
const NUMBERED = /^[\s*"'“]*no\.\s*\d+\W*$/i;
/** A separate yes or no: "…, wait, yes." has one, "there is no sign" has none. */
const ALONE =
  /(?:[,.;:!?–—-]|\b(?:wait|actually|sorry|rather|mean|is|but))[\s*"'“]*(yes|no|true|false)(?=[\s*"'”]*(?:[,.;:!?–—]|$)|\s(?:or|and)\b)/gi;

/** "There is a dog, so yes." "Indeed, yes." at the end of a reply. */
const ENDS =
  /(?:^|[.!?,;:]\s|\b(?:so|thus|hence|therefore),?\s|\bi (?:think|believe|would say|say) )(?:indeed,? |so )?(yes|no|true|false)[.!]?$/i;
const SAYS_OTHER = /\b(?:yes|true|false)\b/i;
const DENIES = /\b(?:no|not|never)\b|n['’]t\b/i;

/** The yes or no that ends a short reply, where nothing before it says the opposite. */
export function closingPolarity(reply: string): string | undefined {
  const text = reply.trim().slice(-300);
  const found = ENDS.exec(text);
  if (found === null || text.length === 300) return undefined;
  const before = text.slice(0, found.index);
  const isDenied = isPositive(found[1]!) && DENIES.test(before);
  return isDenied || SAYS_OTHER.test(before) || isHedged(before) ? undefined : found[1];
}

function isPositive(word: string): boolean {
  return /^(?:yes|true)$/i.test(word);
}

/**
 * The yes or no at the start of a reply.
 *
 * @returns undefined if there is none; null if it is a question or doubted, or the opposite follows separately, as in
 * "No, wait, yes."
 */
export function leadingPolarity(reply: string): string | null | undefined {
  const begun = BEGINS.exec(reply);
  if (begun === null || NUMBERED.test(reply)) return undefined;
  const word = begun[1]!;
  const following = reply.slice(begun[0].length);
  if (/^[\s*"'”]*[?？]/.test(following) || isDoubted(following)) return null;
  for (const [, other = ""] of new Matches(following.slice(0, 4000), ALONE))
    if (isPositive(other) !== isPositive(word)) return null;
  return word;
}
