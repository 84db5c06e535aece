import { expect, test } from "vitest";
import {
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

interface Recorded {
  readonly rows: readonly MadeRow[];
  readonly rounds: readonly {
    readonly predictions: readonly string[];
    readonly vlmevalkit: RecordedScores;
    readonly "lmms-eval": RecordedScores;
    readonly authors: RecordedScores;
  }[];
}

const { rows, rounds } = recordedScores<Recorded>("mmstar");
const ownName = (name: string) => (name === "Overall" ? "accuracy" : name);

test("scores match VLMEvalKit and of the authors' code", async () => {
  const data = await writeTable("MMStar.tsv", rows);
  for (const scorer of ["vlmevalkit", "authors"] as const) {
    const benchmark = await openBenchmark({ kind: "mmstar", data, scorer });
    const problems = await problemsOf(benchmark);
    expect(problems.length * rounds.length).toBeGreaterThanOrEqual(280);
    for (const { predictions, [scorer]: theirs } of rounds) {
      const scored = await scoredBy(benchmark, problems, predictions);
      expect(scoreFaults(benchmark, scored, theirs, { ownName })).toEqual([]);
    }
  }
});

/** The authors' file has the options in the question. */
const LETTERS = ["A", "B", "C", "D"];
const docs = rows.map((row) => ({
  ...without(row, ...LETTERS),
  question: `${String(row["question"])}\nOptions: ${LETTERS.map((letter) => `${letter}: ${String(row[letter])}`).join(", ")}`,
}));

test("scores match lmms-eval, a mean over the parts of capabilities", async () => {
  const data = await writeRows("mmstar.parquet", docs);
  const benchmark = await openBenchmark({ kind: "mmstar", data, scorer: "lmms-eval" });
  const problems = await problemsOf(benchmark);
  for (const { predictions, "lmms-eval": theirs } of rounds) {
    const scored = await scoredBy(benchmark, problems, predictions);
    expect(scoreFaults(benchmark, scored, theirs)).toEqual([]);
  }
  expect(problems.map(({ options }) => options)).toEqual(rows.map(({ A, B, C, D }) => [A, B, C, D]));
  expect(problems[0]!.question).toBe(
    `${docs[0]!.question}\nAnswer with the option's letter from the given choices directly`,
  );
});

test("an id twice, an answer that is no option and a missing column are named", async () => {
  const twice = await writeTable("MMStar.tsv", [rows[0]!, rows[0]!]);
  await expect(openProblems({ kind: "mmstar", data: twice })).rejects.toThrow("line 3: has the id 0 of");
  const broken = await writeTable("MMStar.tsv", [{ ...rows[0], answer: "7" }]);
  await expect(openBenchmark({ kind: "mmstar", data: broken }).then(problemsOf)).rejects.toThrow(
    'line 2: answer: expected one of A, B, C, D, got "7"',
  );
  const lacking = await writeRows(
    "mmstar.parquet",
    docs.map((row) => without(row, "l2_category")),
  );
  await expect(openProblems({ kind: "mmstar", data: lacking })).rejects.toThrow(
    "lacks the columns l2_category",
  );
});
