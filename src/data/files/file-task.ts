/**
 * @module
 * A data set in files as a task: problems by split, and demonstrations for a warm start.
 */
import { basename, resolve } from "node:path";
import type { Task } from "../task.ts";
import { findFiles } from "./discover.ts";
import { openFileDemonstrations } from "./file-demonstrations.ts";
import { openFileSource } from "./file-source.ts";
import type { FilesOptions } from "./options.ts";

/**
 * The task of a data set on this machine. Each of its parts is opened when it is asked for; which parts there are is found
 * out at once.
 *
 * @throws DataError when the path does not exist, or its files have no format or several
 */
export async function fileTask(options: FilesOptions): Promise<Task> {
  const has = (split: "validation" | "test") => findFiles(options, split) !== undefined;
  findFiles(options, "train");
  return {
    name: basename(resolve(options.path)),
    train: () => openFileSource(options, "train"),
    ...(has("validation") && { validation: () => openFileSource(options, "validation") }),
    ...(has("test") && { test: () => openFileSource(options, "test") }),
    demonstrations: () => openFileDemonstrations(options),
  };
}
