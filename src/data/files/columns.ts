/**
 * @module
 * Which columns hold what: by the names that published data sets use, or by those that the user gives.
 */
import { DataError } from "../../errors/index.ts";
import type { FilesOptions } from "./options.ts";
import { cell, type Row } from "./table.ts";

/** Turns of a conversation, in the form of LLaVA's data. */
const CONVERSATIONS = ["conversations", "messages"];

/** The usual names, the likeliest first. */
export const USUAL = {
  question: ["question", "problem", "query"],
  answer: ["answer", "solution", "ground_truth"],
  image: ["images", "image", "image_path", "file_name"],
  video: ["videos", "video"],
  id: ["id", "qid", "index", "problem_id"],
  kind: ["kind", "category", "subject", "problem_type"],
} as const;

/** Letters that name the columns of a multiple-choice question's options. */
export const OPTION_LETTERS: readonly string[] = "ABCDEFGHIJ".split("");

/** Video-R1's form: a `path` whose `data_type` is image or video, and the options of a choice as a list. */
export const TYPED_PATH: readonly string[] = ["data_type", "path", "options"];

/** What a problem is made of. */
export type Part = keyof typeof USUAL;

/** Where each part of a problem may stand in a row. */
export type Columns = Readonly<Record<Part, readonly string[]>> & {
  readonly conversations: readonly string[];
};

/**
 * The columns to look into, in order. An image or video column that is given as empty means that there are no images or
 * videos.
 */
export function columnsOf(given: FilesOptions["columns"]): Columns {
  const part = (name: Part) => {
    const own = given[name];
    return own === undefined ? USUAL[name] : own === "" ? [] : [own];
  };
  return {
    question: part("question"),
    answer: part("answer"),
    image: part("image"),
    video: part("video"),
    id: part("id"),
    kind: part("kind"),
    conversations: CONVERSATIONS,
  };
}

/** What stands in the first of the columns that holds something. */
export function firstCell(row: Row, names: readonly string[]): { name: string; value: unknown } | undefined {
  for (const name of names) {
    const value = cell(row, name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/**
 * The columns of a file that problems need.
 *
 * @throws DataError when question, answer or images have none; videos will do for images
 */
export function requiredColumns(present: readonly string[], columns: Columns, path: string): string[] {
  const has = (names: readonly string[]) => names.some((name) => present.includes(name));
  const hasConversations = has(columns.conversations);
  for (const part of ["question", "answer", "image"] as const) {
    const names = columns[part];
    const hasOther = part === "image" ? has(columns.video) : hasConversations;
    const isFound = has(names) || hasOther || names.length === 0;
    if (isFound) continue;
    const expected = names.length === 1 ? `"${names[0]}"` : `one of ${names.map((n) => `"${n}"`).join(", ")}`;
    throw new DataError(
      `${path}: has no column for the ${part}: expected ${expected}, got ${present.join(", ") || "none"} ` +
        `(data.columns.${part} names another)`,
    );
  }
  const wanted = new Set([...Object.values(columns).flat(), ...OPTION_LETTERS, "hint", ...TYPED_PATH]);
  return present.filter((name) => wanted.has(name));
}
