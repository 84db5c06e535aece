/**
 * @module
 * Answers that mean one of a question's options: by its letter, its place or its text.
 */
import { DataError } from "../../errors/index.ts";
import type { FilesOptions } from "./options.ts";
import { referenceAnswer } from "./reference-answer.ts";
import { asText } from "./rows/asked.ts";
import { LETTERS } from "./rows/option-lists.ts";
import type { StatedAnswers, StatedOptions } from "./rows/reader.ts";

const LETTER = /^(?:(?:option|choice)\s+)?\(?([A-Za-z])(?:\)|[.):])?$/i;
const LETTER_AND_TEXT = /^(?:\(([A-Za-z])\)|([A-Za-z])[.):])\s*(.+)$/s;
/** A place; pandas writes whole numbers as floats in a column with gaps. */
const PLACE = /^\d{1,2}(?:\.0)?$/;

const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Longest text that is looked at as a number. */
const MAX_DIGITS = 40;

/** A number without what does not change it, such as `1` for `01.0`; undefined for any other text. */
function numberIn(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_DIGITS || !/\d/.test(trimmed)) return undefined;
  const [all, sign = "", whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(trimmed) ?? [];
  if (all === undefined) return undefined;
  return `${sign === "-" ? "-" : ""}${whole || "0"}${fraction && `.${fraction}`}`;
}

const sameNumber = (a: string, b: string) => numberIn(a) !== undefined && numberIn(a) === numberIn(b);

/** Place of the option that a text is; exact before another case, and that before the same number. */
function placeOfText(text: string, options: readonly string[]): number {
  const exact = options.indexOf(text);
  if (exact >= 0) return exact;
  const alike = options.findIndex((option) => option !== "" && same(option, text));
  if (alike >= 0) return alike;
  const equal = options.flatMap((option, i) => (sameNumber(option, text) ? [i] : []));
  const [one = -1, other = one] = equal;
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
    (label, i) => texts[i] !== "" && label !== undefined && bare !== "" && same(label, bare),
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
  if (isNumber && !areNumbers) return byNumber >= 0 ? byNumber : byText;
  if (isNumber) return agreed(text, byText, byNumber);
  const [, letter] = LETTER.exec(text) ?? [];
  if (letter !== undefined) return agreed(text, placeOfLetter(letter, texts), byText);
  const [, bracketed, before, rest = ""] = LETTER_AND_TEXT.exec(text) ?? [];
  const lettered = placeOfLetter(bracketed ?? before, texts);
  if (lettered >= 0 && same(texts[lettered]!, rest)) return lettered;
  if (byText >= 0 || byNumber < 0) return byText;
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
 * all options are numbers in texts. Labels of the row's own, such as `1`, come before places.
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
      const isText = same(text, option) || sameNumber(text, option);
      answers.push(...(isText ? [option, letter] : [letter, option]));
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
