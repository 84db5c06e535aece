import { describe, expect, test } from "vitest";
import { smallProblems, writeFolder, writeJsonl, writeParquet, writeTsv } from "../../testing/data-files.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const problems = await smallProblems(10);
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

const FORMATS = [
  ["jsonl", () => writeJsonl(problems)],
  ["parquet with lists of images", () => writeParquet(problems)],
  ["parquet with one image a row", () => writeParquet(problems, { isList: false })],
  ["TSV", () => writeTsv(problems)],
  ["a folder with a csv", () => writeFolder(problems)],
] as const;

describe.each(FORMATS)("a data set in %s", (name, write) => {
  test("gives each row's question, answer and image", async () => {
    const source = await open(write());
    expect(source.size).toBe(10);
    for (const index of [9, 0, 4, 3]) {
      const problem = await source.problem(index);
      const own = problems[name === "TSV" && index % 2 === 1 ? index - 1 : index]!;
      expect(problem.question.replace("<image>", "")).toBe("What is the sum?");
      expect(problem.answer).toBe(problems[index]!.answer);
      expect(problem.images).toHaveLength(1);
      const [image] = problem.images;
      const side = own === problems[index] ? 28 + 28 * (index % 2) : 28;
      expect(image).toMatchObject({ width: side, height: side });
      const grey = 20 * (problems.indexOf(own) % 10);
      expect([...image!.data.slice(0, 3)]).toEqual([grey, 255 - grey, grey]);
    }
  });
});
