/**
 * @module
 * The readers of rows in the order in which they are asked: each part of a problem is the first that one of them finds.
 */
import { DataError } from "../../../errors/index.ts";
import type { FilesOptions } from "../options.ts";
import type { FileFormat, Row } from "../table.ts";
import { answerLists } from "./answer-lists.ts";
import { Cells } from "./cells.ts";
import { choices } from "./choices.ts";
import { laterImages, otherImageColumns } from "./image-columns.ts";
import { messages } from "./messages.ts";
import { namedColumns } from "./named-columns.ts";
import { numberedImages } from "./numbered-images.ts";
import { promptCompletion } from "./prompt-completion.ts";
import { queryResponse } from "./query-response.ts";
import { PARTS, type Part, type Parts, type RowReader } from "./reader.ts";
import { solutionAsDemonstration, solutionAsReference } from "./solution-column.ts";
import { typedPath } from "./typed-path.ts";
import { usualColumns } from "./usual-columns.ts";
import { verl } from "./verl.ts";

/** A convention is one file and one line here. */
const READERS: readonly RowReader[] = [
  laterImages,
  usualColumns,
  choices,
  answerLists,
  verl,
  solutionAsReference,
  messages,
  promptCompletion,
  queryResponse,
  solutionAsDemonstration,
  numberedImages,
  typedPath,
  otherImageColumns,
];
/** Columns of conversations, whose parts may hold images. */
const WITH_CONTENT: readonly RowReader[] = [messages, promptCompletion];

/** A part of a problem and how it was found. */
export interface FoundPart<P extends Part> {
  readonly value: Parts[P];
  readonly reader: RowReader;
  /** Columns, or paths into them, that it was made of. */
  readonly columns: readonly string[];
}

const topOf = (path: string): string => path.split(".")[0] ?? path;

function hasAny(present: readonly string[], paths: readonly string[]): boolean {
  return paths.some((path) => present.includes(path) || present.includes(topOf(path)));
}

/** The readers of a data set. */
export class RowReaders {
  readonly #given: FilesOptions["columns"];
  readonly #named: RowReader;

  readonly #anyColumns: boolean;

  /** @param anyColumns whether every column is read, and none is needed */
  constructor(given: FilesOptions["columns"], { anyColumns = false } = {}) {
    this.#given = given;
    this.#anyColumns = anyColumns;
    this.#named = namedColumns(given);
  }

  #of(part: Part): readonly RowReader[] {
    return this.#given[part] === undefined ? READERS : [this.#named];
  }

  /** The column that the options name for a part; undefined where they name none. */
  named(part: "question" | "answer" | "image"): string | undefined {
    return this.#given[part];
  }

  /** Columns, or paths into them, in which a part is looked for, in order. */
  columns(part: Part): readonly string[] {
    return this.#of(part).flatMap((reader) => reader[part]?.columns ?? []);
  }

  /**
   * A part of the problem that a row states; undefined where it has none.
   *
   * @throws DataError when it is there, but cannot be meant
   */
  read<P extends Part>(part: P, row: Row, format: FileFormat): FoundPart<P> | undefined {
    for (const reader of this.#of(part)) {
      const own: RowReader[P] = reader[part];
      if (own === undefined) continue;
      const cells = new Cells(row, format);
      const value = own.read(cells);
      if (value !== undefined) return { value: value as Parts[P], reader, columns: cells.read };
    }
    return undefined;
  }

  /**
   * Checks that a file with these columns can have problems.
   *
   * @throws DataError when question, answer or images have no column; videos and content parts will do for images
   */
  requireColumns(present: readonly string[], path: string): void {
    if (this.#anyColumns) return;
    const has = (names: readonly string[]) => hasAny(present, names);
    for (const part of ["question", "answer", "image"] as const) {
      const names = this.columns(part);
      if (names.length === 0 || has(names) || (part === "image" && this.mayHaveVideos(present))) continue;
      const shown = names.slice(0, 8).map((name) => `"${name}"`);
      const expected = names.length === 1 ? shown.join("") : `one of ${shown.join(", ")}`;
      throw new DataError(
        `${path}: has no column for the ${part}: expected ${expected}, got ${present.join(", ") || "none"} ` +
          `(data.columns.${part} names another)`,
      );
    }
  }

  /**
   * Whether rows with these columns may name videos: there is a column for them, or one for content parts.
   *
   * @param present undefined where each row has its own
   */
  mayHaveVideos(present: readonly string[] | undefined): boolean {
    if (present === undefined) return true;
    const contents = WITH_CONTENT.flatMap(({ question }) => question?.columns ?? []);
    return hasAny(present, [...this.columns("video"), ...contents]);
  }

  /**
   * Whether a part may be in a column. If a file has no column of images, any may have one.
   *
   * @param present the file's columns
   */
  mayRead(column: string, present: readonly string[]): boolean {
    if (this.#anyColumns || (this.named("image") === undefined && !hasAny(present, this.columns("image"))))
      return true;
    return PARTS.some((part) => this.columns(part).some((path) => path === column || topOf(path) === column));
  }
}
