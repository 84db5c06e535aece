/**
 * @module
 * Which of several answers to a problem are one answer, for votes.
 */
import { Answer } from "./equivalence/answer.ts";
import { sameAnswer } from "./equivalent.ts";
import { letterAt, optionOf, optionsListed, readOptions } from "./verdicts/options.ts";

/** Classes that a further text is compared with, those with the most votes first. */
const MOST_COMPARED = 8;

/** The option that an answer names, or the options that it lists, by letter; undefined for any other answer. */
function lettersOf(answer: Answer, options: readonly Answer[]): string | undefined {
  const place = optionOf(answer, options);
  return place === undefined
    ? (optionsListed(answer, options) ?? answer.letters ?? undefined)
    : letterAt(place);
}

/**
 * The class of each text: texts of one class are one answer. Texts are the same up to white space and marks around them, or
 * equivalent to the text of their class that was given most often.
 */
function textClasses(texts: ReadonlyMap<string, number>): Map<string, string> {
  const representatives: Answer[] = [];
  const classes = new Map<string, string>();
  const byVotes = [...texts].sort(([, a], [, b]) => b - a);
  for (const [text] of byVotes) {
    const answer = new Answer(text);
    const known = representatives.slice(0, MOST_COMPARED).find((other) => sameAnswer(answer, other));
    if (known === undefined) representatives.push(answer);
    classes.set(text, (known ?? answer).text);
  }
  return classes;
}

/**
 * A text for each answer, the same for answers that are one: of a problem with options the letter of the option that an answer
 * names, of other answers an equivalent answer. The order of answers decides nothing but ties.
 *
 * @param answers null for no answer
 * @param options of the problem
 * @example
 * answerClasses(["B", "A. cat", "cat"], ["cat", "dog"]); // ["B", "A", "A"]
 */
export function answerClasses(
  answers: readonly (string | null)[],
  options: readonly string[] = [],
): (string | null)[] {
  const read = readOptions(options);
  const letters = new Map<string, string | undefined>();
  const texts = new Map<string, number>();
  for (const answer of answers) {
    if (answer === null) continue;
    if (!letters.has(answer))
      letters.set(answer, read.length === 0 ? undefined : lettersOf(new Answer(answer), read));
    if (letters.get(answer) === undefined) texts.set(answer, (texts.get(answer) ?? 0) + 1);
  }
  const classes = textClasses(texts);
  // A text that is no option may look like the letter of one.
  return answers.map((answer) =>
    answer === null ? null : (letters.get(answer) ?? `text ${classes.get(answer) ?? answer}`),
  );
}
