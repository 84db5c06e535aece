/**
 * @module
 * The truth of a digits problem as a column of the problem, so that a problem alone is enough to judge its completions.
 */
import * as z from "zod";
import { DataError } from "../../errors/index.ts";
import type { Problem } from "../problem.ts";
import { CELL_NAMES, EXTREMES, LINES } from "./questions.ts";
import type { DigitsTruth } from "./world.ts";

const place = z.int().min(0);

const questionSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("sum") }),
  z.object({ kind: z.literal("largest") }),
  z.object({ kind: z.literal("line-sum"), line: z.enum(LINES) }),
  z.object({ kind: z.literal("difference"), from: z.enum(EXTREMES), minus: z.enum(EXTREMES) }),
  z.object({ kind: z.literal("count-greater"), threshold: z.number() }),
  z.object({ kind: z.literal("cell"), cell: z.enum(CELL_NAMES) }),
]);

const markSchema = z.object({
  scan: place,
  row: place,
  column: place,
  box: z.object({ x: z.int(), y: z.int(), side: place }),
  ink: z.number(),
});

const truthSchema: z.ZodType<DigitsTruth> = z.object({
  canvas: z.object({ width: place, height: place }),
  rows: place,
  columns: place,
  paper: z.number(),
  noise: z.number(),
  digits: z.array(markSchema.extend({ value: z.int().min(0).max(9) })),
  marks: z.array(markSchema).optional(),
  question: questionSchema,
  needed: z.array(z.int()),
  answer: z.string(),
  trace: z.string(),
});

/** Name of the column. */
export const TRUTH_COLUMN = "truth";

/**
 * The truth of a problem, from its column `truth`; plain JSON, so a problem may have been written and read again.
 *
 * @throws DataError when the problem has no such column, or it is no truth of the digits task
 */
export function truthOf({ id, columns }: Pick<Problem, "id" | "columns">): DigitsTruth {
  const parsed = truthSchema.safeParse(columns[TRUTH_COLUMN]);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = [TRUTH_COLUMN, ...(issue?.path ?? [])].join(".");
  throw new DataError(
    `problem ${id}: column ${where}: expected the truth of a digits problem: ${issue?.message}`,
  );
}
