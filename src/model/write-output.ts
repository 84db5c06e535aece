/**
 * @module
 * Files that a user asked for: whether a place can be written is known before the work, and a file is whole or absent.
 */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { RunError } from "../errors/index.ts";
import { replaceFile } from "./replace-file.ts";

function cannotWrite(path: string, cause: unknown): RunError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new RunError(
    `${path}: cannot be written: ${code === "ENOSPC" ? "no space left on the disk" : message}`,
    {
      cause,
    },
  );
}

/** Of an existing place; a place below a file does not exist. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw cannotWrite(path, cause);
  }
}

/**
 * Checks that a directory is writable, or can be made.
 *
 * @throws RunError naming it
 */
export function requireWritableDirectory(path: string): void {
  let existing = resolve(path);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  if (!statSync(existing).isDirectory()) {
    throw new RunError(`${path}: cannot be written: ${existing} is no directory`);
  }
  try {
    accessSync(existing, constants.W_OK);
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/**
 * Checks that a file can be written.
 *
 * @throws RunError naming it
 */
export function requireWritableFile(path: string): void {
  const stats = statsOf(path);
  if (stats?.isDirectory()) throw new RunError(`${path}: cannot be written: it is a directory`);
  if (stats !== undefined && !stats.isFile()) return;
  requireWritableDirectory(dirname(path));
}

/**
 * Writes a whole file, and makes its directory if need be. A failure leaves the earlier file unchanged.
 *
 * @throws RunError naming it
 */
export function writeOutput(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const stats = statsOf(path);
    // Into /dev/stdout or a pipe; a file would take its place.
    if (stats !== undefined && !stats.isFile() && !stats.isDirectory()) writeFileSync(path, text);
    else replaceFile(stats === undefined ? path : realpathSync(path), [text]);
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw cannotWrite(path, cause);
  }
}

/**
 * Writes a file as `writeOutput` does, in place of no other.
 *
 * @throws RunError naming it, also when it exists
 */
export function writeNewOutput(path: string, text: string): void {
  if (existsSync(path)) throw new RunError(`${path}: exists already`);
  writeOutput(path, text);
}
