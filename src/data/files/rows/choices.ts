/**
 * @module
 * The options of a multiple-choice question, and answers that are places among them. Options are a list in
 * `options` or `choices` (MathVision, ScienceQA, AI2D, Video-R1), or a text of a list (MMMU). They may also be a dict
 * by letter, `{label, text}` (ARC), or a column for each (VLMEvalKit's `A`, `B`, …; SEED-Bench's `choice_a`, …).
 */
import { DataError } from "../../../errors/index.ts";
import { asText, described } from "./asked.ts";
import { type Cells, holdsSomething, isStruct } from "./cells.ts";
import { unquoted } from "./literal.ts";
import { firstOf, type RowReader, type StatedOptions } from "./reader.ts";

/** Letters of options, the most that a question has. */
export const LETTERS: readonly string[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
const COLUMN_LETTERS = LETTERS.slice(0, 10);
const LISTS = ["options", "choices", "answer_choices"];
const FAMILIES: readonly ((letter: string) => string)[] = [
  (letter) => letter,
  (letter) => `choice_${letter.toLowerCase()}`,
  (letter) => `option_${letter.toLowerCase()}`,
  (letter) => `option_${letter}`,
];
const LETTER_COLUMNS = FAMILIES.flatMap((name) => COLUMN_LETTERS.map(name));

const PREFIX = /^\s*(?:\(([A-Za-z])\)|([A-Za-z])[.):：．、])\s*/;

/** The texts without the letters that they begin with, where all begin with their own. */
function withoutLetters(texts: readonly string[]): string[] {
  const isLettered = texts.every((text, i) => {
    if (text === "") return true;
    const [, inBrackets, before] = PREFIX.exec(text) ?? [];
    return (inBrackets ?? before)?.toUpperCase() === LETTERS[i];
  });
  return texts.map((text) => (isLettered ? text.replace(PREFIX, "") : text));
}

function listed(values: readonly unknown[]): StatedOptions | undefined {
  if (!values.some(holdsSomething)) return undefined;
  if (values.length > LETTERS.length)
    throw new DataError(`options: expected at most ${LETTERS.length}, got ${values.length}`);
  const texts = values.map((value) => (holdsSomething(value) ? asText(value, "options") : ""));
  const areNumbers = values.every((value) => typeof value === "number" || typeof value === "bigint");
  return { texts: withoutLetters(texts), areNumbers };
}

/** Options by their letters; a letter left out before another is a gap. */
function lettered(byLetter: ReadonlyMap<string, unknown>): StatedOptions | undefined {
  const last = Math.max(-1, ...[...byLetter.keys()].map((letter) => LETTERS.indexOf(letter)));
  return listed(LETTERS.slice(0, last + 1).map((letter) => byLetter.get(letter)));
}

/** The letter of a key of a dict: the key itself, or the letter of its place from the first, 0 or 1. */
function letterOf(key: string, first: number): string | undefined {
  const name = key
    .trim()
    .replace(/^\((.+)\)$|[.):]$/g, "$1")
    .toUpperCase();
  return /^\d{1,2}$/.test(name) ? LETTERS[Number(name) - first] : LETTERS.find((letter) => letter === name);
}

function fromStruct(struct: Readonly<Record<string, unknown>>): StatedOptions | undefined {
  if (Array.isArray(struct["text"])) return listed(struct["text"]);
  const entries = Object.entries(struct).filter(([, text]) => holdsSomething(text));
  const first = Object.hasOwn(struct, "0") ? 0 : 1;
  const byLetter = new Map(entries.map(([key, text]) => [letterOf(key, first), text] as const));
  if (byLetter.has(undefined) || byLetter.size < entries.length)
    throw new DataError(
      `options: expected letters or places as keys, got ${Object.keys(struct).slice(0, 8).join(", ")} ` +
        "(data.columns.options names another column, or none)",
    );
  return lettered(byLetter as ReadonlyMap<string, unknown>);
}

/**
 * The options in a cell.
 *
 * @throws DataError when it is not a list or dict of them: none is dropped silently
 */
export function optionsIn(value: unknown): StatedOptions | undefined {
  const list = unquoted(value);
  if (isStruct(list)) return fromStruct(list);
  if (Array.isArray(list)) {
    const isTexts = list.every((item: unknown) => isStruct(item) && "text" in item);
    return listed(isTexts ? list.map((item: { text: unknown }) => item.text) : list);
  }
  const lines = typeof list === "string" ? list.split("\n").filter(holdsSomething) : [];
  const options = lines.length > 1 ? listed(lines) : undefined;
  if (options?.texts.every((text, i) => text !== lines[i])) return options;
  throw new DataError(
    `options: expected a list, or a dict by letter, got ${described(list)} (data.columns.options names another column, or none)`,
  );
}

function readOptions(cells: Cells): StatedOptions | undefined {
  const list = firstOf(LISTS, optionsIn).read(cells);
  if (list !== undefined) return list;
  for (const name of FAMILIES) {
    const held = COLUMN_LETTERS.map((letter) => [letter, cells.at(name(letter))] as const);
    const byLetter = new Map(held.filter(([, value]) => value !== undefined));
    if (byLetter.size > 0) return lettered(byLetter);
  }
  return undefined;
}

const PLACES = ["correct_choice_idx", "correct_option", "answer_index", "answer_idx"];

export const choices: RowReader = {
  name: "multiple choice",
  options: { columns: [...LISTS, ...LETTER_COLUMNS], read: readOptions },
  answer: {
    columns: PLACES,
    read(cells) {
      const found = cells.first(PLACES);
      if (found === undefined) return undefined;
      return {
        values: [found.value],
        arePlaces: typeof found.value === "number" || typeof found.value === "bigint",
      };
    },
  },
};
