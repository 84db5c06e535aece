/**
 * @module
 * The lines of a file of any size, read in pieces: a text of all of them could be longer than a string may be.
 */
import { readSync } from "node:fs";

const NEWLINE = 0x0a;
const PIECE_BYTES = 2 ** 20;

/** The whole lines of an open file, one after the other; returns what follows the last of them. */
export function* fileLines(file: number): Generator<string, Buffer> {
  let rest = Buffer.alloc(0);
  const piece = Buffer.alloc(PIECE_BYTES);
  for (let at = 0; ; ) {
    const read = readSync(file, piece, 0, PIECE_BYTES, at);
    if (read === 0) return rest;
    at += read;
    const bytes = Buffer.concat([rest, piece.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      yield bytes.toString("utf8", start, end);
      start = end + 1;
    }
    rest = Buffer.from(bytes.subarray(start));
  }
}
