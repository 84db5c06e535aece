/**
 * @module
 * Reading neighbouring parts of a file one after the other: they are cut from one window of it.
 */
import { type RegularFile, readBytes } from "./regular-file.ts";

/** Reads a file that must not change, and keeps one window of it. */
export class FileWindow {
  readonly file: RegularFile;
  readonly #room: number;
  #start = 0;
  #kept: Uint8Array = new Uint8Array();

  /** @param room bytes of the window; longer parts are read alone, and not kept */
  constructor(file: RegularFile, room: number) {
    this.file = file;
    this.#room = room;
  }

  /** Whether the bytes from `start` up to `end` are in the window. */
  holds(start: number, end: number): boolean {
    return start >= this.#start && end <= this.#start + this.#kept.length;
  }

  /**
   * The bytes from `start` up to `end`.
   *
   * @throws DataError when they must be read, and the file has changed or ends too early
   */
  async bytes(start: number, end: number): Promise<Uint8Array> {
    if (end - start > this.#room) return readBytes(this.file, start, end);
    if (!this.holds(start, end)) {
      const kept = await readBytes(
        this.file,
        start,
        Math.max(end, Math.min(this.file.size, start + this.#room)),
      );
      this.#kept = kept;
      this.#start = start;
    }
    return this.#kept.subarray(start - this.#start, end - this.#start);
  }
}
