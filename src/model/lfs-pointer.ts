/**
 * @module
 * Git LFS pointers: the small texts that a clone without Git LFS has in the place of large files.
 */

const START = "version https://git-lfs.github.com/spec/";
/** A pointer is at most this long, by its specification. */
export const MAX_POINTER_BYTES = 1024;
/** The error of a pointer. */
export const IS_POINTER = "is a Git LFS pointer, not the file itself: run git lfs pull, or download the file";

/** Whether a file begins as a pointer does. */
export function isLfsPointer(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, START.length)).toString("latin1") === START;
}
