/**
 * @module
 * Rows by the columns that the user names. A part whose column is named is looked for nowhere else; an image or video
 * column that is named "" means that there are none.
 */
import type { FilesOptions } from "../options.ts";
import { asName, asText } from "./asked.ts";
import { optionsIn } from "./option-lists.ts";
import {
  answersIn,
  firstOf,
  imagesIn,
  PARTS,
  type PartReader,
  type Parts,
  questionIn,
  type RowReader,
  solutionIn,
  videosIn,
} from "./reader.ts";

const IN_COLUMN: { readonly [P in keyof Parts]: (columns: readonly string[]) => PartReader<Parts[P]> } = {
  question: (columns) => firstOf(columns, questionIn),
  answer: (columns) => firstOf(columns, answersIn),
  image: (columns) => firstOf(columns, imagesIn),
  video: (columns) => firstOf(columns, videosIn),
  options: (columns) => firstOf(columns, optionsIn),
  solution: (columns) => firstOf(columns, solutionIn),
  id: (columns) => firstOf(columns, (value) => asText(value, "id")),
  kind: (columns) => firstOf(columns, (value) => asName(value, "kind")),
};

/** A reader of the columns that are given. */
export function namedColumns(given: FilesOptions["columns"]): RowReader {
  const named = PARTS.flatMap((part) => {
    const column = given[part];
    return column === undefined ? [] : [[part, IN_COLUMN[part](column === "" ? [] : [column])] as const];
  });
  return { name: "data.columns", ...Object.fromEntries(named) };
}
