/**
 * @module
 * A row reader: where one convention for rows has each part of a problem, and how it is read from there.
 */
import { type ImageReference, imageReferences } from "../image-reference.ts";
import { type VideoReference, videoReferences } from "../video-reference.ts";
import { type Asked, asText, contentAsked } from "./asked.ts";
import { type Cells, holdsSomething, isStruct } from "./cells.ts";
import { type Exchange, exchangesOf, isConversation, spokenText } from "./conversation.ts";
import { literalIn, unquoted } from "./literal.ts";

/** A question, the later questions of the same conversation, and the text of its system turns. */
export interface StatedQuestion extends Asked {
  readonly system?: string | undefined;
  readonly later: readonly Asked[];
}

/** Accepted answers as they are in the row. */
export interface StatedAnswers {
  readonly values: readonly unknown[];
  /** Whether they are places in the list of options, from 0, even if they look otherwise. */
  readonly arePlaces?: boolean;
  /** A list of numbers as one answer, such as a box or a point; alternatives only where the row has options. */
  readonly asOne?: string;
}

/** The options of a choice in order, a gap in their letters as "". */
export interface StatedOptions {
  readonly texts: readonly string[];
  /** Whether the row has numbers there, so that a number as answer may be one of them. */
  readonly areNumbers: boolean;
  /** Labels of the row's own in place of letters, such as ARC's numbers. */
  readonly labels?: readonly (string | undefined)[] | undefined;
}

/** A completion to imitate, and the exchanges that follow it in the same conversation. */
export interface StatedSolution {
  readonly completion: string;
  readonly later: readonly Exchange[];
}

/** Parts of a problem, and a reader's result for each. */
export interface Parts {
  readonly question: StatedQuestion;
  readonly answer: StatedAnswers;
  readonly image: readonly ImageReference[];
  readonly video: readonly VideoReference[];
  readonly options: StatedOptions;
  readonly solution: StatedSolution;
  readonly id: string;
  readonly kind: string;
}

/** Name of a part, as `data.columns` has it. */
export type Part = keyof Parts;
/** All parts. */
export const PARTS = ["question", "answer", "image", "video", "options", "solution", "id", "kind"] as const;

/** Reads one part of a problem. */
export interface PartReader<T> {
  /** Columns, or paths into them, that it looks into. */
  readonly columns: readonly string[];
  /**
   * The part, or undefined where the row does not have it in this way.
   *
   * @throws DataError when it is there, but cannot be meant
   */
  read(cells: Cells): T | undefined;
}

/** One convention for rows; the parts that it does not speak of are absent. */
export type RowReader = { readonly name: string } & { readonly [P in Part]?: PartReader<Parts[P]> };

/** Reads the first of some columns that has the part. */
export function firstOf<T>(
  columns: readonly string[],
  interpret: (value: unknown, name: string, cells: Cells) => T | undefined,
): PartReader<T> {
  return {
    columns,
    read(cells) {
      for (const name of columns) {
        const value = cells.at(name);
        const read = value === undefined ? undefined : interpret(value, name, cells);
        if (read !== undefined) return read;
      }
      return undefined;
    },
  };
}

/** The first question of exchanges. */
export function firstQuestion(exchanges: readonly Exchange[]): StatedQuestion | undefined {
  const [first, ...later] = exchanges.map(({ asked }) => asked);
  return first && { ...first, later, system: exchanges[0]?.system };
}

/** The answer to the first question of exchanges. */
export function firstAnswer([first]: readonly Exchange[]): StatedAnswers | undefined {
  return first?.answer === undefined ? undefined : { values: [first.answer] };
}

/** The assistant's texts in exchanges, for imitation. Ends before the first question without an answer. */
export function solutionOf(exchanges: readonly Exchange[]): StatedSolution | undefined {
  const end = exchanges.findIndex(({ answer }) => answer === undefined);
  const [first, ...later] = end < 0 ? exchanges : exchanges.slice(0, end);
  return first?.answer === undefined ? undefined : { completion: first.answer, later };
}

/** A question in a cell: a text, content parts or a conversation. */
export function questionIn(value: unknown): StatedQuestion | undefined {
  const list = unquoted(value);
  if (isConversation(list)) return firstQuestion(exchangesOf(list));
  return { ...contentAsked(value, "question"), later: [] };
}

const ANSWER_FIELDS = ["answer", "text", "target", "ground_truth", "value"];

/** A list of different numbers, such as a box or a point, as one text; undefined for any other value. */
function numbersIn(value: unknown): string | undefined {
  if (!Array.isArray(value) || new Set(value).size < 2) return undefined;
  const areNumbers = value.every((entry) => typeof entry === "number" || typeof entry === "bigint");
  return areNumbers ? `[${value.map(String).join(", ")}]` : undefined;
}

/**
 * Accepted answers in a cell: one, or a list of alternatives. VQAv2's are structs with an `answer`, SQuAD's are in
 * `text`, Search-R1's in `target`. Numbers in a list are one answer.
 */
export function answersIn(value: unknown): StatedAnswers | undefined {
  const asOne = numbersIn(value);
  const values = alternatives(value);
  return values.length === 0 ? undefined : { values, ...(asOne !== undefined && { asOne }) };
}

/** Accepted answers in a column for several: numbers in a list are alternatives too. */
export function severalIn(value: unknown): StatedAnswers | undefined {
  const values = alternatives(value);
  return values.length === 0 ? undefined : { values };
}

function alternatives(value: unknown): readonly unknown[] {
  if (isConversation(value)) return [spokenText(value, "answer")];
  // MMMU writes several as Python's list of texts; a list of numbers is an answer itself.
  if (typeof value === "string" && /^\s*\[\s*['"]/.test(value)) {
    const list = literalIn(value);
    if (Array.isArray(list)) return alternatives(list);
  }
  const field = isStruct(value) ? ANSWER_FIELDS.find((name) => holdsSomething(value[name])) : undefined;
  if (isStruct(value) && field !== undefined) return alternatives(value[field]);
  if (!Array.isArray(value)) return [value];
  return value.filter(holdsSomething).flatMap((entry) => numbersIn(entry) ?? alternatives(entry));
}

/** A completion to imitate in a cell: a text, or what the assistant says in messages. */
export function solutionIn(value: unknown): StatedSolution | undefined {
  const list = unquoted(value);
  if (isConversation(list)) {
    const exchanges = exchangesOf(list);
    return exchanges.length > 0
      ? solutionOf(exchanges)
      : { completion: spokenText(list, "solution"), later: [] };
  }
  return { completion: asText(value, "solution"), later: [] };
}

/** Images in a cell; in a TSV a text is base64 or another row's index unless the column's name says that it is a path. */
export function imagesIn(
  value: unknown,
  name: string,
  { format }: Cells,
): readonly ImageReference[] | undefined {
  const images = imageReferences(value, format === "tsv" && !/path|file|name|url/.test(name));
  return images.length === 0 ? undefined : images;
}

/** Videos in a cell. */
export function videosIn(value: unknown): readonly VideoReference[] | undefined {
  const videos = videoReferences(value);
  return videos.length === 0 ? undefined : videos;
}
