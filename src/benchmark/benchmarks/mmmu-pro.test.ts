import { mkdirSync } from "node:fs";
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
  writeRows,
  writeTable,
} from "../../testing/benchmark-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

type Row = MadeRow & { readonly options: readonly string[] };
interface Recorded {
  readonly rows: Readonly<Record<"10" | "4", readonly Row[]>>;
  readonly rounds: readonly {
    readonly options: 10 | 4;
    readonly predictions: readonly string[];
    readonly vlmevalkit: Readonly<Partial<Record<"direct" | "cot", RecordedScores>>>;
    readonly "lmms-eval": Readonly<Record<"standard" | "vision", RecordedScores>>;
    readonly authors: RecordedScores & { readonly drawn: number };
  }[];
}

const { rows, rounds } = recordedScores<Recorded>("mmmu-pro");
const image = { bytes: await MADE_IMAGE, path: "1.png" };
const listed = (texts: readonly string[]) =>
  `[${texts.map((text) => `'${text.replaceAll("\\", "\\\\")}'`).join(", ")}]`;
const docOf = (row: Row) => ({
  ...without(row, "question_type", "discipline"),
  options: listed(row.options),
  image_1: image,
  image_2: image,
});

/** The three folders of the authors' data set. */
async function writeAll(): Promise<string> {
  const data = temporaryDirectory();
  const folder = (name: string) => {
    mkdirSync(join(data, name));
    return join(data, name);
  };
  const name = "test-00000-of-00001.parquet";
  await writeRows(name, rows[10].map(docOf), folder("standard (10 options)"));
  await writeRows(name, rows[4].map(docOf), folder("standard (4 options)"));
  const seen = rows[10].map(docOf).map((row) => without(row, "question", "image_1", "image_2"));
  await writeRows(name, seen, folder("vision"));
  return data;
}

const data = await writeAll();

test("scores match lmms-eval and of the authors' code in all three variants", async () => {
  let compared = 0;
  for (const { options, predictions, "lmms-eval": lmms, authors } of rounds) {
    const standard = options === 4 ? "standard-4" : "standard-10";
    for (const [variant, scorer, theirs] of [
      [standard, "lmms-eval", lmms.standard],
      [standard, "authors", authors],
      ...(options === 10
        ? ([
            ["vision", "lmms-eval", lmms.vision],
            ["vision", "authors", authors],
          ] as const)
        : []),
    ] as const) {
      const benchmark = await openBenchmark({ kind: "mmmu-pro", data, variant, scorer });
      const problems = await problemsOf(benchmark);
      const scored = await scoredBy(benchmark, problems, predictions);
      expect([variant, scorer, ...scoreFaults(benchmark, scored, theirs, { rounding: 5e-6 })]).toEqual([
        variant,
        scorer,
      ]);
      compared += scored.length;
    }
  }
  expect(compared).toBeGreaterThan(1500);
});

test("scores match VLMEvalKit, with its answer line of a chain of thought and without", async () => {
  const table = rows[10].map(({ options, ...row }, i) => ({
    index: i + 1,
    question: row["question"],
    ...Object.fromEntries("ABCDEFGHIJ".split("").map((letter, place) => [letter, options[place]])),
    answer: row["answer"],
    category: row["subject"],
    image: `['${Buffer.from(image.bytes).toString("base64")}', '${Buffer.from(image.bytes).toString("base64")}']`,
  }));
  const folder = await writeTable("MMMU_Pro_10c.tsv", table);
  for (const prompt of ["direct", "cot"] as const) {
    const benchmark = await openBenchmark({ kind: "mmmu-pro", data: folder, prompt, scorer: "vlmevalkit" });
    const problems = await problemsOf(benchmark);
    for (const { predictions, vlmevalkit } of rounds) {
      const theirs = vlmevalkit[prompt];
      if (theirs === undefined) continue;
      const scored = await scoredBy(benchmark, problems, predictions);
      expect(scoreFaults(benchmark, scored, theirs)).toEqual([]);
    }
  }
});

test("prompts are the authors'", async () => {
  const [standard, vision] = await Promise.all(
    ["standard-4", "vision"].map(async (variant) => {
      const problems = await openProblems({ kind: "mmmu-pro", data, variant, prompt: "direct" });
      return problems.problem(1);
    }),
  );
  const lines = rows[4][1]!.options.map((text, i) => `${"ABCD"[i]}. ${text}\n`).join("");
  expect(standard!.question).toBe(
    `Of <image>, what is part 1?\n${lines}Answer with the option letter from the given choices directly.`,
  );
  expect(vision!.question).toMatch(/^Answer with the option letter .* where LETTER is one of options\.$/);
  expect([standard!.images.length, vision!.images.length]).toEqual([1, 1]);
  expect(vision!.options).toEqual(rows[10][1]!.options);
});

test("files of another variant are rejected", async () => {
  const vision = join(data, "vision");
  await expect(openProblems({ kind: "mmmu-pro", data: vision, variant: "standard-10" })).rejects.toThrow(
    "lacks the columns question, image_1",
  );
  const twice = await writeRows("test-0.parquet", [docOf(rows[4][0]!), docOf(rows[4][0]!)]);
  await expect(openProblems({ kind: "mmmu-pro", data: twice, variant: "standard-4" })).rejects.toThrow(
    "row 2: has the id validation_Art_0 of",
  );
});
