import { expect, test } from "vitest";
import { editedTable } from "../../testing/edited-table.ts";
import {
  agreementWith,
  benchmarkFixture,
  measured,
  nearly,
  openBenchmark,
  problemsOf,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";
import type { ScoredAnswer } from "../benchmark.ts";

const TABLE = benchmarkFixture("dynamath", "DynaMath.tsv");
const PARQUET = benchmarkFixture("dynamath", "test-00000-of-00001.parquet");

test.each([
  ["vlmevalkit", 0],
  ["vlmevalkit with a judge", 0],
  ["lmms-eval", 2],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("dynamath", scorer);
  expect([answers, known, differences]).toEqual([240, differ, []]);
  expect(ours).toEqual(nearly(theirs));
});

/** Scores of the variants of problems: "110" is three variants, the last one wrong; "?" is not judged. */
function variants(...problems: [scores: string, subject: string][]): ScoredAnswer[] {
  return problems.flatMap(([scores, subject], problem) =>
    Array.from(scores, (score, variant): ScoredAnswer => {
      const columns = { problem, variant, subject, variants: { name: String(problem), size: 3 } };
      const asked = { id: `${problem} ${variant}`, question: "?", answers: ["A"], columns };
      const judged = score === "?" ? null : Number(score);
      return { problem: asked, text: "", extracted: null, score: judged, reason: "" };
    }),
  );
}

test("a problem is right in the worst case where all its variants are: by hand", async () => {
  const benchmark = await openBenchmark("dynamath", TABLE);
  const answers = variants(["111", "algebra"], ["110", "algebra"], ["000", "puzzle"], ["111", "puzzle"]);
  expect(measured(benchmark.measures(answers))).toEqual({
    average: 8 / 12,
    "worst case": 2 / 4,
    "subject: algebra": 5 / 6,
    "subject: puzzle": 3 / 6,
    "worst case, subject: algebra": 1 / 2,
    "worst case, subject: puzzle": 1 / 2,
  });
  expect(new Set(answers.map(({ problem }) => benchmark.cluster!(problem))).size).toBe(4);
  expect(benchmark.measures([])[1]).toMatchObject({ name: "worst case", value: null, of: 0 });
});

test("a problem that lacks a variant or its score has no worst case", async () => {
  const benchmark = await openBenchmark("dynamath", TABLE);
  const worst = (...problems: Parameters<typeof variants>) =>
    benchmark.measures(variants(...problems)).find(({ name }) => name === "worst case");
  expect(worst(["11", "algebra"], ["11?", "algebra"])).toMatchObject({ value: null, of: 0 });
  expect(worst(["11", "algebra"], ["110", "algebra"], ["111", "algebra"])).toMatchObject({
    value: 1 / 2,
    of: 2,
  });
  const [first] = await problemsOf(benchmark, 1);
  expect(first!.columns["variants"]).toEqual({ name: "0", size: 10 });
  const some = await openBenchmark("dynamath", benchmarkFixture("dynamath", "authors"));
  const all = (await problemsOf(some)).map((problem) => ({
    problem,
    text: "",
    extracted: "",
    score: 1,
    reason: "",
  }));
  expect(some.measures(all).find(({ name }) => name === "worst case")).toMatchObject({ value: null });
});

test.each([
  ['{"solution": "so {x}\nand", "short answer": "12.5004"}', "float", "12.5", 1],
  ['```json\n{"solution": "", "short answer": "12.502"}\n```', "float", "12.5", 0],
  ["The answer is 12.501 cm.", "float", "12.5", 1],
  ['{"short answer": "B. 4 cm"}', "multiple choice", "B", 1],
  ['{"short answer": ""}', "text", "even", 0],
  ["It is even.", "text", "even", 1],
  ["crease", "text", "decreasing", 0],
  ['{"short answer": "\\\\frac{1}{2}"}', "float", "0.5", 1],
  ['{"short answer": "\\frac{1}{2}"}', "float", "0.5", 1],
  ['{"solution": "\\(x\\)", "short answer": "\\sqrt{4}"}', "float", "2", 1],
  ['{"short answer": 12.5}', "float", "12.5", 1],
  ['{"short answer": true}', "text", "true", 1],
  ['<think>Maybe {"short answer": "B"}? No.</think>The answer is A.', "multiple choice", "A", 1],
  ['<think>Maybe {"short answer": "B"}? No.</think>{"short answer": "A"}', "multiple choice", "A", 1],
  ['<think>Maybe {"short answer": "A"}', "multiple choice", "A", 0],
])("fovea's verdict on %j, a %s of %s", async (text, type, answer, score) => {
  const { verdict } = await openBenchmark("dynamath", TABLE);
  const problem = { question: "?", answers: [answer], columns: { answer_type: type } };
  expect((await verdict.judge(text, problem)).score).toBe(score);
});

test("the published forms state the same problems; the authors' variants are files", async () => {
  const [table, parquet, authors] = await Promise.all(
    [TABLE, PARQUET, benchmarkFixture("dynamath", "authors")].map((file) => openBenchmark("dynamath", file)),
  );
  const [a, b, c] = await Promise.all([table!, parquet!, authors!].map((one) => problemsOf(one)));
  const facts = (problems: typeof a) =>
    problems!.map(({ id, question, answers, columns }) => [
      ...[id, question, answers],
      ...["problem", "variant", "answer_type", "subject"].map((name) => columns[name]),
    ]);
  expect(facts(a)).toEqual(facts(b));
  expect(facts(c)).toEqual(facts(a).slice(0, 16));
});

test("the prompt asks for JSON by the type of the answer, or not at all", async () => {
  const ask = async (prompt: string) => {
    const { source } = await openBenchmark("dynamath", TABLE, { prompt });
    return (await source.problem(1)).question;
  };
  expect(await ask("json")).toMatch(
    /^## Question\n Question 1, variant 1\?\n## Answer Instruction .*Format the answer as a three-digit floating-point number.*"short answer": "\[Concise Answer\]"\n\}$/s,
  );
  expect(await ask("plain")).toBe("Question 1, variant 1?");
});

refusesBadFiles("dynamath", TABLE, { column: "qid", id: "index" });

test("a variant twice is refused", async () => {
  const path = editedTable(TABLE, (row, i) => (i === 9 ? { ...row, varid: "1" } : row));
  await expect(openBenchmark("dynamath", path)).rejects.toThrow(/line 11: has the id 1 1 of .*line 3/);
});
