import { expect, test } from "vitest";
import type { Task } from "../../data/index.ts";
import { sums } from "../../testing/made-benchmark.ts";
import type { AnswerRecord } from "./answer-record.ts";
import { benchmarkReport } from "./report.ts";
import { taskBenchmark } from "./task-benchmark.ts";

const { source, verdict } = sums(60);

/** A task that counts even digits of a completion, and the calls to its measures. */
function digitTask(right = (digits: number) => digits): Task & { calls: number } {
  return {
    name: "digits",
    train: source,
    test: source,
    calls: 0,
    measures(_problem, completion) {
      this.calls += 1;
      const digits = completion.split("").map(Number);
      return { even: { right: right(digits.filter((digit) => digit % 2 === 0).length), of: digits.length } };
    },
  };
}

const answers = Array.from(
  { length: 60 },
  (_, index): AnswerRecord => ({
    problem: `p${index}`,
    index,
    sample: 0,
    kind: "sum",
    question: "?",
    answers: ["1"],
    columns: {},
    completion: String(1000 + index),
    completionTokens: 4,
    stopReason: "stop",
    extracted: null,
    score: index === 7 ? null : index % 2,
    reason: "",
  }),
);

test("a task's measures are counts added over judged answers, each answer counted once however often it is left out", async () => {
  const task = digitTask();
  const benchmark = await taskBenchmark(task, "test", verdict);
  const { measures } = benchmarkReport(benchmark, {
    header: { model: "m", verdict: "v" },
    answers,
    skipped: [],
  });
  const judged = answers.filter(({ score }) => score !== null).map(({ completion }) => completion);
  const even = judged.join("").replaceAll(/[13579]/g, "").length;
  expect(measures["even"]).toMatchObject({ value: even / (4 * 59), of: 4 * 59 });
  expect(measures["even"]!.low).toBeLessThan(measures["even"]!.value!);
  expect(task.calls).toBe(59);
});

test("counts that are no counts are refused with the measure and the problem", async () => {
  const benchmark = await taskBenchmark(
    digitTask(() => 9),
    "test",
    verdict,
  );
  const recorded = { header: { model: "m", verdict: "v" }, answers, skipped: [] };
  expect(() => benchmarkReport(benchmark, recorded)).toThrow(
    "measure even of problem p0: expected whole numbers 0 ≤ right ≤ of, got 9 of 4",
  );
});
