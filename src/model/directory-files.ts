/**
 * @module
 * The small files of a model directory on disk.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ModelError } from "../errors/index.ts";
import { readJson } from "./read-json.ts";
import type { SmallFiles } from "./small-files.ts";

/**
 * Files of a directory, read when asked for.
 *
 * @throws ModelError when there is no such directory
 */
export function directoryFiles(directory: string): SmallFiles {
  if (!existsSync(directory)) throw new ModelError(`${directory}: no such model directory`);
  const found = <T>(name: string, read: (path: string) => T) => {
    const where = join(directory, name);
    return existsSync(where) ? { content: read(where), where } : undefined;
  };
  return {
    where: directory,
    json: (name) => found(name, readJson),
    text: (name) => found(name, readText),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ModelError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
}
