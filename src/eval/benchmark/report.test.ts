import { describe, expect, test } from "vitest";
import { sums } from "../../testing/made-benchmark.ts";
import type { AnswerRecord } from "./answer-record.ts";
import { benchmarkReport } from "./report.ts";

/** Answers with these scores, `[problems][samples]`; the extracted answer is the score's own text. */
function answersOf(scores: readonly (readonly (number | null)[])[]): AnswerRecord[] {
  return scores.flatMap((own, index) =>
    own.map((score, sample) => ({
      problem: `p${index}`,
      index,
      sample,
      kind: index < 2 ? "first" : "rest",
      question: "?",
      answers: ["1"],
      columns: {},
      completion: "text",
      completionTokens: 4,
      stopReason: "stop" as const,
      extracted: score === null ? null : String(score),
      score,
      reason: "",
    })),
  );
}

const benchmark = sums(1);
const header = { model: "m", verdict: "v" };
const reportOf = (scores: readonly (readonly (number | null)[])[]) =>
  benchmarkReport(benchmark, { header, answers: answersOf(scores), skipped: [] });

describe("the report of a benchmark", () => {
  test("of one sample has the accuracy with Wilson's interval, by kind too", () => {
    const { measures, problems, samples, main } = reportOf([[1], [0], [1], [1]]);
    expect({ problems, samples, main }).toEqual({ problems: 4, samples: 1, main: "accuracy" });
    expect(measures["accuracy"]).toMatchObject({ value: 0.75, of: 4 });
    expect(measures["accuracy"]!.low).toBeCloseTo(0.3006, 4);
    expect(measures["accuracy"]!.high).toBeCloseTo(0.9544, 4);
    expect(measures["first"]).toMatchObject({ value: 0.5, of: 2 });
    expect(measures["rest"]).toMatchObject({ value: 1, of: 2 });
  });

  test("of several samples has Mean@N, its variance, pass@k and the majority", () => {
    const { measures, passAt, majority } = reportOf([
      [1, 0, 0, 1],
      [0, 0, 0, 0],
      [1, 1, 1, 0],
    ]);
    expect(measures["accuracy"]).toMatchObject({
      value: expect.closeTo(5 / 12, 12),
      samples: [2 / 3, 1 / 3, 1 / 3, 1 / 3],
    });
    expect(measures["accuracy"]!.variance).toBeCloseTo(1 / 36, 12);
    // pass@2: 1 − C(2,2)/C(4,2) = 5/6, 0, and 1 − 0 = 1.
    expect(passAt).toEqual({
      1: expect.closeTo(5 / 12, 12),
      2: expect.closeTo((5 / 6 + 1) / 3, 12),
      4: 2 / 3,
    });
    // A tie of two votes each counts half.
    expect(majority).toBeCloseTo((0.5 + 0 + 1) / 3, 12);
  });

  test("leaves problems out that lack an answer, and counts what cannot be judged", () => {
    const answers = answersOf([
      [1, 1],
      [0, null],
      [1, 1],
    ]).filter(({ index, sample }) => index + sample < 3);
    const report = benchmarkReport(benchmark, { header, answers, skipped: [] });
    expect(report).toMatchObject({ problems: 2, samples: 2, unscorable: 1, withoutAnswer: 1 });
    expect(report.measures["accuracy"]!.value).toBe(0.75);
  });

  test("leaves a problem out whose first answer is missing", () => {
    const answers = answersOf([
      [1, 1],
      [0, 1],
    ]).filter(({ index, sample }) => index + sample > 0);
    const report = benchmarkReport(benchmark, { header, answers, skipped: [] });
    expect(report).toMatchObject({ problems: 1, samples: 2 });
  });

  test("counts tokens over the answers whose number is known", () => {
    const [a, b, c] = answersOf([[1], [0], [1]]) as [AnswerRecord, AnswerRecord, AnswerRecord];
    const some = [{ ...a, completionTokens: 2.5 }, { ...b, completionTokens: null }, c];
    const report = benchmarkReport(benchmark, { header, answers: some, skipped: [] });
    expect(report).toMatchObject({ completionTokensMean: 3.25, completionTokens: 6.5 });
    const none = benchmarkReport(benchmark, { header, answers: [some[1]!], skipped: [] });
    expect(none).toMatchObject({ completionTokensMean: null, completionTokens: null });
  });

  test("counts skipped rows among the rows of its problems, and none that is answered", () => {
    const [first, , third] = answersOf([[1], [0], [1]]) as [AnswerRecord, AnswerRecord, AnswerRecord];
    const row = (index: number, isBroken: boolean) =>
      ({ event: "skipped", index, isBroken, message: "no such file" }) as const;
    const recorded = {
      header,
      answers: [first, third],
      skipped: [row(0, true), row(1, true), row(3, true), row(4, false)],
    };
    expect(benchmarkReport(benchmark, recorded)).toMatchObject({ brokenRows: 2, filteredRows: 1 });
    expect(benchmarkReport(benchmark, recorded, 5)).toMatchObject({ brokenRows: 2, filteredRows: 1 });
    expect(benchmarkReport(benchmark, recorded, 2)).toMatchObject({ brokenRows: 1, filteredRows: 0 });
    expect(benchmarkReport(benchmark, recorded, 1)).toMatchObject({ brokenRows: 0, filteredRows: 0 });
  });

  test("of clusters resamples whole clusters: equal answers in a cluster widen the interval", () => {
    const scores = Array.from({ length: 40 }, (_, i) => [i % 8 < 4 ? 1 : 0]);
    const clustered = {
      ...benchmark,
      cluster: ({ id }: { id: string }) => String(Math.floor(Number(id.slice(1)) / 4)),
    };
    const widthOf = (own: typeof benchmark) => {
      const { low, high } = benchmarkReport(own, { header, answers: answersOf(scores), skipped: [] })
        .measures["accuracy"]!;
      return high! - low!;
    };
    expect(widthOf(clustered)).toBeGreaterThan(1.5 * widthOf(benchmark));
  });

  test("of no answers has nothing to measure", () => {
    expect(reportOf([])).toMatchObject({ problems: 0, samples: 0, measures: {} });
  });

  test("keeps intervals on their scale", () => {
    const points = {
      ...benchmark,
      measures: () => [{ name: "points", value: 1990, of: 3, most: 2000 }],
    };
    const { low, high } = benchmarkReport(points, {
      header,
      answers: answersOf([[1], [0], [1]]),
      skipped: [],
    }).measures["points"]!;
    // Equal points in every leave-out show no spread.
    expect([low, high]).toEqual([null, null]);
    for (const { low: from, high: to } of Object.values(reportOf([[1], [1], [0]]).measures)) {
      expect(from).toBeGreaterThanOrEqual(0);
      expect(to).toBeLessThanOrEqual(1);
    }
  });
});
