/**
 * @module
 * The reason behind an answer: "5, because 2 + 3 = 5". It is cut off, unless it ends with another answer.
 */
import { numberInWords } from "../equivalence/number-words.ts";
import { equivalent } from "../equivalent.ts";

/** Words after an answer that say why it is right. */
const REASON =
  /(?<!\s)\s*(?:,?\s(?:because|since|which|due to|given that|as (?:it|the|this)|so that|where)\b|,\s(?:it|as|so|and therefore|not|the|this|i)\b|,\s(?:but|although|though|while|whereas)\b(?![^.]*(?:\bis|\bbe|\bequals|=)\s[^\d\s]{0,3}\d)|\s\((?:since|because|see|from|as|by|refer|cf|shown)\b|\s—\s|；(?!\s?[-−(\d$\\])|;\s(?!\s?[-−(\d$\\])|，因为|，所以).*$/is;
/** The same behind an answer alone. */
const BECAUSE = /,?\s(?:because|since|due to|given that|where)\b.*$/is;

/** A value or letter that a word sets against or beside the answer, at the end of a clause: ", or 6", ", so it is C". */
const OTHER =
  /(?:[,;]\s(?:and\s)?)(?:or|so|but|then|therefore|thus|hence|actually)\b,?\s(?:(?:then|it is|it's|it must be|the answer is)\s)?([-−]?[$€£]?\d[\d.,/]*(?<![.,])|[B-J]|A(?!\s\p{Ll}))(?=\s?[.!)]?\s*$)/iu;
/** Words before "or" and "then" that make what follows a part of the reason: "it is not 12, 15, or 24". */
const CONTINUES_REASON =
  /\b(?:not|cannot|neither|nor)\b|n['’]t\b|\b(?:than|of|with|goes|from|counts?)\s(?:[^\s\d,]{0,3}\d[^\s,]{0,8}|[A-J])$|,\s\S{1,12}$/i;
const LETTER = /^\(?[A-Z]\)?$/;

/** The value or letter that the words behind an answer end with, set against or beside it. */
export function otherIn(behind: string): string | undefined {
  const match = OTHER.exec(behind);
  if (match === null) return undefined;
  const isListed = /^[,;]\s(?:and\s)?(?:or|then)\b/i.test(match[0]);
  return isListed && CONTINUES_REASON.test(behind.slice(0, match.index)) ? undefined : match[1];
}

/** Whether the words behind an answer end with another one of its kind. */
export function givesOther(behind: string, answer: string): boolean {
  const other = otherIn(behind);
  if (other === undefined) return false;
  const plain = answer.trim();
  if (LETTER.test(other) || LETTER.test(plain))
    return LETTER.test(other) && LETTER.test(plain) && !equivalent(other, plain);
  const numbers = plain.match(/\d+(?:[.,]\d+)*/g) ?? [];
  const said = numberInWords(plain);
  if (said === undefined && numbers.length === 0) return false;
  return ![plain, ...numbers, ...(said === undefined ? [] : [String(said)])].some((one) =>
    equivalent(other, one),
  );
}

function cut(text: string, reason: RegExp): string | undefined {
  const at = reason.exec(text)?.index;
  if (at === undefined) return text;
  const answer = text.slice(0, at);
  return givesOther(text.slice(at), answer) ? undefined : answer;
}

/** A sentence without the reason at its end; undefined where that gives another answer. */
export function withoutReason(sentence: string): string | undefined {
  return cut(sentence, REASON);
}

/** An answer without "because …" behind it, unless that gives another answer. */
export function withoutBecause(answer: string): string {
  return cut(answer, BECAUSE) ?? answer;
}
