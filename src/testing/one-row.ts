/**
 * @module
 * One row of JSON lines as a data set, beside two images.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesSchema, openFileSource, type Problem } from "../data/index.ts";
import { plainImage } from "./data-files.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Image a.png, 28 pixels wide. */
export const IMAGE_A = await plainImage(28, 0);
/** Image b.png, 56 pixels wide. */
export const IMAGE_B = await plainImage(56, 0);

/** The path of a file of one row, beside a.png and b.png. */
export function oneRow(row: object | string): string {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "a.png"), IMAGE_A);
  writeFileSync(join(folder, "b.png"), IMAGE_B);
  const path = join(folder, "one.jsonl");
  writeFileSync(path, typeof row === "string" ? row : JSON.stringify(row));
  return path;
}

/** The problem that a row states. */
export async function oneProblem(row: object | string, options: object = {}): Promise<Problem> {
  const path = oneRow(row);
  return (await openFileSource(filesSchema.parse({ path, ...options }), "train")).problem(0);
}

/** Its question, its answers and the widths of its images. */
export async function oneSummary(row: object | string, options: object = {}): Promise<unknown[]> {
  const { question, answers, images } = await oneProblem(row, options);
  return [question, answers, images.map(({ width }) => width)];
}
