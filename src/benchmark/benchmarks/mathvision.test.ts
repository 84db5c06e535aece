import { expect, test } from "vitest";
import {
  agreementWith,
  benchmarkFixture,
  nearly,
  openBenchmark,
  problemsOf,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";

const TABLE = benchmarkFixture("mathvision", "MathVision.tsv");
const PARQUET = benchmarkFixture("mathvision", "test-00000-of-00001.parquet");

test.each([
  ["vlmevalkit", 0],
  ["vlmevalkit with a judge", 0],
  ["lmms-eval", 0],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("mathvision", scorer);
  expect([answers, known, differences]).toEqual([256, differ, []]);
  expect(ours).toEqual(nearly(theirs, scorer === "lmms-eval" ? 3 : 10));
});

test("both published forms have the same options and answers", async () => {
  const [table, parquet] = await Promise.all(
    [TABLE, PARQUET].map((file) => openBenchmark("mathvision", file)),
  );
  const [a, b] = await Promise.all([problemsOf(table!), problemsOf(parquet!)]);
  const facts = (problems: typeof a) =>
    problems.map(({ options, answers, kind }) => [options, answers, kind]);
  expect(facts(a)).toEqual(facts(b));
});

test("the authors' prompt lists options, but not the letters of a figure's parts", async () => {
  const problems = await problemsOf(await openBenchmark("mathvision", PARQUET));
  const request =
    'Please solve the problem and put your answer in one "\\boxed{}". If it is a multiple choice question, only one letter is ' +
    'allowed in the "\\boxed{}".\nHow many?\n<image1>';
  const listed = problems.find(({ options }) => options !== undefined && options[0] !== "A")!;
  const lines = listed.options!.map((text, i) => `(${"ABCDE"[i]}) ${text}\n`);
  expect(listed.question).toBe(`${request} ${Number(listed.id) - 1}\n${lines.join("")}`);
  const lettered = problems.find(({ options }) => options?.join("") === "ABCDE")!;
  expect(lettered.question).toBe(`${request} ${Number(lettered.id) - 1}\n`);
});

refusesBadFiles("mathvision", TABLE, { column: "choices", id: "index" });

test("the small split has its own files", async () => {
  await expect(openBenchmark("mathvision", TABLE, { split: "testmini" })).rejects.toThrow(
    /expected MathVision_MINI\.tsv or testmini-….parquet, got MathVision\.tsv/,
  );
});
