/**
 * @module
 * The problems of the split that a command shows.
 */
import { type ProblemSource, type Split, splitSource, type Task } from "../data/index.ts";
import { DataError } from "../errors/index.ts";

/**
 * Opens a split; where the task has none of that name, the error says how to ask for another.
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
