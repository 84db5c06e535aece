import { expect, test } from "vitest";
import {
  agreementWith,
  benchmarkFixture,
  nearly,
  openBenchmark,
  problemsOf,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";

const TABLE = benchmarkFixture("logicvista", "LogicVista.tsv");
const PARQUET = benchmarkFixture("logicvista", "test-00000-of-00001.parquet");

test.each([
  ["vlmevalkit", 0],
  ["vlmevalkit with a judge", 0],
  ["lmms-eval", 0],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("logicvista", scorer);
  expect([answers, known, differences]).toEqual([256, differ, []]);
  expect(ours).toEqual(nearly(theirs));
});

test("both published forms state the same problems", async () => {
  const [table, parquet] = await Promise.all(
    [TABLE, PARQUET].map((file) => openBenchmark("logicvista", file)),
  );
  const [a, b] = await Promise.all([problemsOf(table!), problemsOf(parquet!)]);
  const facts = (problems: typeof a) =>
    problems.map(({ id, question, answers, columns }) => [id, question, answers, columns["skill"]]);
  expect(facts(a)).toEqual(facts(b));
});

test.each([
  ["The answer is (B).", "B", 1],
  ["A and C", "A, C", 1],
  ["<answer>CA</answer>", "A, C", 0],
  ["\\boxed{C, A}", "A, C", 1],
  ["A", "A, C", 0],
  ["", "B", 0],
])("fovea's verdict on %j where %s is right", async (text, answer, score) => {
  const { verdict } = await openBenchmark("logicvista", TABLE);
  expect((await verdict.judge(text, { question: "?", answers: [answer], columns: {} })).score).toBe(score);
});

refusesBadFiles("logicvista", TABLE, { column: "skill", id: "index" });
