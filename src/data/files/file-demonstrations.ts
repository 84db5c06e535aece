/**
 * @module
 * Demonstrations out of files: what a warm start imitates.
 */
import { DataError } from "../../errors/index.ts";
import type { DemonstratedTurn, Demonstration, DemonstrationSource } from "../task.ts";
import { type FileSource, openFileSource, type StatedRow } from "./file-source.ts";
import type { FilesOptions } from "./options.ts";
import type { StatedSolution } from "./rows/reader.ts";

/** Demonstrations; `demonstration(index)` throws a DataError with file and row where the row is broken. */
export interface FileDemonstrations extends DemonstrationSource {
  demonstration(index: number): Promise<Demonstration>;
}

/** Later turns with their pixels. */
async function laterTurns(
  source: FileSource,
  index: number,
  { stated }: StatedRow,
  { later }: StatedSolution,
): Promise<DemonstratedTurn[]> {
  const turns: DemonstratedTurn[] = [];
  for (const [i, { answer }] of later.entries()) {
    const placed = stated.later[i]!;
    const media = await source.media(index, placed);
    turns.push({ question: placed.question, ...media, completion: answer! });
  }
  return turns;
}

/**
 * Opens the demonstrations of a warm start: the rows of `warmStart`, else the training rows, of the same shard. A
 * row's completion is the assistant's turn of its conversation (with later exchanges as `later`), or its
 * `completion`, `response`, `output` or `solution`, unchanged; else its first accepted answer alone.
 *
 * @throws DataError when the files cannot be opened
 */
export async function openFileDemonstrations(options: FilesOptions): Promise<FileDemonstrations> {
  const { warmStart, ...rest } = options;
  const source = await openFileSource({ ...rest, path: warmStart ?? options.path }, "train");
  return {
    fingerprint: `demonstrations ${source.fingerprint}`,
    size: source.size,
    async demonstration(index) {
      const row = await source.stated(index);
      const solution = await source.solution(index, row);
      if (solution === undefined && options.columns.solution !== undefined)
        throw new DataError(`${source.place(index)}: solution: is missing in ${options.columns.solution}`);
      const problem = await source.problemOf(index, row);
      if (solution === undefined) return { problem, completion: problem.answers[0]! };
      const later = await laterTurns(source, index, row, solution.value);
      return { problem, completion: solution.value.completion, ...(later.length > 0 && { later }) };
    },
  };
}
