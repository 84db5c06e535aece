/**
 * @module
 * Cues: phrases and called letters that declare an answer. As the last declaration counts, a text is searched piece by
 * piece from its end, and only as far as a declaration can matter.
 */
import { Matches } from "./matches.ts";
import { ABBREVIATIONS } from "./sentence.ts";

export const NOUN = `(?:answers?|options?|choices?|solution|result|conclusion)`;
const LINK = String.raw`(?:\s+(?:is|are|was|would be|should be|must be|will be|has to be|being|equals|becomes)(?:\s*:|\b)|\s*[:：=]|\s+[-–—]\s+(?=[(*]*[A-J]\b))`;
const PHRASES = [
  String.raw`${NOUN}(?: (?:to|for|of|choice|option|here|that|letter)\b[^.:\n]{0,80}?)?${LINK}`,
  String.raw`i(?:'d| would|'ll| will)? (?:choose|pick|select|go with|say)|settled? on|corresponds? to|(?:matches|choose|select|pick)(?= (?:option|choice|\(?[A-J]\b))|(?:is|be|to|with|matches) (?:option|choice)(?=[\s*(]+[A-J]\b)`,
  `(?:i think|i believe|i get|therefore|thus|so|hence),? (?:that )?(?:it is|it's|it must be)`,
  String.raw`(?:réponse|respuesta|antwort|risposta|resposta)\s*(?:correcte|correcta)?\s*(?:est|es|ist|è|é|[:：])\s*:?`,
];
const CHINESE_PHRASES = [
  String.raw`(?:答案|正确的?(?:选项|答案))\s*(?:应该|应当)?(?:是|为|选择?|[:：])+`,
  `(?<!不[应要能该可]?)(?:(?:(?:故|应|因此|所以)选择?|选择|選擇)[:：]?|[选選](?=[(（]?[A-J]))`,
  String.raw`(?:答え|正解|解答)は\s?|(?:정답|답)[은:]\s?`,
  String.raw`选项(?=\s?[(（]?[A-J][)）]?\s?(?:是|为)?(?:正确|对的))`,
];
/** Phrases before an answer. */
export const CUE = new RegExp(
  String.raw`(?<!\p{L})(?:${PHRASES.join("|")})|${CHINESE_PHRASES.join("|")}`,
  "giu",
);
/** A letter declared right. */
export const CALLED =
  /([A-J])(?<=\b.)[)]?\s+(?:is|are|would be|seems|appears to be)\s+(?:(?:indeed|clearly|definitely|therefore|thus|probably|likely) )?(?:the )?(?:most )?(?:correct|right|best|closest|answer|true|appropriate|accurate)\b|([A-J])(?=(?:选项|项)?\s?(?:是|为)?(?:正确|对的)(?!吗|与|性))/g;

/** A phrase, or a letter that is called right. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly letter: string | undefined;
}

/** The last cues of a pattern in a piece of a text, in order, given the place of the piece. */
export function lastCues(piece: string, place: number, pattern: RegExp, most: number): readonly Cue[] {
  const all: Cue[] = [];
  for (const { 0: phrase, 1: letter, 2: named, index } of new Matches(piece, pattern)) {
    const start = place + index;
    all.push({ start, end: start + phrase.length, letter: letter ?? named });
  }
  return all.length <= most ? all : all.slice(all.length - most);
}

/** Fewest characters that are searched at a time. */
const MIN_PIECE = 80;
const MAY_ABBREVIATE = new RegExp(`(?:${ABBREVIATIONS})$`);

/**
 * The place of the last full stop that is at least `MIN_PIECE` characters before `place` and ends a sentence for
 * certain; 0 if the text has no such full stop. It has no abbreviation before it and no mathematics after it. A cue
 * has no full stop in it, so no declaration crosses this place.
 */
export function stopBefore(text: string, place: number): number {
  let at = text.lastIndexOf(". ", place - MIN_PIECE);
  while (at > 0 && MAY_ABBREVIATE.test(text.slice(Math.max(0, at - 6), at)))
    at = text.lastIndexOf(". ", at - 1);
  return at > 0 && !text.includes("$", at) ? at : 0;
}
