import { expect, test } from "vitest";
import {
  judgedBy,
  type MadeRow,
  measured,
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

interface Recorded {
  readonly rows: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
    readonly judged: RecordedScores & { readonly replies: readonly string[] };
  }[];
}

const { rows, rounds } = recordedScores<Recorded>("mme");
const docs = rows.map((row) => ({
  ...without(row, "index", "image_path"),
  question_id: `${String(row["category"])}/${String(row["image_path"]).split("/").at(-1)}`,
}));

test("points match VLMEvalKit, with its judge and without", async () => {
  const data = await writeTable("MME.tsv", rows);
  const benchmark = await openBenchmark({ kind: "mme", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(300);
  for (const { predictions, vlmevalkit, judged } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit)).toEqual([]);
    const asked = await judgedBy(benchmark, problems, predictions, judged.replies);
    expect(scoreFaults(benchmark, asked, judged)).toEqual([]);
    expect(judged.measures).not.toEqual(vlmevalkit.measures);
  }
});

test("points match lmms-eval", async () => {
  const data = await writeRows("test-00000-of-00001.parquet", docs);
  const benchmark = await openBenchmark({ kind: "mme", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, theirs)).toEqual([]);
  }
});

const pair = (category: string, image: string): MadeRow[] => [
  { category, question_id: image, question: "Is it red? Please answer yes or no.", answer: "Yes" },
  { category, question_id: image, question: "Is it blue? Please answer yes or no.", answer: "No" },
];

test("by hand: 3 of 4 questions and 1 of 2 images are 75 + 50 points", async () => {
  const data = await writeRows("test-00000-of-00001.parquet", [
    ...pair("color", "color/1.png"),
    ...pair("color", "color/2.png"),
    ...pair("code_reasoning", "code/1.png"),
  ]);
  const benchmark = await openBenchmark({ kind: "mme", data });
  const problems = await problemsOf(benchmark);
  expect(problems[3]!.id).toBe("color color/2.png 2");
  const scored = await scoredBy(benchmark, problems, [
    "Yes",
    "No.",
    "yes, it is",
    "I cannot tell",
    "Yes.",
    "no",
  ]);
  expect(benchmark.measures(scored)).toEqual([
    { name: "score", value: 325, of: 6, most: 400 },
    { name: "perception", value: 125, of: 4, most: 200 },
    { name: "cognition", value: 200, of: 2, most: 200 },
    { name: "code_reasoning", value: 200, of: 2, most: 200 },
    { name: "color", value: 125, of: 4, most: 200 },
  ]);
  // Without the second answer on an image only the other image counts.
  expect(measured(benchmark.measures(scored.slice(0, 3)))).toEqual({
    score: 200,
    perception: 200,
    cognition: null,
    color: 200,
  });
  expect(benchmark.cluster?.(problems[2]!)).toBe(benchmark.cluster?.(problems[3]!));
});

test("an image with one question is named, and so is an answer that is neither yes nor no", async () => {
  const lonely = await writeTable("MME.tsv", rows.slice(0, 3));
  await expect(openProblems({ kind: "mme", data: lonely })).rejects.toThrow(
    "benchmark mme: expected two questions on an image, got 1 on existence images/existence/0001.png",
  );
  const broken = await writeTable("MME.tsv", [rows[0]!, { ...rows[1], answer: "maybe" }]);
  const read = openBenchmark({ kind: "mme", data: broken }).then(problemsOf);
  await expect(read).rejects.toThrow('line 3: answer: expected Yes or No, got "maybe"');
  const twice = await writeTable("MME.tsv", [rows[0]!, { ...rows[1], index: rows[0]!["index"] }]);
  await expect(openProblems({ kind: "mme", data: twice })).rejects.toThrow("line 3: has the id 0 of");
});
