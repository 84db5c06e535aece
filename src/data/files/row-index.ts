/**
 * @module
 * Where the rows of a text file begin and end: 20 bytes a row, for rows of any length.
 */
import { DataError } from "../../errors/index.ts";
import type { FileWindow } from "./file-window.ts";
import { checkUnchanged } from "./regular-file.ts";

/** Bytes that are read at once: rows are mostly asked for in order. */
export const ROW_WINDOW = 64 * 2 ** 10;

/** A growing list of byte ranges with their line numbers. */
export class RowIndex {
  #starts = new Float64Array(64);
  #ends = new Float64Array(64);
  #lines = new Uint32Array(64);
  #size = 0;

  /** Rows so far. */
  get size(): number {
    return this.#size;
  }

  /**
   * Adds a row.
   *
   * @param line number of its first line, from 1
   */
  add(start: number, end: number, line: number): void {
    if (this.#size === this.#starts.length) this.#grow();
    this.#starts[this.#size] = start;
    this.#ends[this.#size] = end;
    this.#lines[this.#size] = line;
    this.#size += 1;
  }

  #grow(): void {
    const room = 2 * this.#starts.length;
    const starts = new Float64Array(room);
    starts.set(this.#starts);
    this.#starts = starts;
    const ends = new Float64Array(room);
    ends.set(this.#ends);
    this.#ends = ends;
    const lines = new Uint32Array(room);
    lines.set(this.#lines);
    this.#lines = lines;
  }

  /** Number of a row's first line, from 1. */
  line(row: number): number {
    return this.#lines[row] ?? 0;
  }

  /**
   * A row's text.
   *
   * @param place names the row in errors
   * @throws DataError when it is longer than `maxBytes`, which is found out without reading it, or is no UTF-8; or the
   * file has changed, also where the row was read before
   */
  async text(window: FileWindow, row: number, maxBytes: number, place: string): Promise<string> {
    const start = this.#starts[row] ?? 0;
    const end = this.#ends[row] ?? 0;
    if (end - start > maxBytes)
      throw new DataError(`${place}: expected at most ${maxBytes} bytes, got ${end - start}`);
    if (window.holds(start, end)) await checkUnchanged(window.file);
    const bytes = await window.bytes(start, end);
    const other = (encoding: string, cause?: unknown) =>
      new DataError(`${place}: is no UTF-8 text, but ${encoding}: save the file again as UTF-8`, { cause });
    // Every second byte of English in UTF-16 is 0, which no text has.
    if (bytes.subarray(0, 64).includes(0)) throw other("looks like UTF-16");
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw other("in another encoding, such as Latin-1", cause);
    }
  }
}
