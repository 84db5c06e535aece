/**
 * @module
 * Answers that a rule has judged wrong although they contain an accepted answer: look at them when a score seems too
 * low.
 */
import type { AnswerRecord } from "./answer-record.ts";

/** Letters of options occur in most texts as separate words. */
const SHORTEST = 2;

const isWordCharacter = (character: string | undefined) =>
  character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** Whether a text has another as a word or words of its own, in any case; a number is no part of a longer one. */
function holds(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    const end = at + part.length;
    const isWithinNumber =
      /^[.,]\d/.test(text.slice(end, end + 2)) || /\d[.,]$/.test(text.slice(Math.max(0, at - 2), at));
    if (!isWordCharacter(text[at - 1]) && !isWordCharacter(text[end]) && !isWithinNumber) return true;
  }
  return false;
}

/** Whether an answer counts as wrong and has an accepted one in its text, of two characters at least or a number. */
export function holdsAcceptedAnswer({ score, completion, answers }: AnswerRecord): boolean {
  if (score !== 0) return false;
  const text = completion.toLowerCase();
  return answers
    .map((answer) => answer.trim().toLowerCase())
    .some((answer) => (answer.length >= SHORTEST || /^\d$/.test(answer)) && holds(text, answer));
}
