import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answerVerdict } from "../verdicts/answer.ts";

type Row = [completion: string, reference: string, score: number, options?: string[]];

const groups = JSON.parse(
  readFileSync(new URL("../../../fixtures/verify/whole-answers.json", import.meta.url), "utf8"),
) as Record<string, Row[]>;

describe.each(Object.entries(groups))("%s", (_, rows) => {
  test.each(rows)("%j with %j: %d", (completion, reference, expected, options) => {
    const problem = { question: "", answers: [reference], columns: {}, ...(options && { options }) };
    expect(answerVerdict().judge(completion, problem).score).toBe(expected);
  });
});
