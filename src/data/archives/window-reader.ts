/**
 * @module
 * A file as the zip library reads it: in small pieces one after the other, which are cut from windows of 256 KiB.
 */
import { RandomAccessReader } from "yauzl";
import { type RegularFile, readBytes } from "../files/regular-file.ts";

const WINDOW = 256 * 2 ** 10;

/** Reads a file that must not change, and keeps one window of it. */
export class WindowReader extends RandomAccessReader {
  readonly #file: RegularFile;
  /** Called with errors that the library throws at unexpected content; no other code would catch them. */
  readonly #onFault: (fault: unknown) => void;
  #start = 0;
  #window: Uint8Array = new Uint8Array();

  constructor(file: RegularFile, onFault: (fault: unknown) => void) {
    super();
    this.#file = file;
    this.#onFault = onFault;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#bytes(position, length)
      .then((bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      }, callback)
      .catch(this.#onFault);
  }

  async #bytes(position: number, length: number): Promise<Uint8Array> {
    const { size } = this.#file;
    if (!(position >= 0 && position + length <= size))
      throw new Error(`ends at byte ${size}, expected ${position + length}`);
    const isThere = position >= this.#start && position + length <= this.#start + this.#window.length;
    if (!isThere) {
      this.#window = await readBytes(
        this.#file,
        position,
        Math.min(size, position + Math.max(length, WINDOW)),
      );
      this.#start = position;
    }
    return this.#window.subarray(position - this.#start, position - this.#start + length);
  }
}
