/**
 * @module
 * The cells of one row, by the names of their columns or by paths into nested cells.
 */
import type { FileFormat, Row } from "../table.ts";
import { unquoted } from "./literal.ts";

/** Whether a value is a struct: neither a list, nor bytes, nor a date. */
export function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array) &&
    !(value instanceof Date)
  );
}

/** Whether a cell holds something: null, NaN, blank text, and lists of nothing else are missing. */
export function holdsSomething(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value === "number") return !Number.isNaN(value);
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) ? value.some(holdsSomething) : true;
}

/** Whether a cell holds the text that pandas writes for a missing value. */
export function isWrittenMissing(value: unknown): boolean {
  return value === "nan" || value === "<NA>";
}

/** A field of a struct or an entry of a list, where the value itself has it. */
function inner(cell: unknown, key: string): unknown {
  const value = unquoted(cell);
  if (Array.isArray(value)) return /^\d{1,9}$/.test(key) ? (value[Number(key)] as unknown) : undefined;
  return isStruct(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A cell that was found. */
export interface FoundCell {
  /** Its column or path. */
  readonly name: string;
  readonly value: unknown;
}

/** A row as one reader sees it; it notes the columns whose content was handed out. */
export class Cells {
  readonly row: Row;
  readonly format: FileFormat;
  readonly #read = new Set<string>();

  constructor(row: Row, format: FileFormat) {
    this.row = row;
    this.format = format;
  }

  /** Columns and paths that were found to hold something, in the order in which they were asked for. */
  get read(): readonly string[] {
    return [...this.#read];
  }

  /**
   * A cell that holds something.
   *
   * @param path a column, or fields and places in lists below it: `reward_model.ground_truth`, `images.0.image`
   */
  at(path: string): unknown {
    const value = Object.hasOwn(this.row, path)
      ? this.row[path]
      : path.split(".").reduce<unknown>(inner, this.row);
    if (!holdsSomething(value)) return undefined;
    this.#read.add(path);
    return value;
  }

  /** The first of several cells that holds something. */
  first(paths: readonly string[]): FoundCell | undefined {
    for (const name of paths) {
      const value = this.at(name);
      if (value !== undefined) return { name, value };
    }
    return undefined;
  }
}
