/**
 * @module
 * The run of a command, which names a directory.
 */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { RunError } from "../errors/index.ts";
import { Run } from "./runs/run.ts";

/** @throws RunError when there is no such directory */
export function runAt(directory: string): Run {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new RunError(`${directory}: expected a run directory, got none`);
  }
  return new Run(basename(resolve(directory)), directory);
}
