/**
 * @module
 * Lines of a file from a byte offset on, in pieces of bounded size, so that a file of any length can be looked into.
 */
import { open } from "node:fs/promises";

const NEWLINE = 0x0a;
const PIECE = 256 * 1024;

/** A line of a file. */
export interface FoundLine {
  /** Byte offset of its first byte. */
  readonly at: number;
  /** Without its end; undefined when it is longer than was asked for. */
  readonly text: string | undefined;
}

/** Where reading ended. */
export interface ReadEnd {
  /** Offset of the first byte that was not consumed. */
  readonly next: number;
  /** Whether the file has nothing after it but, at most, a line without an end. */
  readonly isEnd: boolean;
  /** Bytes of the file. */
  readonly size: number;
}

export interface ReadLimits {
  /** Bytes to read at most; a line that begins before is read whole. */
  readonly maxBytes: number;
  /** Longer lines are reported without their text. */
  readonly maxLineBytes: number;
}

/** The bytes of a line that is still growing, given up once they are too many. */
class GrowingLine {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > this.#limit) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(Uint8Array.from(piece));
  }

  take(): string | undefined {
    const text = this.#length > this.#limit ? undefined : Buffer.concat(this.#pieces).toString("utf8");
    this.#pieces = [];
    this.#length = 0;
    return text;
  }
}

/**
 * Reads whole lines; a last line without an end is left, since it may still be written.
 *
 * @param from byte offset of a line's beginning
 * @param onLine returns false to stop before the next line
 */
export async function readLines(
  path: string,
  from: number,
  { maxBytes, maxLineBytes }: ReadLimits,
  onLine: (line: FoundLine) => boolean,
): Promise<ReadEnd> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(PIECE, Math.max(1, size - from)));
    const line = new GrowingLine(maxLineBytes);
    let next = from;
    let position = from;
    while (position < size) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, size - position), position);
      if (bytesRead === 0) break;
      let begin = 0;
      for (
        let end = buffer.indexOf(NEWLINE);
        end >= 0 && end < bytesRead;
        end = buffer.indexOf(NEWLINE, begin)
      ) {
        line.add(buffer.subarray(begin, end));
        const at = next;
        begin = end + 1;
        next = position + begin;
        if (!onLine({ at, text: line.take() })) return { next, isEnd: next >= size, size };
      }
      line.add(buffer.subarray(begin, bytesRead));
      position += bytesRead;
      if (position - from >= maxBytes && (next > from || line.length > maxLineBytes)) {
        // A line longer than the limit of one read is skipped: the next read starts inside it.
        return next > from ? { next, isEnd: false, size } : { next: position, isEnd: position >= size, size };
      }
    }
    return { next, isEnd: true, size };
  } finally {
    await file.close();
  }
}
