/**
 * @module
 * Answers that mean one of a question's options: by its letter, its place or its text.
 */
import { DataError } from "../../errors/index.ts";
import { numberIn, placesOfNumberIn, placesOfText, sameNumber, sameText } from "./option-texts.ts";
import type { FilesOptions } from "./options.ts";
import { referenceAnswer } from "./reference-answer.ts";
import { asText } from "./rows/asked.ts";
import { LETTERS } from "./rows/option-lists.ts";
import type { StatedAnswers, StatedOptions } from "./rows/reader.ts";

const LETTER = /^(?:(?:option|choice)\s+)?\(?([A-Za-z])(?:\)|[.):])?$/i;
const LETTER_AND_TEXT = /^(?:\(([A-Za-z])\)|([A-Za-z])[.):])\s*(.+)$/s;
/** A place; pandas writes whole numbers as floats in a column with gaps. */
const PLACE = /^\d{1,2}(?:\.0)?$/;

/** Index of the option that a text represents, or −1 where no option matches. */
function placeOfText(text: string, options: readonly string[]): number {
  const [one = -1, other = one] = placesOfText(text, options);
  return agreed(text, one, other);
}

function placeOfLetter(letter: string | undefined, options: readonly string[]): number {
  const place = letter === undefined ? -1 : LETTERS.indexOf(letter.toUpperCase());
  return place < options.length && options[place] !== "" ? place : -1;
}

function ambiguous(text: string, one: number, other: number): DataError {
  return new DataError(
    `answer: ${JSON.stringify(text)} may be option ${LETTERS[one]} or option ${LETTERS[other]}: ` +
      "data.answerPlaces says whether answers are places (from-0, from-1) or not (none)",
  );
}

/** The one of two places that is meant, −1 being none. */
function agreed(text: string, one: number, other: number): number {
  if (one >= 0 && other >= 0 && one !== other) throw ambiguous(text, one, other);
  return one >= 0 ? one : other;
}

/** The place that a number says, −1 where it says none. */
function placeOfNumber(text: string, first: number, { texts }: StatedOptions): number {
  const place = PLACE.test(text) ? Number(text) - first : -1;
  return place < texts.length && place >= 0 && texts[place] !== "" ? place : -1;
}

/** The place of the option with this text as its own label, with or without a mark; −1 if no option has it. */
function placeOfLabel(text: string, { labels, texts }: StatedOptions): number {
  if (labels === undefined) return -1;
  const bare = text.replace(/^(?:(?:option|choice)\s+)?\(?([^()]*?)[).:]?$/i, "$1").replace(/\.0$/, "");
  return labels.findIndex(
    (label, i) => texts[i] !== "" && label !== undefined && bare !== "" && sameText(label, bare),
  );
}

function chosenPlace(
  value: unknown,
  text: string,
  options: StatedOptions,
  mode: FilesOptions["answerPlaces"],
): number {
  const { texts, areNumbers } = options;
  if (mode === "from-0" || mode === "from-1") {
    const place = placeOfNumber(text, mode === "from-0" ? 0 : 1, options);
    if (place >= 0) return place;
    throw new DataError(
      `answer: expected the place of one of ${texts.length} options, ${mode}, got ${text.slice(0, 80)}`,
    );
  }
  const byText = placeOfText(text, texts);
  const byLabel = mode === "none" ? -1 : placeOfLabel(text, options);
  if (byLabel >= 0) return agreed(text, byLabel, byText);
  const byNumber = mode === "none" ? -1 : placeOfNumber(text, 0, options);
  const isNumber = typeof value === "number" || typeof value === "bigint";
  if (isNumber && !areNumbers && byNumber >= 0) return byNumber;
  if (isNumber && areNumbers) return agreed(text, byText, byNumber);
  // Chinese tables have letters and brackets of full width.
  const [, letter] = LETTER.exec(text.normalize("NFKC")) ?? [];
  if (letter !== undefined) return agreed(text, placeOfLetter(letter, texts), byText);
  const [, bracketed, before, rest = ""] = LETTER_AND_TEXT.exec(text) ?? [];
  const lettered = placeOfLetter(bracketed ?? before, texts);
  if (lettered >= 0 && sameText(texts[lettered]!, rest)) return lettered;
  if (byText >= 0) return byText;
  const within = placesOfNumberIn(text, texts);
  if (byNumber < 0) return within.length === 1 ? within[0]! : -1;
  if (within.length > 0) return agreed(text, within[0]!, byNumber);
  const areTextsOfNumbers = texts.every((option) => option === "" || numberIn(option) !== undefined);
  if (!areTextsOfNumbers) return byNumber;
  throw new DataError(
    `answer: expected one of the numbers that are options, got ${JSON.stringify(text)}, which may be the place of ` +
      `option ${LETTERS[byNumber]}: data.answerPlaces says whether answers are places (from-0, from-1) or not (none)`,
  );
}

