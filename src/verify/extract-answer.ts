/**
 * @module
 * Finds the answer that a completion gives. Never throws, and takes linear time on any text: marks are looked
 * for in the last 100,000 characters after the thought, and answers without a mark in the last 6,000.
 */
import { equivalent } from "./equivalent.ts";
import { leadingPolarity } from "./extraction/assertion.ts";
import { answerOf, declaredAnswer } from "./extraction/declared.ts";
import { undecorated, withoutEmphasis } from "./extraction/decoration.ts";
import { IS_DENIED, lastExpression } from "./extraction/expression.ts";
import { boxedAnswer, hasBox, lastBoxes, taggedAnswer } from "./extraction/marks.ts";
import { withoutThought } from "./extraction/thought.ts";

export { boxedAnswer } from "./extraction/marks.ts";

/** Marks are looked for in so much of the end of a completion. */
const MAX_SCANNED = 100_000;
/** Answers without a mark are looked for in so much of the end of a completion. */
const MAX_SEARCHED = 6_000;

/**
 * The answer that a completion marks as such: after its thought the last complete `<answer>…</answer>`, else the last
 * `\boxed{…}`. A box with words around it in the tag is what counts there. A mark with nothing in it is no answer,
 * whatever came before it; an unfinished thought holds none.
 *
 * @returns undefined where nothing is marked
 */
export function markedAnswer(completion: string): string | null | undefined {
  const text = withoutThought(completion);
  return text === null ? undefined : markIn(text.slice(-MAX_SCANNED));
}

function markIn(text: string): string | null | undefined {
  const tagged = taggedAnswer(text);
  if (tagged !== undefined) return contentOf(tagged);
  const boxed = boxedAnswer(unescaped(text));
  return boxed === undefined ? undefined : undecorated(boxed) || null;
}

/** Commands with two backslashes, as text that was escaped twice has them. */
function unescaped(text: string): string {
  if (!text.includes("\\\\boxed{") || hasBox(text.replaceAll("\\\\boxed", ""))) return text;
  return text.replaceAll(/\\\\(?=[a-zA-Z])/g, "\\");
}

/** "The area is 42 cm." */
const SAYS_NUMBER = /^[\p{L}' ]{1,80} (?:is|are|equals|was) ((?:[-+−]?[\d.$€£]|\\[([]).{0,60}?)\.?$/u;

/** "7 apples", "There are 7 apples", "I see 7 apples on the table". */
const COUNT =
  /^(?:(?:there|it|that|this|they|these|the(?: [\p{L}-]+){1,5}) (?:is|are|was|were) |(?:i|we)(?: can)? (?:see|count|counted) )?(?:exactly |only |about |a total of )?([-+−]?[$€£]?\d[\d.,]*)((?: [\p{L}-]{2,}){0,6})[.!]?$/iu;
/** What makes a number one of several or part of another, or says something of it. */
const QUALIFIES =
  /\b(?:and|or|nor|not|no|than|minus|plus|times|of|per|more|less|fewer|is|are|was|were|wrong|incorrect|false|half|dozens?|hundreds?)\b/i;
const LETTER_SAID = /^(?:it|that|this|the answer) (?:is|must be) (?:option |choice )?\(?([A-J])\)?[.!]?$/i;

/** The number that a short text counts, or the letter that it names. */
export function loneExpression(text: string): string | undefined {
  const letter = LETTER_SAID.exec(text)?.[1];
  if (letter !== undefined) return letter.toUpperCase();
  const [, number, words = ""] = COUNT.exec(text) ?? [];
  if (number === undefined || QUALIFIES.test(words)) return undefined;
  const found = lastExpression(text);
  return found?.startsWith(number.replace(/[.,]$/, "")) ? found : undefined;
}

/** What a tag holds: a box in it, an answer that a sentence in it declares, else all of it. */
function contentOf(tagged: string): string | null {
  const content = undecorated(tagged);
  const box = boxedAnswer(content);
  if (box !== undefined) return undecorated(box) || null;
  if (hasBox(content)) return null;
  const declared = content.length > 500 ? undefined : declaredAnswer(content);
  return undecorated(declared?.answer ?? SAYS_NUMBER.exec(content)?.[1] ?? content) || null;
}

/** "{"choice": "B"}", in a code fence or without one. */
function choiceInJson(text: string): string | undefined {
  const plain = undecorated(text);
  if (plain.length > 500) return undefined;
  const match =
    /^\{\s*"(?:choice|answer|final_answer|option|result)"\s*:\s*(?:"([^"\\]*)"|(-?[\d.]+))\s*\}$/.exec(plain);
  return match === null ? undefined : (match[1] ?? match[2]);
}

/** "B", "(B) text", "B: text", "B。不是 A" at the start of the text, where no other option is listed after it. */
function leadingOption(text: string): string | undefined {
  const plain = withoutEmphasis(text.slice(0, 2000)).trim();
  const match =
    /^(?:option |choice )?(?:[(（]([A-Ja-j])[)）]|([A-J])(?=[.:)。：）、]\s|[.:)。：）、]?$|[。、]|不))[.:)。：）、]*/i.exec(
      plain,
    );
  const letter = match?.[1] ?? match?.[2];
  if (match === null || letter === undefined) return undefined;
  const rest = plain.slice(match[0].length);
  const isListed = /(?:^|[\s,;])(?:[(（][A-J][)）]|[A-J][.:)](?=\s|$))/.test(rest);
  return isListed || IS_DENIED.test(rest) || answerOf(plain) === plain ? undefined : letter.toUpperCase();
}

