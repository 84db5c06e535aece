/**
 * @module
 * Answers that a completion declares in a sentence: "The answer is 5", "Answer: B", "C is correct", "答案：3".
 */

import { equivalent } from "../equivalent.ts";
import { isDeniedBehind, isHedged, isUnasserted, leadingPolarity, namesPolarity } from "./assertion.ts";
import { CALLED, CUE, type Cue, lastCues, NOUN, stopBefore } from "./cues.ts";
import { undecorated, withoutEmphasis } from "./decoration.ts";
import { findExpression, lastExpression, resultOf } from "./expression.ts";
import { isBound, labelsSeveral, nameIn, valueLabelled } from "./names.ts";
import { withoutReason } from "./reason.ts";
import { SIDE_BY_SIDE, sentenceAt } from "./sentence.ts";

/** Words before the noun of a cue, at the end of what leads to it. */
const QUALIFIERS = /(?<!\p{L})(?:(?:final|correct|right|best|closest|only|most [a-z]+|my|your) ){1,4}$/iu;
const MAX_QUALIFIERS = 60;
/** Text before such a letter: "option (". */
const NAMED_AS = new RegExp(String.raw`(?<!\p{L})(?:${NOUN} )?\(?$`, "u");
/** Text that makes the letter after it part of a name or a list. */
const IN_A_NAME = /(?:[\p{L}\p{N}_'’,、]\s?|\.)$/u;
const MAX_LEAD = 24;
const NEGATED =
  /^\s*(?:not\b|n't\b|neither\b|unlikely\b|incorrect|wrong|unclear|unknown|uncertain|impossible|undefined|none of)/i;
const IS_WRONG =
  /^[^,;]{0,12}\b(?:is|was|seems|would be) (?:a |an |the )?(?:not|wrong|incorrect|false|a mistake|mistaken|invalid)/i;

interface Declaration {
  readonly answer: string;
  readonly start: number;
  /** The start of the sentence after the cue. */
  readonly contentStart: number;
  readonly end: number;
  readonly isFinal: boolean;
}

const LETTER =
  /^(?:(?:option|choice|answer|letter|选项)\s*)?(?:[(（[]\s?([A-Ja-j])\s?[)）\]]|([A-J])(?![\p{Script=Latin}\p{N}_'’(^#]|\s?[=+*/<>≥≤]|-\w|:\d|[$€£¥]\d)|([a-j])(?=\s*(?:[.。)）]|$))(?!\.\d))/u;
const CHOICE =
  /(?:\b(?:or|maybe|perhaps|possibly|alternatively|and|also)\b|[/,，、&或和])\s*(?:\(?(?:maybe|perhaps|possibly|even|also|or|and|option|choice|it'?s|it is|either)\)?\s*)*[(（]?[A-J](?![\p{L}\p{N}'’])/u;
const NEGATION =
  /\b(?:not|n't|never|neither|nor|than|unlike|except|cannot|rule[sd]?|eliminat\w*|exclud\w*)\b|n['’]t\b|不是|而非|\bnon\b|\bpas\b/i;

/** The letter with which a sentence begins; the whole sentence if it continues to a choice. */
function letterOf(sentence: string): string | undefined {
  const match = LETTER.exec(sentence);
  const letter = match?.[1] ?? match?.[2] ?? match?.[3];
  if (match === null || letter === undefined) return undefined;
  const rest = sentence.slice(match[0].length);
  if (
    letter === "A" &&
    match[2] !== undefined &&
    /^\s[a-z]/.test(rest) &&
    !/^\s(?:is|because|since|as|and|or|but)\b/.test(rest)
  ) {
    return undefined;
  }
  if (letter === "I" && match[2] !== undefined && /^\s(?:[a-z]|'|’)/.test(rest)) return undefined;
  const choice = CHOICE.exec(rest);
  // "D, it can't be A or B": letters after a negation are no choice.
  if (choice !== null && !NEGATION.test(rest.slice(0, choice.index + 4)) && isNear(rest, choice.index))
    return sentence;
  return letter;
}

/** Letters further on than a clause are the option's own text. */
function isNear(rest: string, at: number): boolean {
  return (
    !/[.:：)）]\s*\S/.test(rest.slice(0, Math.min(at, 3))) ||
    /\b(?:or|maybe|perhaps|possibly)\b/.test(rest.slice(at, at + 10))
  );
}

const POLARITY = /^(?:yes|no|true|false|是|否|对|错)(?![\p{L}\p{N}])/iu;
/** The answer in a sentence after its cue; undefined if the sentence has none. */
export function answerOf(raw: string): string | undefined {
  const sentence = withoutEmphasis(raw)
    .replace(/^(?:[\s:：,"“*]|\\")+/, "")
    .replace(
      /^(?:therefore|thus|hence|clearly|definitely|simply|indeed|likely|probably|most likely|for sure|approximately|about|roughly|just|now|then|that|given by|equal to)\b,?\s*/i,
      "",
    )
    .trim();
  if (NEGATED.test(sentence)) {
    const but = /\b(?:but|it is|it's)\s+(?!not\b)(.+)$/is.exec(sentence)?.[1];
    return but === undefined ? undefined : answerOf(but);
  }
  const letter = letterOf(sentence);
  if (letter !== undefined) return letter;
  const polarity = POLARITY.exec(sentence)?.[0];
  if (
    polarity !== undefined &&
    !namesPolarity(sentence) &&
    !/^\s*(?:or|\/|and)\b/i.test(sentence.slice(polarity.length))
  )
    return leadingPolarity(sentence) === null ? undefined : polarity;
  const answer = withoutReason(sentence);
  if (answer === undefined) return sentence;
  const plain = undecorated(answer)
    .replace(/(?<=\d)\.{2,3}$/, "…")
    .replace(/(?<!['’′]\s?\d{1,3})(?:[.,;:。"”\\]|です|입니다)+$/, "");
  const isSpan = /^(?:\$|\\[([])/.test(sentence);
  if (isSpan) return resultOf(undecorated(spans(sentence) ?? plain));
  if (isBound(plain) || labelsSeveral(plain)) return plain;
  const called = nameIn(plain);
  if (called !== undefined) return called;
  if (BEGINS_WITH_NUMBER.test(plain)) return numberSaid(plain);
  const words = plain.split(/\s+/).length;
  if (!/[\d$\\]/.test(plain) && words <= 6) return plain || undefined;
  const found = lastExpression(sentence);
  // "The answer is given in Figure 2."
  const isReference =
    found !== null && /^(?:shown|given)\sin\b/i.test(plain) && valueLabelled(found) !== undefined;
  return (isReference ? undefined : found) ?? (words <= 12 ? plain : undefined);
}

const BEGINS_WITH_NUMBER = /^[-+−–‐‑‒﹣－]?[\d.$€£¥√]|^(?:negative|minus)\s\d/i;

/** The answer in a text that begins with a number, whole where the number is a part of a name. */
function numberSaid(plain: string): string {
  const found = findExpression(plain);
  if (found === null) return plain;
  // "3D printing"
  const isNamed =
    found.isPart && /^\d+\p{Lu}$/u.test(found.text) && /^\s\p{L}/u.test(plain.slice(found.text.length));
  return isNamed ? plain : found.text;
}

/** Mathematics that a sentence begins with, and more of it that "and", "or" or commas join to it. */
function spans(sentence: string): string | undefined {
  const match =
    /^(?:\$\$?[^$]*\$\$?|\\\((?:(?!\\\))[\s\S])*\\\)|\\\[(?:(?!\\\])[\s\S])*\\\])(?:\s*(?:(?:,|and|or|, and|\\text\{[^{}]*\})\s*)?(?:\$\$?[^$]*\$\$?|\\\((?:(?!\\\))[\s\S])*\\\)))*/.exec(
      sentence,
    );
  if (match === null) return undefined;
  const rest = sentence.slice(match[0].length);
  const unit = /^\s?(?:percent|pct|percentage|%)/.exec(rest)?.[0] ?? "";
  return match[0] + unit;
}

const OPENS = /^\W*(?:maybe|perhaps|possibly)\b|[,\s–—-](?:maybe|perhaps|possibly)\W*$/i;

/** Whether a declaration only asks, or hedges: "The answer is 7?", "I am not sure that the answer is 7". */
function isOpen(text: string, start: number, end: number, sentence: string): boolean {
  if (/^\s*[?？]/.test(text.slice(end, end + 4)) || OPENS.test(sentence)) return true;
  if (isDeniedBehind(sentence)) return true;
  let clause = start;
  while (clause > Math.max(0, start - 80) && !"\n.!?,;:。".includes(text.charAt(clause - 1))) clause--;
  const lead = text.slice(clause, start);
  return isHedged(lead) || isUnasserted(text.slice(clause, end - sentence.length));
}

/** The declaration in the sentence after a phrase. */
function declaredAfter(text: string, { start: phrase, end }: Cue): Declaration | undefined {
  const qualifiers = QUALIFIERS.exec(text.slice(Math.max(0, phrase - MAX_QUALIFIERS), phrase));
  const start = phrase - (qualifiers?.[0].length ?? 0);
  let sentence = sentenceAt(text, end);
  let from = end;
  if (sentence !== undefined && /^[\s*:：]*$/.test(sentence)) {
    from = end + sentence.length;
    while (/[\s*]/.test(text[from] ?? "")) from++;
    sentence = sentenceAt(text, from);
  }
  if (sentence === undefined || IS_WRONG.test(sentence)) return undefined;
  if (isOpen(text, start, from + sentence.length, sentence)) return undefined;
  // "The answer is - 5"; in a line of its own "- 5" is an item.
  const answer = answerOf(from === end ? sentence.replace(/^\s*[-−]\s(?=\d)/, "-") : sentence);
  if (answer === undefined) return undefined;
  const isFinal = /final/i.test(text.slice(start, end));
  return { answer, start, contentStart: from, end: from + sentence.length, isFinal };
}

/** A letter that is called right, unless it belongs to a name or its clause denies or asks it. */
function declaredLetter(text: string, { start: place, end }: Cue, letter: string): Declaration | undefined {
  const lead = text.slice(Math.max(0, place - MAX_LEAD), place);
  const named = NAMED_AS.exec(lead)?.[0] ?? "";
  const start = place - named.length;
  if (named.length <= 1 && IN_A_NAME.test(lead.slice(0, lead.length - named.length))) return undefined;
  const clause = text.slice(Math.max(0, start - MAX_LEAD), start);
  if (/\b(?:not|whether|if|that|either|or|neither)\s*$/i.test(clause)) return undefined;
  return { answer: letter, start, contentStart: start, end, isFinal: false };
}

/** A word that sets a declaration against the one before it, or concludes from it. */
const TURNS_TO =
  /[\p{L}\p{N})}$][,;]?\s(?:but|however|yet|so|then|therefore|thus|hence|while|whereas)\b[^.]{0,40}$/iu;

/** Words between a declared answer and the next declaration: "5 or the". */
const JOINS_NEXT = /,?\s(?:or|and)(?:\s(?:the|my))?\s*$/i;

/** The declarations by some cues, in order. */
function declarations(text: string, cues: readonly Cue[]): readonly Declaration[] {
  const found: Declaration[] = [];
  for (const cue of cues) {
    const declared =
      cue.letter === undefined ? declaredAfter(text, cue) : declaredLetter(text, cue, cue.letter);
    if (declared !== undefined) found.push(declared);
  }
  return found
    .sort((a, b) => a.start - b.start)
    .flatMap((outer, i, sorted) => {
      const inner = sorted[i + 1];
      if (inner === undefined || inner.start >= outer.end) return [outer];
      // "Final answer: the answer is 5" says it once, "the answer is 7 and the answer is 8" twice.
      const between = text.slice(outer.contentStart, inner.start);
      // Of "5, but the answer is 6" only the second counts.
      if (TURNS_TO.test(between)) return [];
      const own = lastExpression(between) === null ? undefined : answerOf(between.replace(JOINS_NEXT, ""));
      return own === undefined ? [] : [{ ...outer, answer: own, end: inner.start }];
    });
}

/** Later declarations overrule earlier declarations. */
const MAX_DECLARATIONS = 16;

/** The last declarations, in order: at least the last one, and all declarations beside it. */
function lastDeclarations(text: string): readonly Declaration[] {
  let found: readonly Declaration[] = [];
  let [mostPhrases, mostLetters] = [MAX_DECLARATIONS, MAX_DECLARATIONS];
  for (let to = text.length; to > 0; ) {
    const from = stopBefore(text, to);
    const piece = text.slice(from, to);
    const phrases = lastCues(piece, from, CUE, mostPhrases);
    const letters = lastCues(piece, from, CALLED, mostLetters);
    const declared = declarations(text, letters.length === 0 ? phrases : [...phrases, ...letters]);
    found = [...declared, ...found];
    const first = found[0];
    if (first !== undefined && !SIDE_BY_SIDE.test(text.slice(from, first.start))) break;
    mostPhrases -= phrases.length;
    mostLetters -= letters.length;
    to = from;
  }
  return found;
}

/** "The answer is 5. Answer: B" names the option of 5. */
function isLetter(answer: string): boolean {
  return /^[A-Ja-j]$/.test(answer);
}

/** A declared answer, and whether the text after it retracts it. */
export interface DeclaredAnswer {
  readonly answer: string;
  readonly start: number;
  readonly isFinal: boolean;
  readonly isTakenBack: boolean;
}

/** "No, it is 9." "Wait, …" "That is wrong." after an answer. */
const TAKES_BACK =
  /(?:^|[.!?。\n])[\s*]*(?:(?:no|wait|sorry|correction|hold on|scratch that|on second thought)(?=\s?[,.:;!–—-])|(?:i (?:was|am) wrong|that(?:['’]s| is| was) (?:wrong|incorrect|not right|a mistake))\b)/i;

/** Every cue has a word in it. */
const MAY_DECLARE = /\p{L}{2}|选/u;

/** The last declared answer and its place; adjacent declarations are a choice. */
export function declaredAnswer(text: string): DeclaredAnswer | undefined {
  const all = MAY_DECLARE.test(text) ? lastDeclarations(text) : [];
  const last = all.at(-1);
  if (last === undefined) return undefined;
  const isTakenBack = TAKES_BACK.test(text.slice(last.end));
  const choices = [last.answer];
  for (let i = all.length - 2; i >= 0; i--) {
    const gap = text.slice(all[i]!.end, all[i + 1]!.start);
    if (!SIDE_BY_SIDE.test(gap)) break;
    const isOther = all[i]!.isFinal !== last.isFinal || isLetter(all[i]!.answer) !== isLetter(last.answer);
    if (isOther) break;
    if (!choices.some((choice) => equivalent(choice, all[i]!.answer))) choices.unshift(all[i]!.answer);
  }
  const { start, isFinal } = last;
  return { answer: choices.join(" or "), start, isFinal, isTakenBack };
}
