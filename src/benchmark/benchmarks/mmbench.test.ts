import { describe, expect, test } from "vitest";
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
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

interface Recorded {
  readonly rows: readonly (MadeRow & { readonly index: number })[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
    readonly judged: RecordedScores & { readonly replies: readonly string[] };
  }[];
}

const { rows, rounds } = recordedScores<Recorded>("mmbench");
/** As in the table, a roll has the index of its question in the place of an image. */
const withImages = rows.map((row) =>
  row.index < 1_000_000 ? row : { ...row, image: String(row.index % 1_000_000) },
);
/** VLMEvalKit's short names of abilities. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  CP: "coarse_perception",
  LR: "logic_reasoning",
  RR: "relation_reasoning",
  AR: "attribute_reasoning",
  Overall: "accuracy",
};

const ownName = (name: string) => ABBREVIATIONS[name] ?? name;

test("with a judge, which is asked where the rule finds no letter, scores match VLMEvalKit", async () => {
  const data = await writeTable("MMBench_DEV_EN.tsv", withImages);
  const benchmark = await openBenchmark({ kind: "mmbench", data, scorer: "vlmevalkit" });
  expect(benchmark.judge).toBe("mmbench");
  const problems = await problemsOf(benchmark);
  let changed = 0;
  for (const { predictions, vlmevalkit, judged } of rounds) {
    const scored = await judgedBy(benchmark, problems, predictions, judged.replies);
    expect(scoreFaults(benchmark, scored, judged, { ownName })).toEqual([]);
    changed += judged.measures["Overall"] === vlmevalkit.measures["Overall"] ? 0 : 1;
  }
  expect(changed).toBeGreaterThan(0);
});

test("scores match VLMEvalKit", async () => {
  const data = await writeTable("MMBench_DEV_EN.tsv", withImages);
  const benchmark = await openBenchmark({ kind: "mmbench", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(300);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit, { ownName })).toEqual([]);
  }
});

test("scores match lmms-eval", async () => {
  const docs = rows.map(({ "l2-category": ability, ...row }) => {
    const cells = Object.entries({ ...row, "L2-category": ability });
    return Object.fromEntries(cells.map(([name, cell]) => [name, cell ?? "nan"]));
  });
  const data = await writeRows("dev-00000-of-00001.parquet", docs);
  const benchmark = await openBenchmark({ kind: "mmbench", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, theirs, { ownName })).toEqual([]);
  }
});

const two = {
  question: "Which?",
  hint: null,
  A: "red",
  B: "blue",
  category: "image_style",
  "l2-category": "coarse_perception",
};
const small: MadeRow[] = [
  { index: 5, ...two, answer: "A" },
  { index: 1_000_005, ...two, image: "5", answer: "B" },
  { index: 9, ...two, hint: "Look.", answer: "B" },
  { index: 1_000_009, ...two, image: "9", answer: "A" },
];

test("a question counts when all of its rolls are right, and the prompt is MMBench's", async () => {
  const data = await writeTable("MMBench_DEV_EN.tsv", small);
  const benchmark = await openBenchmark({ kind: "mmbench", data });
  const problems = await problemsOf(benchmark);
  expect(problems[2]?.question).toBe(
    "Hint: Look.\nQuestion: Which?\nOptions:\nA. red\nB. blue\nPlease select the correct answer from the options above. \n",
  );
  expect(problems.map(({ answers }) => answers.join())).toEqual(["A,red", "B,blue", "B,blue", "A,red"]);
  const scored = await scoredBy(benchmark, problems, ["A", "<think>A?</think>B", "blue", "B"]);
  expect(measured(benchmark.measures(scored))).toEqual({
    accuracy: 1 / 2,
    coarse_perception: 1 / 2,
    image_style: 1 / 2,
    "each roll alone": 3 / 4,
  });
  expect(problems.map((problem) => benchmark.cluster?.(problem))).toEqual(["5", "5", "9", "9"]);
  // Of the second question only one roll was answered.
  expect(benchmark.measures(scored.slice(0, 3))[0]).toMatchObject({ name: "accuracy", value: 1, of: 1 });
});

describe("bad input", () => {
  test.each<[string, readonly MadeRow[], string]>([
    ["an id twice", [...small, small[1]!], "line 6: has the id 1000005 of"],
    [
      "an index that is not a number",
      [{ ...small[0], index: "first" }],
      "line 2: index: expected a whole number, got first",
    ],
    [
      "an answer that is no option",
      [{ ...small[0], answer: "C" }],
      'line 2: answer: expected one of A, B, got "C"',
    ],
    ["no question", [small[0]!, { ...small[2], question: "" }], "line 3: question: is missing"],
    ["an image of a row that is not there", [{ ...small[0], image: "77" }], "MMBench_DEV_EN.tsv line 2: "],
  ])("%s is reported with file and row", async (_, broken, message) => {
    const data = await writeTable("MMBench_DEV_EN.tsv", broken);
    const read = openBenchmark({ kind: "mmbench", data }).then(problemsOf);
    await expect(read).rejects.toThrow(message);
  });

  test("a file without answers is named, and so is a directory without files", async () => {
    const unanswered = small.map((row) => without(row, "answer"));
    const data = await writeTable("MMBench_DEV_EN.tsv", unanswered);
    await expect(openProblems({ kind: "mmbench", data })).rejects.toThrow("lacks the columns answer");
    await expect(openProblems({ kind: "mmbench", data, split: "dev-cn" })).rejects.toThrow(
      "expected MMBench_DEV_CN.tsv or cn/dev-*.parquet of lmms-lab/MMBench, got MMBench_DEV_EN.tsv",
    );
    await expect(openProblems({ kind: "mmbench", data: temporaryDirectory() })).rejects.toThrow("got none");
    await expect(openProblems({ kind: "mmbench" })).rejects.toThrow(
      "expected the place of MMBench_DEV_EN.tsv",
    );
  });
});
