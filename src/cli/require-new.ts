/**
 * @module
 * The check of a file that a command does not overwrite, before its work begins.
 */
import { existsSync } from "node:fs";
import { ConfigError } from "../errors/index.ts";
import { requireWritableFile } from "../model/index.ts";

/**
 * Checks that a file of `--out` does not exist and can be made.
 *
 * @param kept what would be lost, in words
 * @throws ConfigError when it exists; RunError when it cannot be made
 */
export function requireNew(path: string, kept: string): void {
  if (existsSync(path)) {
    throw new ConfigError(
      `--out ${path}: expected a file that does not exist yet; ${kept} are not overwritten`,
    );
  }
  requireWritableFile(path);
}
