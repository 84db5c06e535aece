/**
 * @module
 * The mark that editors on Windows write before a text in UTF-8; it is no part of the text.
 */

const MARK = [0xef, 0xbb, 0xbf];

/** Bytes of the mark with which a file begins; 0 without one. */
export function markLength(head: Uint8Array): number {
  return MARK.every((byte, i) => head[i] === byte) ? MARK.length : 0;
}
