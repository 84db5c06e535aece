/**
 * @module
 * Directories for tests, removed when the tests of a file have ended.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/** A new empty directory. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "fovea-test-"));
  made.push(path);
  return path;
}

/** Removes the directories that were made so far. */
export function removeTemporaryDirectories(): void {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
