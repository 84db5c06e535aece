/**
 * @module
 * A file as the zip library reads it: in small pieces one after the other, which are cut from windows of 256 KiB.
 */
import { RandomAccessReader } from "yauzl";
import { FileWindow } from "../files/file-window.ts";
import type { RegularFile } from "../files/regular-file.ts";

const WINDOW = 256 * 2 ** 10;

/** Reads a file that must not change, and keeps one window of it. */
export class WindowReader extends RandomAccessReader {
  readonly #window: FileWindow;
  /** Called with errors that the library throws at unexpected content; no other code would catch them. */
  readonly #onFault: (fault: unknown) => void;

  constructor(file: RegularFile, onFault: (fault: unknown) => void) {
    super();
    this.#window = new FileWindow(file, WINDOW);
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
    const { size } = this.#window.file;
    if (!(position >= 0 && position + length <= size))
      throw new Error(`ends at byte ${size}, expected ${position + length}`);
    return this.#window.bytes(position, position + length);
  }
}