const OPTION_LINE = /^\s*(?:[-*•]\s)?\(?([A-J])(?:\)[.:]?|[.:])(?=\s|$)/;

/** The option that the last line writes out, "B. 12 cm", where the line before it writes out none. */
function closingOption(text: string): string | undefined {
  const lines = withoutEmphasis(text.slice(-1000))
    .split("\n")
    .filter((line) => line.trim() !== "");
  const letter = OPTION_LINE.exec(lines.at(-1) ?? "")?.[1];
  const before = lines.at(-2);
  return letter === undefined || before === undefined || OPTION_LINE.test(before) ? undefined : letter;
}

const SHORT = /^[\p{L}\p{M}'’-]+(?: [\p{L}\p{M}'’-]+){0,2}[.!。]?$/u;

/** "It is a cat.", "The colour is red." and nothing more. */
const COPULA =
  /^(?:it|this|that|these|those|they|he|she|the(?: [\p{L}-]+){1,5}) (?:is|are|was|were) (?!not\b)([\p{L}'’-]+(?: [\p{L}'’-]+){0,3})[.!。]?$/iu;
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

/**
 * The answer of a completion. It is looked for after the thought only; where a thought has not ended there is none.
 *
 * 1. the last complete `<answer>…</answer>`: a box in it, an answer that it declares, or all of it;
 * 2. the last `\boxed{…}`, with boxes that follow it at once as one list; "Final answer: …" after it outranks it;
 *    another answer that is declared after a mark contradicts it, and there is none;
 * 3. the last declared answer: "The answer is …", "Answer: …", "… is correct", "答案：…";
 * 4. an option letter that the text begins with, or words that are all of it;
 * 5. the last whole expression or option letter. A part of an expression, list, name or choice is
 *    never given alone, and what a sentence asks or doubts is none.
 *
 * @returns trimmed and never empty; null where there is no answer
 *
 * @example
 * extractAnswer("<think>3 + 5 = 8.</think><answer>8</answer>"); // "8"
 * extractAnswer("so we get \\boxed{\\frac{1}{2}}."); // "\\frac{1}{2}"
 * extractAnswer("The answer is (B). A is a distractor."); // "B"
 */
export function extractAnswer(completion: string): string | null {
  const reply = withoutThought(completion);
  if (reply === null) return null;
  const text = reply.slice(-MAX_SCANNED);
  const marked = markIn(text);
  if (marked !== undefined) return withAfterthought(text, marked);
  if (hasBox(text)) return null;
  const end = text.slice(-MAX_SEARCHED).trim();
  if (/^<answer>/i.test(end) || end === "") return null;
  const found =
    choiceInJson(end) ??
    declaredAnswer(end)?.answer ??
    leadingOption(reply.slice(0, MAX_SEARCHED).trim()) ??
    closingOption(end) ??
    shortWords(end) ??
    lastExpression(withoutEmphasis(end));
  return found === null ? null : undecorated(found) || null;
}

/** The digits of a text in their order; the text where it has none. */
function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, "") || text;
}

/** "The answer is …" and no more about what it answers. */
const PLAINLY = /^(?:(?:the|my|so|thus|therefore|actually|final|correct|right) )*answer\s*(?:is|[:：=])/i;

/**
 * A marked answer by what the text behind the mark says. "Final answer: …" outranks a box; any other answer that is
 * declared there contradicts the mark, and a reply that contradicts itself has none.
 */
function withAfterthought(text: string, marked: string | null): string | null {
  const isTagged = taggedAnswer(text) !== undefined;
  const end = isTagged
    ? text.toLowerCase().lastIndexOf("</answer>") + 9
    : (lastBoxes(text)?.end ?? text.length);
  const after = text.slice(end).slice(-MAX_SEARCHED);
  const declared = declaredAnswer(after);
  if (declared === undefined || (isTagged && end < 9)) return marked;
  if (!isTagged && declared.isFinal) return declared.answer;
  if (marked === null || !PLAINLY.test(after.slice(declared.start))) return marked;
  const isOneKind = /^\(?[A-J]\)?$/i.test(marked) === /^[A-J]$/i.test(declared.answer);
  const isSame = equivalent(marked, declared.answer) || digitsOf(marked) === digitsOf(declared.answer);
  return isOneKind && !isSame ? null : marked;
}
