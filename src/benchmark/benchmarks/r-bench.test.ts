import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  MADE_IMAGE,
  type MadeRow,
  openBenchmark,
  openProblems,
  problemsOf,
  type RecordedScores,
  recordedScores,
  scoredBy,
  scoreFaults,
  without,
} from "../../testing/benchmark-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

interface Recorded {
  readonly rows: readonly (MadeRow & { readonly image: string })[];
  readonly rounds: readonly { readonly predictions: readonly string[]; readonly authors: RecordedScores }[];
}

const { rows, rounds } = recordedScores<Recorded>("r-bench");

/** The authors' folders: questions in one, images in another. */
async function write(questions: readonly MadeRow[]): Promise<{ data: string; images: string }> {
  const data = temporaryDirectory();
  mkdirSync(join(data, "data_filterd"));
  mkdirSync(join(data, "images"));
  writeFileSync(join(data, "data_filterd", "image-level_filterd.json"), JSON.stringify(questions));
  for (const { image } of rows) writeFileSync(join(data, "images", image), await MADE_IMAGE);
  return { data, images: join(data, "images") };
}

test("scores match the authors' code", async () => {
  const benchmark = await openBenchmark({ kind: "r-bench", ...(await write(rows)), scorer: "authors" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(250);
  for (const { predictions, authors } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, authors)).toEqual([]);
  }
  expect(benchmark.cluster?.(problems[1]!)).toBe("image 0000.jpg");
});

test("a question twice and a missing column are named", async () => {
  const twice = await write([rows[0]!, rows[1]!, rows[0]!]);
  await expect(openProblems({ kind: "r-bench", ...twice })).rejects.toThrow(
    /row 3 \(line 1\): has the id 0 of/,
  );
  const unlabelled = await write(rows.map((row) => without(row, "label")));
  await expect(openProblems({ kind: "r-bench", ...unlabelled })).rejects.toThrow("lacks the columns label");
});
