/**
 * @module
 * The rules of VideoMMMU: open answers as lmms-eval (0.7.3, MIT) and VLMEvalKit (Apache-2.0, commit e8e78f0) read them, and
 * VLMEvalKit's letter. They are MMMU's with more forms.
 */
import { INDICATORS, mmmuOpenIsRight } from "./mmmu.ts";
import { stripped, words } from "./python.ts";
import type { AnswerRule } from "./rule.ts";

const MORE_INDICATORS = (
  "are |in total |total |identify |recognize |calculated as |counted as |measured as |observed as |concluded as |" +
  "found to be |equals |determined to be |number of |value is |adds up to |have |has "
).split("|");

/** Whether a reply to an open question holds the accepted answer. */
export function videoMmmuOpenIsRight(reply: string, accepted: readonly string[]): boolean {
  return mmmuOpenIsRight(reply, accepted, [...INDICATORS, ...MORE_INDICATORS]);
}

const ENDS = [",", ".", "!", "?", ";", ":", "'"];
/** An option's text counts in a reply of more words. */
const FEW_WORDS = 5;

/**
 * The letter by VLMEvalKit: of "A." and "A:", else "(A)", else "A ", the last; else the option last quoted. If both
 * "A." and "B:" occur, the places of the full stops decide.
 */
export const videoMmmuLetter: AnswerRule = (reply, choices) => {
  if (reply === "") return undefined;
  const text = ` ${ENDS.reduce(stripped, reply)} `;
  const plain = text.toLowerCase();
  const having = (form: (letter: string) => string) =>
    choices.filter(({ letter }) => text.includes(form(letter))).map(({ letter }) => letter);
  const last = (letters: readonly string[], placeOf: (letter: string) => number) =>
    letters.length < 2
      ? letters[0]
      : letters.reduce((best, letter) => (placeOf(letter) > placeOf(best) ? letter : best));
  const [stops, colons] = [having((letter) => `${letter}.`), having((letter) => `${letter}:`)];
  if (stops.length > 0) return last([...stops, ...colons], (letter) => text.lastIndexOf(`${letter}.`));
  if (colons.length > 0) return last(colons, (letter) => text.lastIndexOf(`${letter}:`));
  const bracketed = having((letter) => `(${letter})`);
  if (bracketed.length > 0) return last(bracketed, (letter) => text.lastIndexOf(`(${letter})`));
  const spaced = having((letter) => `${letter} `);
  if (spaced.length > 0) return last(spaced, (letter) => text.lastIndexOf(` ${letter} `));
  if (words(text).length <= FEW_WORDS) return undefined;
  const places = new Map(
    choices.map(({ letter, text: option }) => [letter, plain.lastIndexOf(option.toLowerCase())]),
  );
  const quoted = choices.map(({ letter }) => letter).filter((letter) => places.get(letter)! >= 0);
  return last(quoted, (letter) => places.get(letter)!);
};
