/**
 * @module
 * The options of a multiple-choice question, and answers that are places among them. Options are in one cell
 * (MathVision, ScienceQA, AI2D, Video-R1, MMMU, ARC), or in a column for each: VLMEvalKit's `A`, `B`, …; SEED-Bench's
 * `choice_a`, …; `option1`, …; `opa`, ….
 */
import { DataError } from "../../../errors/index.ts";
import { type Cells, holdsSomething, isStruct, isWrittenMissing } from "./cells.ts";
import { unquoted } from "./literal.ts";
import { LETTERS, lettered, optionsIn } from "./option-lists.ts";
import { firstOf, type RowReader, type StatedOptions } from "./reader.ts";

const LISTS = ["options", "choices", "answer_choices"];
/** Names that may mean something else, so that only lists and dicts in them are options. */
const OTHER_LISTS = [
  "Options",
  "Choices",
  "option_list",
  "choice_list",
  "answer_options",
  "multiple_choices",
  "mc_options",
  "candidates",
];

/** Columns of one option each, by what precedes the letter or number, and which of these follow it. */
interface Family {
  readonly before: string;
  readonly keys: readonly string[];
  /** Fewest columns that are options: a single one may mean something else. */
  readonly least: number;
}

const LOWER = LETTERS.map((letter) => letter.toLowerCase());
/** From 0 or 1, and one more than there may be, so that a column too many is found. */
const NUMBERS = Array.from({ length: LETTERS.length + 2 }, (_, i) => String(i));
const SPELLED = ["choice_", "option_", "choice", "option", "Choice ", "Option ", "Choice", "Option"];
const FAMILIES: readonly Family[] = [
  { before: "", keys: LETTERS, least: 1 },
  ...SPELLED.flatMap((before) => [
    { before, keys: LOWER, least: 1 },
    { before, keys: LETTERS, least: 1 },
    { before, keys: NUMBERS, least: 2 },
  ]),
  { before: "op", keys: LOWER, least: 2 },
  { before: "answer_", keys: LOWER, least: 2 },
];
const LETTER_COLUMNS = FAMILIES.flatMap(({ before, keys }) => keys.map((key) => `${before}${key}`));

/** The first columns of a family, options even after a gap; later columns are options only without a gap: `X` may be a number. */
const LOOSE = 10;

/** The keys whose columns in a row may be options. */
function keysIn(row: Cells["row"], { before, keys }: Family): readonly string[] {
  const loose = keys === NUMBERS ? LOOSE + 1 : LOOSE;
  const gap = keys.findIndex((key, i) => i >= loose - 1 && !Object.hasOwn(row, before + key));
  return gap < 0 ? keys : keys.slice(0, Math.max(gap, loose));
}

function holdsOption(value: unknown): boolean {
  return holdsSomething(value) && !isWrittenMissing(value);
}

/** The options of one family of columns; undefined where the row has too few of them. */
function inColumns(cells: Cells, family: Family): StatedOptions | undefined {
  const { before, keys, least } = family;
  const present = keysIn(cells.row, family).filter(
    (key) => Object.hasOwn(cells.row, before + key) && holdsOption(cells.row[before + key]),
  );
  if (present.length < least) return undefined;
  const areNumbers = keys === NUMBERS;
  // A family begins with its first member; numbers from 0 or 1.
  if (least > 1 && present[0] !== keys[0] && !(areNumbers && present[0] === "1")) return undefined;
  const first = areNumbers && present[0] === "1" ? 1 : 0;
  const excess = present.find((key) => keys.indexOf(key) - first >= LETTERS.length);
  if (excess !== undefined)
    throw new DataError(`options: expected at most ${LETTERS.length} columns, got ${before}${excess}`);
  const letter = (key: string) => LETTERS[keys.indexOf(key) - first]!;
  return lettered(
    new Map(present.map((key) => [letter(key), cells.at(before + key)])),
    areNumbers ? new Map(present.map((key) => [letter(key), key])) : undefined,
  );
}

function readOptions(cells: Cells): StatedOptions | undefined {
  const list = firstOf(LISTS, optionsIn).read(cells);
  if (list !== undefined) return list;
  for (const family of FAMILIES) {
    const options = inColumns(cells, family);
    if (options !== undefined) return options;
  }
  for (const name of OTHER_LISTS) {
    const value = unquoted(cells.row[name]);
    if (holdsSomething(value) && (Array.isArray(value) || isStruct(value))) return optionsIn(cells.at(name));
  }
  return undefined;
}

const PLACES = ["correct_choice_idx", "correct_option", "answer_index", "answer_idx"];

export const choices: RowReader = {
  name: "multiple choice",
  options: { columns: [...LISTS, ...LETTER_COLUMNS, ...OTHER_LISTS], read: readOptions },
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
