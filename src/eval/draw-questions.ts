/**
 * @module
 * Draws as many problems as are asked for, with the next row where a row gives none.
 */
import { type DrawOptions, drawProblem, isSkipped, type Question, type SkippedRow } from "./draw-problem.ts";
import type { RowTally } from "./row-tally.ts";

/** The drawn problems, and the start of the next draw. */
export interface DrawnQuestions {
  readonly questions: readonly Question[];
  readonly skipped: readonly SkippedRow[];
  readonly position: number;
}

/**
 * Draws `count` problems from a position of a stream on; fewer where the stream ends.
 *
 * @param order the row at a position
 * @param end position at which the stream ends; Infinity where it goes round
 * @throws DataError when too many rows are broken, or none can be used
 */
export async function drawQuestions(
  options: DrawOptions & { readonly order: (position: number) => number; readonly end: number },
  tally: RowTally,
  start: number,
  count: number,
): Promise<DrawnQuestions> {
  const questions: Question[] = [];
  const skipped: SkippedRow[] = [];
  let position = start;
  for (; questions.length < count && position < options.end; position++) {
    const drawn = await drawProblem(options, options.order(position));
    if (isSkipped(drawn)) {
      skipped.push(drawn);
      tally.skipped(drawn);
    } else {
      questions.push(drawn);
      tally.used();
    }
  }
  return { questions, skipped, position };
}

/** The first problems of a source in its own order. */
export async function firstQuestions(
  options: DrawOptions,
  tally: RowTally,
  count: number,
): Promise<readonly Question[]> {
  const stream = { ...options, order: (position: number) => position, end: options.source.size };
  return (await drawQuestions(stream, tally, 0, count)).questions;
}
