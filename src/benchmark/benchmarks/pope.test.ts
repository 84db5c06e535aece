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
  writeRows,
  writeTable,
} from "../../testing/benchmark-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

interface Recorded {
  readonly rows: readonly (MadeRow & { readonly answer: string; readonly question: string })[];
  /** Rows in the order of lmms-eval's file, where a question occurs once in each of its categories. */
  readonly places: readonly (readonly [row: number, category: string])[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
    readonly authors: RecordedScores;
  }[];
}

const { rows, places, rounds } = recordedScores<Recorded>("pope");

test("scores match VLMEvalKit", async () => {
  const data = await writeTable("POPE.tsv", rows);
  const benchmark = await openBenchmark({ kind: "pope", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(280);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit, { unit: 100 })).toEqual([]);
  }
});

test("scores match lmms-eval", async () => {
  const docs = places.map(([place, category]) => ({
    ...rows[place],
    question_id: String(place),
    answer: rows[place]!.answer.toLowerCase(),
    category,
  }));
  const data = await writeRows("test-00000-of-00001.parquet", docs);
  const benchmark = await openBenchmark({ kind: "pope", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const texts = places.map(([place]) => predictions[place]!);
    expect(scoreFaults(benchmark, await scoredBy(benchmark, problems, texts), theirs)).toEqual([]);
  }
});

/** The authors' three files with the images that they name. */
async function writeAuthorsFiles(): Promise<string> {
  const folder = temporaryDirectory();
  const images = join(folder, "val2014");
  mkdirSync(images);
  for (const category of ["adversarial", "popular", "random"]) {
    const own = places.filter(([, name]) => name === category);
    const lines = own.map(([place], i) => {
      const { question, answer } = rows[place]!;
      return JSON.stringify({
        question_id: i + 1,
        image: "a.png",
        text: question,
        label: answer.toLowerCase(),
      });
    });
    writeFileSync(join(folder, `coco_pope_${category}.json`), lines.join("\n"));
  }
  writeFileSync(join(images, "a.png"), await MADE_IMAGE);
  return folder;
}

test("scores match the authors' script", async () => {
  const data = await writeAuthorsFiles();
  const options = { kind: "pope", data, images: join(data, "val2014"), scorer: "authors" };
  const benchmark = await openBenchmark(options);
  const problems = await problemsOf(benchmark);
  expect(problems[0]).toMatchObject({ id: "adversarial 1", kind: "adversarial" });
  for (const { predictions, authors } of rounds) {
    const texts = places.map(([place]) => predictions[place]!);
    expect(scoreFaults(benchmark, await scoredBy(benchmark, problems, texts), authors)).toEqual([]);
  }
  const popular = await openProblems({ ...options, category: "popular" });
  expect(popular.size).toBe(places.filter(([, name]) => name === "popular").length);
});

test("by hand: two hits, one alarm, one miss and a reply that is neither", async () => {
  const answers = ["Yes", "Yes", "No", "Yes", "No"];
  const made = answers.map((answer, index) => ({
    index,
    question: "Is there a dog?",
    answer,
    category: "random",
  }));
  const benchmark = await openBenchmark({ kind: "pope", data: await writeTable("POPE.tsv", made) });
  const problems = await problemsOf(benchmark);
  const scored = await scoredBy(benchmark, problems, [
    "Yes.",
    "Yes, there is a dog.",
    "yes",
    "No",
    "Perhaps a cat",
  ]);
  expect(benchmark.measures(scored).slice(0, 5)).toMatchObject([
    { name: "accuracy", value: 2 / 5, of: 5 },
    { name: "F1", value: 2 / 3, of: 5 },
    { name: "precision", value: 2 / 3, of: 3 },
    { name: "recall", value: 2 / 3, of: 3 },
    { name: "yes ratio", value: 3 / 5, of: 5 },
  ]);
});

test("an image that is not there is named with file and row, and so is a category that no row has", async () => {
  const data = await writeAuthorsFiles();
  const problems = await openProblems({ kind: "pope", data });
  await expect(problems.problem(2)).rejects.toThrow(/coco_pope_adversarial\.json line 3: .*"a\.png"/);
  const single = await writeTable(
    "POPE.tsv",
    rows.map((row) => ({ ...row, category: "random" })),
  );
  await expect(openProblems({ kind: "pope", data: single, category: "popular" })).rejects.toThrow(
    "benchmark pope: expected questions of the category popular, got none",
  );
});
