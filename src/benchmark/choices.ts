/**
 * @module
 * Multiple-choice rows: their options, the prompt that VLMEvalKit shows, and the accepted answers of a letter.
 */
import type { Row } from "../data/index.ts";
import { DataError } from "../errors/index.ts";
import { textIn } from "./cells.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");

/** An option with its letter. */
export interface Choice {
  readonly letter: string;
  readonly text: string;
}

/** Options in their order with their letters; one without text is a gap, and no choice. */
export function choicesOf(options: readonly string[]): Choice[] {
  return options.flatMap((text, place) => (text === "" ? [] : [{ letter: LETTERS[place] ?? "", text }]));
}

/** Options from columns `A`, `B`, …, as VLMEvalKit publishes them; a letter left out before another is a gap, "". */
export function columnOptions(row: Row): string[] {
  const texts = LETTERS.map((letter) => textIn(row, letter) ?? "");
  return texts.slice(0, texts.findLastIndex((text) => text !== "") + 1);
}

/** Options one a line, "A. text". */
export function optionLines(options: readonly string[]): string {
  return choicesOf(options)
    .map(({ letter, text }) => `${letter}. ${text}`)
    .join("\n");
}

/**
 * The prompt of VLMEvalKit's multiple-choice benchmarks, which is that of MMBench (arXiv:2307.06281):
 *
 *     Hint: …
 *     Question: …
 *     Options:
 *     A. …
 *     Please select the correct answer from the options above.
 */
export function choicePrompt(question: string, options: readonly string[], hint?: string): string {
  const lines = [
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    `Question: ${question}`,
    ...(options.length === 0
      ? []
      : ["Options:", optionLines(options), "Please select the correct answer from the options above. "]),
  ];
  return `${lines.join("\n")}\n`;
}

/**
 * The accepted answers of an option: its letter, then its text.
 *
 * @throws DataError when there is no such option
 */
export function acceptedChoice(letter: string, options: readonly string[]): string[] {
  const text = options[LETTERS.indexOf(letter)];
  if (!LETTERS.includes(letter) || text === undefined || text === "") {
    const letters = choicesOf(options).map((choice) => choice.letter);
    throw new DataError(`answer: expected one of ${letters.join(", ")}, got ${JSON.stringify(letter)}`);
  }
  return text === letter ? [letter] : [letter, text];
}

/**
 * The letter of an option by its place from 0.
 *
 * @throws DataError when no letter has it
 */
export function choiceLetter(place: number): string {
  const letter = LETTERS[place];
  if (letter === undefined) throw new DataError(`answer: expected the place of an option, got ${place}`);
  return letter;
}
