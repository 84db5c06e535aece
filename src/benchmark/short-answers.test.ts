import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSource } from "../data/index.ts";
import { benchmarkFixture, openRecorded } from "../testing/benchmark-rounds.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { benchmarkSchema, createBenchmark } from "./index.ts";

const VALIDATION = "validation-00000-of-00001.parquet";
const question = async (kind: string, file: string, options: object) =>
  (await (await openSource((await openRecorded(kind, { file, options: { ...options } })).source)).problem(0))
    .question;

describe("the request behind a question", () => {
  test.each([
    [
      "chartqa",
      "ChartQA_TEST.tsv",
      {},
      "What is the value of bar 0?\nAnswer the question using a single word or phrase.",
    ],
    [
      "chartqa",
      "ChartQA_TEST.tsv",
      { prompt: "lmms-eval" },
      "What is the value of bar 0?\nAnswer the question with a single word.",
    ],
    ["docvqa", VALIDATION, { prompt: "question" }, "What is written in field 0?"],
    [
      "infovqa",
      "InfoVQA_VAL.tsv",
      {},
      "What is written in field 0?\nAnswer the question using a single word or phrase.",
    ],
    [
      "textvqa",
      VALIDATION,
      { prompt: "lmms-eval" },
      "What does sign 0 say?\nAnswer the question using a single word or phrase.",
    ],
    ["vqav2", VALIDATION, {}, "What is thing 0?\nAnswer the question using a single word or phrase."],
  ])("of %s from %s with %j", async (kind, file, options, expected) => {
    expect(await question(kind, file, options)).toBe(expected);
  });
});

describe("the authors' rule reads the answer that a completion gives", () => {
  const asked = { question: "?", answers: ["100"], columns: {} };
  test.each([
    ["104", 1, 1],
    ["<think>It may be 7.</think>104", 1, 1],
    ["<think>It may be 104.", 0, 0],
    ["<think>It may be 7.</think><answer>104</answer>", 1, 0],
    ["\\boxed{104}", 1, 0],
    ["<answer>106</answer>", 0, 0],
    ["", 0, 0],
  ])("%s", async (text, byAuthors, byTools) => {
    for (const scorer of ["authors", "vlmevalkit", "lmms-eval"]) {
      const { verdict } = await openRecorded("chartqa", { file: "ChartQA_TEST.tsv", options: { scorer } });
      expect([scorer, (await verdict.judge(text, asked)).score]).toEqual([
        scorer,
        scorer === "authors" ? byAuthors : byTools,
      ]);
    }
  });
});

test("VQA v2 by its authors compares texts as they are where all people agree", async () => {
  const people = { question: "?", answers: Array<string>(10).fill("2"), columns: {} };
  const scores: (number | null)[] = [];
  for (const scorer of ["authors", "lmms-eval"]) {
    const { verdict } = await openRecorded("vqav2", { file: VALIDATION, options: { scorer } });
    scores.push((await verdict.judge("two", people)).score);
  }
  expect(scores).toEqual([0, 1]);
});

test("questions about one image are one cluster", async () => {
  const benchmark = await openRecorded("vqav2", { file: VALIDATION, options: {} });
  const clusters: (string | undefined)[] = [];
  const source = await openSource(benchmark.source);
  for (const i of [0, 1, 2, 3]) clusters.push(benchmark.cluster?.(await source.problem(i)));
  expect(new Set(clusters).size).toBe(2);
  expect(clusters[0]).toBe(clusters[2]);
});

test("a repository's folder is found in it", async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, "InfographicVQA"));
  copyFileSync(benchmarkFixture("infovqa", VALIDATION), join(root, "InfographicVQA", VALIDATION));
  const { source } = await createBenchmark(benchmarkSchema.parse({ kind: "infovqa" }), {
    data: root,
    seed: 0,
  });
  expect((await openSource(source)).size).toBe(64);
});
