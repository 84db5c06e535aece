/**
 * @module
 * The problems of the split that a command shows.
 */
import { type ProblemSource, type Split, splitSource, type Task } from "../data/index.ts";
import { DataError } from "../errors/index.ts";

/**
 * Opens a split; for an unknown split the error names the flag to choose another.
 *
 * @throws DataError
 */
export async function splitProblems(task: Task, split: Split): Promise<ProblemSource> {
  try {
    return await splitSource(task, split);
  } catch (error) {
    if (!(error instanceof DataError) || task[split] !== undefined || split === "train") throw error;
    throw new DataError(`${error.message}; or choose another part with --split train`, { cause: error });
  }
}
