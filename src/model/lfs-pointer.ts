/**
 * @module
 * Git LFS pointers: the small texts that a clone without Git LFS has in the place of large files.
 */

const START = "version https://git-lfs.github.com/spec/";
/** A pointer is at most this long, by its specification. */
export const MAX_POINTER_BYTES = 1024;
/** What is wrong with a pointer, and what helps. */
export const IS_POINTER = "is a Git LFS pointer, not the file itself: run git lfs pull, or download the file";

/** Whether a file's first bytes are those of a pointer. */
export function isLfsPointer(head: Uint8Array): boolean {
  return head.length >= START.length && [...START].every((symbol, i) => head[i] === symbol.charCodeAt(0));
}
