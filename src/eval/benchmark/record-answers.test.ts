import { describe, expect, test } from "vitest";
import { PartError } from "../../errors/index.ts";
import { adder, sums } from "../../testing/made-benchmark.ts";
import { answerOptions, freshFile } from "../../testing/made-evaluation.ts";
import type { Verdict } from "../../verify/index.ts";
import { answerBenchmark } from "./answer-benchmark.ts";
import { readAnswers } from "./read-answers.ts";
import { scoreAnswers } from "./score-answers.ts";

const { verdict: rule } = sums(1);

/** A judge far away: it needs a timer, and fails where `fault` names an error. */
function judge(fault: (question: string) => Error | undefined = () => undefined): Verdict {
  return {
    name: "numeric",
    async judge(text, problem, signal) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      const error = fault(problem.question);
      if (error !== undefined) throw error;
      return rule.judge(text, problem, signal);
    },
  };
}

/** A model that counts the problems that it is asked. */
function counted() {
  const asked = { problems: 0 };
  const respondent = adder({
    onCall: (problems) => {
      asked.problems += problems;
    },
  });
  return { asked, respondent };
}

const refusal = () => new PartError("judge: refuses the request, status 400");

describe("sampled answers", () => {
  test("are on disk before the judge replies, and each verdict follows in a line of its own", async () => {
    const path = freshFile();
    const atCall: number[] = [];
    const verdict = judge(() => {
      atCall.push(readAnswers(path).answers.length);
      return undefined;
    });
    await answerBenchmark(answerOptions(path, { verdict, problems: 6 }));
    expect(atCall).toEqual(new Array(6).fill(6));
    const { answers } = readAnswers(path);
    const byRule = freshFile();
    await answerBenchmark(answerOptions(byRule, { problems: 6 }));
    expect(answers).toEqual(readAnswers(byRule).answers);
  });

  test("stay when the judge is gone, and are judged later without being sampled again", async () => {
    const path = freshFile();
    const { asked, respondent } = counted();
    const gone = judge(() => new PartError("judge: status 401", { isTotal: true }));
    await expect(answerBenchmark(answerOptions(path, { verdict: gone, respondent }))).rejects.toThrow(
      "status 401",
    );
    const stopped = readAnswers(path).answers;
    expect(stopped).toHaveLength(6);
    expect(stopped.every(({ score, isJudged }) => score === null && isJudged === false)).toBe(true);
    expect(stopped[0]).toMatchObject({
      reason: "not judged yet",
      completion: "answer 0: <answer>1</answer>",
    });

    await answerBenchmark(answerOptions(path, { verdict: judge(), respondent }));
    const whole = freshFile();
    await answerBenchmark(answerOptions(whole));
    expect(readAnswers(path).answers).toEqual(readAnswers(whole).answers);
    expect(asked.problems).toBe(20);
  });

  test("of which the judge refuses one are all recorded; that one is judged again on each resume", async () => {
    const path = freshFile();
    const { asked, respondent } = counted();
    const refusing = judge((question) => (question.startsWith("3 ") ? refusal() : undefined));
    for (let run = 0; run < 2; run++) {
      expect(await answerBenchmark(answerOptions(path, { verdict: refusing, respondent }))).toBe(true);
      const failed = readAnswers(path).answers.filter(({ isJudged }) => isJudged === false);
      expect(failed).toMatchObject([{ problem: "sum-2", score: null, reason: refusal().message }]);
    }
    await answerBenchmark(answerOptions(path, { verdict: judge(), respondent }));
    const { answers } = readAnswers(path);
    expect(answers).toHaveLength(20);
    expect(answers.every(({ isJudged, score }) => isJudged === undefined && score !== null)).toBe(true);
    expect(asked.problems).toBe(20);
  });

  test("of which the judge refuses many do not end a later run, which reports the others", async () => {
    const path = freshFile();
    const refusing = judge((question) => (/^\d /.test(question) ? refusal() : undefined));
    const { source } = sums(20);
    const backwards = { ...source, problem: (index: number) => source.problem(19 - index) };
    const run = () =>
      answerBenchmark(answerOptions(path, { source: backwards, verdict: refusing, batchSize: 1 }));
    await expect(run()).rejects.toThrow("status 400");
    expect(await run()).toBe(true);
    const { answers } = readAnswers(path);
    expect(answers.filter(({ isJudged }) => isJudged === false)).toHaveLength(9);
    expect(answers).toHaveLength(20);
  });

  test("end the evaluation when a judge refuses those to eight problems in a row, or all there are", async () => {
    const path = freshFile();
    const { asked, respondent } = counted();
    const refusing = judge(refusal);
    const run = () => answerBenchmark(answerOptions(path, { verdict: refusing, respondent }));
    await expect(run()).rejects.toThrow("status 400");
    const { length } = readAnswers(path).answers;
    expect(asked.problems).toBe(length);
    // The next run judges what is there, and samples nothing.
    await expect(run()).rejects.toThrow("status 400");
    expect(asked.problems).toBe(length);
    const few = answerOptions(freshFile(), { verdict: refusing, problems: 3 });
    await expect(answerBenchmark(few)).rejects.toThrow("status 400");
  });

  test("of a stopped evaluation without a verdict are judged first, none twice", async () => {
    const path = freshFile();
    const { asked, respondent } = counted();
    const controller = new AbortController();
    const judged: string[] = [];
    const noting = (stopAt: number) =>
      judge((question) => {
        judged.push(question);
        if (judged.length === stopAt) controller.abort();
        return undefined;
      });
    const stopping = { verdict: noting(3), respondent, signal: controller.signal };
    expect(await answerBenchmark(answerOptions(path, stopping))).toBe(false);
    const { answers } = readAnswers(path);
    expect(answers).toHaveLength(6);
    const kept = answers.filter(({ isJudged }) => isJudged !== false).map(({ question }) => question);
    judged.length = 0;
    await answerBenchmark(answerOptions(path, { verdict: noting(0), respondent }));
    expect(judged).toHaveLength(20 - kept.length);
    expect(judged.filter((question) => kept.includes(question))).toEqual([]);
    expect(asked.problems).toBe(20);
  });

  test("that a verdict scores beyond 1 end the evaluation, and stay", async () => {
    const path = freshFile();
    const verdict = { name: "wrong", judge: () => ({ extracted: null, score: 2, reason: "" }) };
    await expect(answerBenchmark(answerOptions(path, { verdict }))).rejects.toThrow(
      "verdict wrong: problem sum-0: expected a score from 0 to 1 or null, got 2",
    );
    expect(readAnswers(path).answers).toHaveLength(6);
  });
});

test("recorded answers are judged again although the judge refuses one", async () => {
  const path = freshFile();
  await answerBenchmark(answerOptions(path, { problems: 6 }));
  const { answers } = readAnswers(path);
  const refusing = judge((question) => (question.startsWith("3 ") ? refusal() : undefined));
  const scored = await scoreAnswers(answers, { verdict: refusing });
  expect(scored.map(({ isJudged }) => isJudged)).toEqual([
    ...[undefined, undefined, false, undefined, undefined, undefined],
  ]);
  expect(scored[2]).toMatchObject({ score: null, reason: refusal().message });
});
