import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  agreementWith,
  benchmarkFixture,
  measured,
  nearly,
  openBenchmark,
  problemsOf,
  recordedAnswers,
} from "../../testing/recorded-answers.ts";
import { refusesBadFiles } from "../../testing/refuses-bad-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { numberInWords } from "../../verify/index.ts";
import type { ScoredAnswer } from "../benchmark.ts";

const TABLE = benchmarkFixture("emma", "EMMA.tsv");
const PARQUET = benchmarkFixture("emma", "test-00000-of-00001.parquet");

test.each([
  ["vlmevalkit", 0],
  ["lmms-eval", 0],
])("verdicts and measures match %s, except for %i verdicts", async (scorer, differ) => {
  const { answers, known, differences, theirs, ours } = await agreementWith("emma", scorer);
  expect([answers, known, differences]).toEqual([256, differ, []]);
  expect(ours).toEqual(nearly(theirs));
});

test("both published forms state the same problems, images in their places", async () => {
  const [table, parquet] = await Promise.all([TABLE, PARQUET].map((file) => openBenchmark("emma", file)));
  for (let i = 0; i < 64; i++) {
    const [a, b] = await Promise.all([table!.source.problem(i), parquet!.source.problem(i)]);
    expect([a.question, a.options, a.answers, a.kind, a.images]).toEqual([
      ...[b.question, b.options, b.answers, b.kind, b.images],
    ]);
    expect(a.question.split("<image>")).toHaveLength(a.images.length + 1);
  }
});

test("folders of subjects are read as one", async () => {
  const folder = temporaryDirectory();
  for (const subject of ["Math", "Coding"]) {
    mkdirSync(join(folder, subject));
    copyFileSync(PARQUET, join(folder, subject, "test-00000-of-00001.parquet"));
  }
  const { source } = await openBenchmark("emma", folder);
  expect(source.size).toBe(128);
  expect((await source.problem(64)).id).toBe("p0");
});

test("the prompt is the authors'", async () => {
  const { source } = await openBenchmark("emma", PARQUET);
  const [open, choice] = await Promise.all([source.problem(0), source.problem(1)]);
  expect(open.question).toBe(
    'The ball moves.\n<image> What comes next, number 0?\nAnswer the question using a single word or phrase and put the answer in one "\\boxed{}". Please solve the problem step by step.',
  );
  expect(choice.question).toBe(
    `<image> <image> What comes next, number 1?\n${choice.options!.map((text, i) => `${"ABCD"[i]}: ${text}\n`).join("")}\n` +
      `Answer with the option's letter from the given choices and put the letter in one "\\boxed{}". Please solve the problem step by step.`,
  );
});

test.each([
  ["three", 3],
  ["the answer is twenty-five", 25],
  ["two hundred and forty one", 241],
  ["three thousand and five", 3005],
  ["no number", undefined],
  ["one two", undefined],
])("the number in %j is %j", (text, number) => {
  expect(numberInWords(text)).toBe(number);
});

test("with a judge, letters and verdicts are VLMEvalKit's", async () => {
  const { texts, scorers } = recordedAnswers("emma");
  const { replies, scores, measures } = scorers["vlmevalkit with a judge"]!;
  const benchmark = await openBenchmark("emma", TABLE, { scorer: "vlmevalkit" });
  const problems = await problemsOf(benchmark);
  for (const [round, given] of texts.entries()) {
    const answers = await Promise.all(
      given.map(async (text, row): Promise<ScoredAnswer> => {
        const problem = problems[row]!;
        const said = replies![round]![row]!;
        if (!benchmark.asksJudge!(text, problem))
          return { problem, text, ...(await benchmark.verdict.judge(text, problem)) };
        if (problem.options !== undefined)
          return { problem, text, ...benchmark.judgeRead!(said, problem, text) };
        return { problem, text, extracted: null, score: said === "yes" ? 1 : 0, reason: "the judge's" };
      }),
    );
    expect(answers.map(({ score }) => score)).toEqual(scores[round]);
    expect(measured(benchmark.measures(answers))).toMatchObject(nearly(measures)[round]!);
  }
});

refusesBadFiles("emma", TABLE, { column: "type", id: "index", missing: "question: names image 1" });
