import { describe, expect, test } from "vitest";
import {
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
  readonly rows: readonly (MadeRow & { readonly filename: string | null })[];
  readonly tables: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
    readonly judged: RecordedScores & {
      readonly right: readonly number[];
      readonly replies: readonly string[];
    };
  }[];
}

const { rows, tables, rounds } = recordedScores<Recorded>("hallusion-bench");
const isShown = ({ filename }: { readonly filename: string | null }) => filename !== null;
const ofShown = (predictions: readonly string[]) => predictions.filter((_, i) => isShown(rows[i]!));

test("scores match VLMEvalKit, whose sets of OCR with and without a figure fall together", async () => {
  const data = await writeTable("HallusionBench.tsv", tables);
  const benchmark = await openBenchmark({ kind: "hallusion-bench", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(240);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, ofShown(predictions));
    expect(scoreFaults(benchmark, scored, vlmevalkit, { unit: 100 })).toEqual([]);
  }
  const apart = await openBenchmark({ kind: "hallusion-bench", data });
  const scored = await scoredBy(benchmark, problems, ofShown(rounds[0]!.predictions));
  expect(apart.measures(scored)[2]!.of).toBeGreaterThan(benchmark.measures(scored)[2]!.of);
});

test("the published columns are kept, for exports", async () => {
  const data = await writeTable("HallusionBench.tsv", tables);
  const problems = await problemsOf(await openBenchmark({ kind: "hallusion-bench", data }));
  expect(problems.map(({ columns }) => [columns["index"], columns["question"], columns["category"]])).toEqual(
    tables.map((row) => [row["index"], row["question"], row["category"]]),
  );
});

test("scores match lmms-eval without a judge", async () => {
  const data = await writeRows("image-00000-of-00001.parquet", rows.filter(isShown));
  const benchmark = await openBenchmark({ kind: "hallusion-bench", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const scored = await scoredBy(benchmark, problems, ofShown(predictions));
    expect(scoreFaults(benchmark, scored, theirs)).toEqual([]);
  }
});

test("measures over all questions match the authors' code on what a judge said", async () => {
  const data = await writeRows("image-00000-of-00001.parquet", rows.filter(isShown));
  const hidden = rows.filter((row) => !isShown(row)).map((row) => ({ ...row, image: null }));
  await writeRows("non_image-00000-of-00001.parquet", hidden, data);
  const benchmark = await openBenchmark({ kind: "hallusion-bench", data, questions: "all" });
  const problems = await problemsOf(benchmark);
  expect(problems).toHaveLength(rows.length);
  const order = [...rows.keys()].sort(
    (a, b) => Number(isShown(rows[b]!)) - Number(isShown(rows[a]!)) || a - b,
  );
  for (const { judged } of rounds) {
    const scored = problems.map((problem, i) => {
      const score = judged.right[order[i]!]!;
      return { problem, text: "", extracted: null, score, reason: judged.replies[order[i]!]! };
    });
    expect(scoreFaults(benchmark, scored, { measures: judged.measures })).toEqual([]);
  }
});

test("recorded answers are measured without files, by another scorer's groups too", async () => {
  const data = await writeTable("HallusionBench.tsv", tables);
  const asked = await openBenchmark({ kind: "hallusion-bench", data });
  const problems = await problemsOf(asked);
  const { predictions, vlmevalkit } = rounds[0]!;
  const recorded = JSON.parse(
    JSON.stringify(problems.map((problem) => ({ ...problem, images: [] }))),
  ) as typeof problems;
  const again = await openBenchmark({ kind: "hallusion-bench", scorer: "vlmevalkit" });
  const scored = await scoredBy(again, recorded, ofShown(predictions));
  expect(scoreFaults(again, scored, vlmevalkit, { unit: 100 })).toEqual([]);
});

const names = ["category", "subcategory", "visual_input", "set_id", "figure_id", "question_id", "gt_answer"];
const asked = (...values: readonly string[]): MadeRow => ({
  ...Object.fromEntries(names.map((name, i) => [name, values[i]])),
  question: `Is figure ${values[4]} right in point ${values[5]}?`,
});
const small = [
  asked("VS", "chart", "0", "0", "0", "0", "1"),
  asked("VS", "chart", "1", "0", "1", "0", "1"),
  asked("VS", "chart", "1", "0", "1", "1", "0"),
  asked("VD", "ocr", "1", "0", "0", "0", "0"),
];

test("by hand: 3 of 4 questions, 1 of 2 figures, 2 of 3 questions over their figures", async () => {
  const data = await writeRows("image-00000-of-00001.parquet", small.slice(1));
  await writeRows("non_image-00000-of-00001.parquet", [{ ...small[0], image: null }], data);
  const benchmark = await openBenchmark({ kind: "hallusion-bench", data, questions: "all" });
  const problems = await problemsOf(benchmark);
  expect(problems.map(({ id }) => id)).toEqual([
    "VS_chart_1_0_1_0",
    "VS_chart_1_0_1_1",
    "VD_ocr_1_0_0_0",
    "VS_chart_0_0_0_0",
  ]);
  const scored = await scoredBy(benchmark, problems, [
    "Yes.",
    "Yes",
    "<think>Hm.</think>No, it is not.",
    "yes",
  ]);
  expect(measured(benchmark.measures(scored).slice(0, 6))).toEqual({
    aAcc: 3 / 4,
    fAcc: 1 / 2,
    qAcc: 2 / 3,
    "VD aAcc": 1,
    "VD fAcc": 1,
    "VD qAcc": 1,
  });
});

describe("bad input", () => {
  test.each<[string, readonly MadeRow[], string]>([
    ["a question twice", [...tables.slice(0, 3), tables[1]!], "line 5: has the id"],
    [
      "an index of another form",
      [{ ...tables[0], index: "7" }],
      "line 2: index: expected category_subcategory",
    ],
    [
      "an answer that is neither",
      [{ ...tables[0], answer: "Maybe" }],
      'line 2: answer: expected Yes or No, got "Maybe"',
    ],
    [
      "a broken image",
      [tables[0]!, { ...tables[1], image: "AAAA".repeat(40) }],
      "HallusionBench.tsv line 3: ",
    ],
  ])("%s is reported with file and row", async (_, broken, message) => {
    const data = await writeTable("HallusionBench.tsv", broken);
    await expect(openBenchmark({ kind: "hallusion-bench", data }).then(problemsOf)).rejects.toThrow(message);
  });

  test("missing columns are named, and the table has no questions without an image", async () => {
    const data = await writeTable(
      "HallusionBench.tsv",
      tables.map((row) => without(row, "category")),
    );
    await expect(openProblems({ kind: "hallusion-bench", data })).rejects.toThrow(
      "lacks the columns category",
    );
    await expect(openProblems({ kind: "hallusion-bench", data, questions: "all" })).rejects.toThrow(
      "expected image-*.parquet and non_image-*.parquet of lmms-lab/HallusionBench or HallusionBench.json",
    );
  });
});
