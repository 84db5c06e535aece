/**
 * @module
 * Writing files so that at every moment either the old one or the new one is there, whole.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { RunError } from "../errors/index.ts";
import { isSystemError, writeFailure } from "../errors/system-error.ts";

/** Bytes per write call; the system call itself takes less than 2 GiB. */
const CHUNK = 2 ** 26;

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += writeSync(file, bytes, at, Math.min(CHUNK, bytes.length - at));
  }
}

/** Makes the rename itself durable; some file systems refuse to sync a directory, which is no loss of data. */
function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, "r");
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
  } catch {}
}

/** A file to write. */
export interface FileParts {
  readonly path: string;
  /** Written one after another. */
  readonly parts: Iterable<Uint8Array | string>;
}

/**
 * Writes the parts one after another to a temporary file beside `path`, syncs it, and renames it over `path`.
 *
 * @throws RunError that names the path and the reason, when the disk is full or read-only, or the place cannot be
 *   written; then `path` is as it was before, and the temporary file is gone
 */
export function replaceFile(path: string, parts: Iterable<Uint8Array | string>): void {
  replaceFiles([{ path, parts }]);
}

/**
 * Writes several files that belong together. All are first written to temporary files, so that a full disk leaves
 * every old file in place, and then renamed in the order given.
 *
 * @throws RunError as `replaceFile`; where a later rename fails, it names the files that are replaced already
 */
export function replaceFiles(files: readonly FileParts[]): void {
  const written: { path: string; temporary: string }[] = [];
  const replaced: string[] = [];
  let current = "";
  try {
    for (const { path, parts } of files) {
      current = path;
      const temporary = `${path}.${process.pid}.tmp`;
      written.push({ path, temporary });
      writeSynced(temporary, parts);
    }
    for (const { path, temporary } of written) {
      current = path;
      renameSync(temporary, path);
      replaced.push(path);
    }
  } catch (cause) {
    for (const { temporary } of written) removeQuietly(temporary);
    if (!isSystemError(cause)) throw cause;
    const kept =
      replaced.length === 0
        ? "what was there before is unchanged"
        : `already replaced: ${replaced.join(", ")}; the others are unchanged`;
    throw new RunError(`${current}: cannot be written: ${writeFailure(cause)}; ${kept}`, { cause });
  }
  for (const directory of new Set(written.map(({ path }) => dirname(path)))) syncDirectory(directory);
}

/** Removes a temporary file; the reason why it was not finished matters more than one why it stays. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function writeSynced(path: string, parts: Iterable<Uint8Array | string>): void {
  const file = openSync(path, "w");
  try {
    for (const part of parts) writeAll(file, typeof part === "string" ? Buffer.from(part) : part);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
