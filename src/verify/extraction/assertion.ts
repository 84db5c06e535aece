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

/** Words after which a sentence says what holds: "At first I thought so, but …". */
const TURNS = /.*(?:\b(?:but|however|yet|actually|instead|in fact|whereas|while)\b|;)/is;
const OTHERS = `(?:some|someone|many|most|people|others|(?:a|an|the|another|some|many|most)(?: \\w+)? (?:student|person|friend|classmate|reader|observer)s?|students)`;
const THINKS = `(?:thinks?|thought|says?|said|claim(?:s|ed)?|argue[sd]?|believe[sd]?|guess(?:es|ed)?|assume[sd]?)`;
const SAYS = `(?:${THINKS}|conclude[sd]?)`;
const MAY = `(?:(?:might|may|could|would|will|often|also) ){0,2}`;
/** "One concludes" and "one may conclude" assert. */
const ONE_SAYS = `one (?:${MAY}${THINKS}|(?:might|would) (?:also )?conclude)`;
/** Words that say what others think, or what was thought before, or what is only supposed, or false. */
const UNASSERTED = new RegExp(
  String.raw`\b(?:(?:at first|initially|originally),? (?:i|we|it|one) (?:(?:may|might|would|could) )?(?:${SAYS}|seem(?:s|ed)?|appear(?:s|ed)?|look(?:s|ed)?)\b|i (?:had )?(?:first |initially |originally )?thought\b(?! (?:about|of|it|through|carefully))|(?:${OTHERS} ${MAY}${SAYS}|${ONE_SAYS})\b(?=.*\b(?:answers?|options?|choices?|solution|result)\b)|(?:suppose|assum(?:e|ing)|imagine)\b(?=[^,:]*$)(?!.*\b(?:so|then|the (?:area|total|result|value))\b)|(?:wrong|incorrect|false|untrue|mistaken|a mistake|an error|not true|not correct|not right) (?:to (?:say|think|claim|conclude|assume|answer|state|believe)|that)\b)`,
  "i",
);

/** Whether a text before an answer does not assert what follows it. */
export function isUnasserted(lead: string): boolean {
  return UNASSERTED.test(lead) && UNASSERTED.test(lead.replace(TURNS, ""));
}

const DENIED_BEHIND =
  /^[^.!?\n]{0,16}?[,;]?\s(?:which|but|yet|though|however,)\s(?:(?:it|that|this)\s?)?(?:is|was|['’]s|turns out to be)\s?(?:(?:not|n['’]t)(?: (?:right|correct|true|so|the case|the answer))?|wrong|incorrect|false|a mistake)(?=\s*(?:[.,;!]|$))/i;

/** Whether the words after an answer deny it: "5, which is wrong". */
export function isDeniedBehind(following: string): boolean {
  return DENIED_BEHIND.test(following);
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
/** "No Parking", "no solution": a name, or the amount none of something, that begins with the word. */
const NAMES_POLARITY =
  /^[\s*"'“]*(?:[Nn]o\.\s?\d+(?!\d|\s(?:of|more)\b|\s\p{Ll}[^.]*\b(?:are|were|have|had|can|do|did)\b)|[Nn]o\s(?:one|longer|(?:real |integer |such |valid )*(?:solutions?|roots?)|real|change|more|less|fewer|such)\b(?!\s(?:is|are|was|were|can|could|has|have|does|do|seems?|appears?)\b)|(?:[Nn]o|[Yy]es|[Tt]rue|[Ff]alse)\s(?!(?:It|The|There|This|That|These|Those|He|She|They|We|You|I|In|Because|And|But|Or)\s)\p{Lu}\p{L}+(?:\s\p{Lu}\p{L}+){0,3}[\s.!*"'”]*$)/u;

/** Whether "no", "yes" or "true" at the start of a text is a part of a name. */
export function namesPolarity(text: string): boolean {
  return NAMES_POLARITY.test(text);
}

/** Beginnings that look like names and are no names where yes or no is asked for. */
const NO_NAMES = [
  // "No such sign is visible."
  /^\W*([Nn]o)\s(?:one|such|change|real|more|longer)\s(?!than\b|(?:solutions?|roots?)\b)[\p{Ll}\s,'’-]+[.!]?$/u,
  // "No Cats", "No Red Cars Visible"
  /^\W*([Nn]o)\s(?:\p{Lu}\p{L}+\s){0,2}(?!(?:Solutions|Roots)\b)(?:\p{Lu}\p{L}+(?<!s)s|People|Children|Men|Women)(?:\s(?:Visible|Present|Shown|Seen|Found|Here|There))?\W*$/u,
  // "Yes Correct", "False Statement"
  /^\W*(yes)\s(?:correct|right|true|indeed|definitely|absolutely|certainly|exactly|sure|of course)\W*$/iu,
  /^\W*(no)\s(?:incorrect|wrong|false|not|definitely|absolutely|certainly|of course)\W*$/iu,
  /^\W*(true|false)\s(?:statement|claim|assertion|proposition|sentence|answer)\W*$/iu,
];

/** The yes or no of a text that begins like a name, given that yes or no is asked for. */
export function polarityOfName(text: string): string | undefined {
  if (text.length > 200) return undefined;
  return NO_NAMES.map((pattern) => pattern.exec(text)?.[1]).find((word) => word !== undefined);
}

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

/** "There is no dog in the image.", "I see no dog." and nothing more. */
const EXISTS_NOT =
  /^(?:(?:in|on|from) (?:the|this) (?:image|picture|photo|scene),? )?(?:there (?:(?:is|are|was|were) (?:no|not (?:an?|any))|(?:is|are|was|were)n['’]t (?:an?|any))|i (?:can )?(?:see|find|spot) no|i (?:do not|don['’]t|cannot|can['’]t|can not) (?:see|find|spot) (?:an?|any)) (?!(?:more|fewer|less|longer|one|choice|mistake|exception|limit|difference|change)\b)(?![^\n]*(?:\b(?:but|and|than|except|other|without|only)\b|\d))(?!(?:clear |correct |right |single )?(?:answers?|solutions?|information|evidence|data|doubt|question|way|reason|need|problem|image|picture)\b)[^,.;:!?\n]{1,80}[.!]?$/i;

/**
 * The yes or no that ends a short reply, where nothing before it says the opposite. A sentence that only denies that
 * something is there says no.
 */
export function closingPolarity(reply: string): string | undefined {
  const text = reply.trim().slice(-300);
  if (text.length === 300) return undefined;
  const found = ENDS.exec(text);
  if (found === null) return EXISTS_NOT.test(text) && !SAYS_OTHER.test(text) ? "no" : undefined;
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
  if (begun === null || NUMBERED.test(reply) || namesPolarity(reply)) return undefined;
  const word = begun[1]!;
  const following = reply.slice(begun[0].length);
  if (/^[\s*"'”]*[?？]/.test(following) || isDoubted(following)) return null;
  for (const [, other = ""] of new Matches(following.slice(0, 4000), ALONE))
    if (isPositive(other) !== isPositive(word)) return null;
  return word;
}
