import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { agreementWith, benchmarkFixture, nearly, openBenchmark } from "../../testing/recorded-answers.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";

const CHOICES = benchmarkFixture("geometry3k", "test-00000-of-00001.parquet");
const FREE = benchmarkFixture("geometry3k", "free/test-00000-of-00001.parquet");

test("verdicts and measures match lmms-eval", async () => {
  const { answers, known, differences, theirs, ours } = await agreementWith("geometry3k", "lmms-eval");
  expect([answers, known, differences]).toEqual([256, 0, []]);
  expect(ours).toEqual(nearly(theirs));
});

test("the prompt is lmms-eval's; free answers are asked for as they are published", async () => {
  const { question, options, answers } = await (await openBenchmark("geometry3k", CHOICES)).source.problem(3);
  expect(question).toBe(
    `<image>Find x, number 3.\n${options!.map((text, i) => `${"ABCD"[i]}. ${text}\n`).join("")}` +
      "Answer with the option's letter from the given choices directly.",
  );
  const free = await (await openBenchmark("geometry3k", FREE, { variant: "free" })).source.problem(3);
  expect([free.question, free.answers]).toEqual(["<image>Find x, number 3.", [answers[1]]]);
});

test.each([
  ["So \\boxed{4\\sqrt{3}}", ["A", "4 \\sqrt { 3 }"], ["4 \\sqrt { 3 }", "12"], 1],
  ["Answer: (B)", ["A", "7"], ["7", "12"], 0],
  ["It is a square.", ["A", "7"], ["7", "12"], 0],
])("fovea's verdict on %j", async (text, answers, options, score) => {
  const { verdict } = await openBenchmark("geometry3k", CHOICES);
  expect((await verdict.judge(text, { question: "?", answers, options, columns: {} })).score).toBe(score);
});

test("a file of the other variant, and of another name, is refused", async () => {
  await expect(openBenchmark("geometry3k", FREE)).rejects.toThrow(
    /is no test-….parquet of Yang130.* as published: lacks the columns choices, ground_truth; it has problem/,
  );
  const folder = temporaryDirectory();
  copyFileSync(CHOICES, join(folder, "train-00000-of-00001.parquet"));
  await expect(openBenchmark("geometry3k", folder)).rejects.toThrow(/got train-00000-of-00001\.parquet/);
});
