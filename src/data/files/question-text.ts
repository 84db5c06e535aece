/**
 * @module
 * The text of a question with its hint and its options.
 */
import { LETTERS } from "./rows/option-lists.ts";

const blanks = (text: string) => text.replaceAll(/\s+/g, " ");

/** Whether a question already has its options in its own text, each after its letter. */
function showsOptions(question: string, options: readonly string[]): boolean {
  const text = blanks(question);
  return options.every((option, i) => {
    const own = blanks(option).trim();
    const letter = LETTERS[i]!;
    const marks = [`${letter}. `, `${letter}) `, `(${letter}) `, `${letter}: `, `${letter}.`, `(${letter})`];
    return [...marks, `(${letter.toLowerCase()}) `].some((mark) => text.includes(mark + own));
  });
}

/** A multiple-choice question with its hint before it and its options below it, one a line. */
export function withOptions(question: string, options: readonly string[], hint: string | undefined): string {
  const lines = options.flatMap((text, i) => {
    if (text === "") return [];
    return [text === LETTERS[i] ? text : `${LETTERS[i]}. ${text}`];
  });
  const isShown = lines.length === 0 || showsOptions(question, options);
  return [
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    question,
    ...(isShown ? [] : ["Options:", ...lines]),
  ].join("\n");
}