/** Several letters, apart or together: `A, C` or `AC`. */
const LETTERS_APART = /^[A-Z](?:\s*(?:(?:[,;、/&]|and)\s*)?[A-Z])+$/;

/** The places of several letters at once; none where a text is anything else. */
function placesOfLetters(text: string, options: readonly string[]): number[] {
  const letters = LETTERS_APART.test(text) ? text.replaceAll("and", "").match(/[A-Z]/g)! : [];
  const places = letters.map((letter) => placeOfLetter(letter, options));
  return places.includes(-1) || new Set(places).size < places.length ? [] : places;
}

/** The text itself where it says an option in other words, such as `6` for `6 cm`; none where it is a letter or a place. */
function ownForm(text: string, place: number, options: readonly string[]): readonly string[] {
  return [...placesOfText(text, options), ...placesOfNumberIn(text, options)].includes(place) ? [text] : [];
}

/** Accepted answers, and whether they are among the options. */
export interface ReadAnswers {
  readonly answers: readonly string[];
  readonly isOption: boolean;
}

/**
 * The accepted answers of a row. An answer may mean an option by its letter, its place from 0 or its text. Then the
 * letter and the text are accepted; the row's own form comes first. Any other answer is accepted as it is.
 *
 *     options red, blue: 1 -> B, blue;  "A" -> A, red;  "blue" -> blue, B;  "green" -> green
 *
 * A number is a place, unless the options are numbers; a text is first an option's text or number, then a place, unless
 * all options are numbers in texts. Labels of the row's own, such as `1`, come before places. A number that is no place is
 * the one option with it and no other (`6` is `6 cm`); `true` is `Yes`, and `false` is `No`.
 *
 * @throws DataError when there is none, it may be two of the options, or several options are right at once
 */
export function readAnswers(
  { values: stated, arePlaces = false, asOne }: StatedAnswers,
  options: StatedOptions | undefined,
  mode: FilesOptions["answerPlaces"],
): ReadAnswers {
  const values = options === undefined && asOne !== undefined ? [asOne] : stated;
  const answers: string[] = [];
  const places = new Set<number>();
  for (const value of values) {
    const text = referenceAnswer(asText(value, "answer"));
    if (text === "") continue;
    if (options === undefined) {
      answers.push(text);
      continue;
    }
    const place = chosenPlace(value, text, options, arePlaces ? (mode === "auto" ? "from-0" : mode) : mode);
    const several = place < 0 ? placesOfLetters(text, options.texts) : [];
    for (const each of several) places.add(each);
    if (place < 0) answers.push(text);
    else {
      places.add(place);
      const [letter, option] = [LETTERS[place]!, options.texts[place]!];
      const isText = sameText(text, option) || sameNumber(text, option);
      answers.push(...(isText ? [option, letter] : [...ownForm(text, place, options.texts), letter, option]));
    }
  }
  if (places.size > 1)
    throw new DataError(
      `answer: expected one of the options, got ${[...places].map((place) => LETTERS[place]).join(", ")}: questions with several ` +
        "right options at once are not supported",
    );
  if (answers.length === 0) throw new DataError("answer: is missing");
  // Without options an answer that several people gave is kept as often: VQA accuracy counts them.
  return { answers: options === undefined ? answers : [...new Set(answers)], isOption: places.size > 0 };
}
