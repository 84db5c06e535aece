import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answerVerdict } from "../verdicts/answer.ts";

type Row = readonly [completion: string, reference: string, score: number, options?: readonly string[]];

const groups = JSON.parse(
  readFileSync(new URL("../../../fixtures/verify/whole-answers.json", import.meta.url), "utf8"),
) as Record<string, readonly Row[]>;

describe.each(Object.entries(groups))("%s", (_, rows) => {
  test.each(rows)("%j with %j: %d", (completion, reference, expected, options) => {
    const problem = { question: "", answers: [reference], columns: {}, ...(options && { options }) };
    expect(answerVerdict().judge(completion, problem).score).toBe(expected);
  });
});
