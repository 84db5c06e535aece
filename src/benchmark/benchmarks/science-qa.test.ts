import { expect, test } from "vitest";
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
  writeRows,
  writeTable,
} from "../../testing/benchmark-files.ts";

interface Recorded {
  readonly rows: readonly MadeRow[];
  readonly table: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
  }[];
}

const { rows, table, rounds } = recordedScores<Recorded>("science-qa");

test("scores match VLMEvalKit", async () => {
  const data = await writeTable("ScienceQA_TEST.tsv", table);
  const benchmark = await openBenchmark({ kind: "science-qa", data, scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  expect(problems.length * rounds.length).toBeGreaterThanOrEqual(260);
  for (const { predictions, vlmevalkit } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, vlmevalkit)).toEqual([]);
  }
});

test("scores match lmms-eval", async () => {
  const data = await writeRows("test-00000-of-00001.parquet", rows);
  const benchmark = await openBenchmark({ kind: "science-qa", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, theirs)).toEqual([]);
  }
});

const asked = {
  question: "Which is north?",
  choices: ["Oslo", "Rome"],
  answer: 0,
  hint: "See the map.",
  subject: "social science",
  category: "Maps",
};

test("by hand: questions without an image are asked with all alone, and accuracies are by subject and grade", async () => {
  const data = await writeRows("test-00000-of-00001.parquet", [
    { ...asked, grade: "grade6" },
    { ...asked, grade: "grade7", answer: 1, image: null, hint: "" },
  ]);
  const shown = await openProblems({ kind: "science-qa", data });
  expect(shown.size).toBe(1);
  const benchmark = await openBenchmark({ kind: "science-qa", data, questions: "all" });
  const problems = await problemsOf(benchmark);
  expect(problems[0]!.question).toBe(
    "Context: See the map.\nWhich is north?\nA. Oslo\nB. Rome\nAnswer with the option's letter from the given choices directly.",
  );
  expect(problems[1]!.question.startsWith("Which is north?\n")).toBe(true);
  const scored = await scoredBy(benchmark, problems, ["It is Oslo.", "A"]);
  expect(measured(benchmark.measures(scored))).toEqual({
    accuracy: 1 / 2,
    "social science": 1 / 2,
    Maps: 1 / 2,
    "grades 1-6": 1,
    "grades 7-12": 0,
  });
});

test("a place beyond the options and a file without them are named", async () => {
  const beyond = await writeRows("test-00000-of-00001.parquet", [asked, { ...asked, answer: 2 }]);
  await expect(openBenchmark({ kind: "science-qa", data: beyond }).then(problemsOf)).rejects.toThrow(
    'row 2: answer: expected one of A, B, got "C"',
  );
  const without = await writeRows("test-00000-of-00001.parquet", [{ ...asked, choices: "Oslo or Rome" }]);
  await expect(openBenchmark({ kind: "science-qa", data: without }).then(problemsOf)).rejects.toThrow(
    "row 1: choices: expected a list",
  );
  await expect(openProblems({ kind: "science-qa", data: without, split: "validation" })).rejects.toThrow(
    "expected ScienceQA_VAL.tsv or validation-*.parquet of lmms-lab/ScienceQA, got test-00000-of-00001.parquet",
  );
});
