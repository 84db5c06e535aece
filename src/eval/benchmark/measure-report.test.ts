import { describe, expect, test } from "vitest";
import { accuracy, type Benchmark, type ScoredAnswer } from "../../benchmark/index.ts";
import { wilsonInterval } from "../../math/index.ts";
import { sums } from "../../testing/made-benchmark.ts";
import { measureReports } from "./measure-report.ts";

/** Answers with these scores, `[problems][samples]`; problem i is in the cluster of the i-th name. */
function problemsOf(
  scores: readonly (readonly (number | null)[])[],
  clusters: readonly string[] = [],
): ScoredAnswer[][] {
  return scores.map((own, p) =>
    own.map((score) => ({
      problem: { id: `p${p}`, question: "?", answers: ["1"], columns: { cluster: clusters[p] ?? "" } },
      text: "",
      extracted: null,
      score,
      reason: "",
    })),
  );
}

const plain: Benchmark = { ...sums(1), measures: (answers) => [accuracy(answers)] };
const clustered: Benchmark = { ...plain, cluster: ({ columns }) => String(columns["cluster"]) };
const oneEach = (count: number, score = 1) => Array.from({ length: count }, () => [score]);

describe("the interval of a measure", () => {
  test("is none for points without spread, though their sums are rounded", () => {
    const points: Benchmark = {
      ...plain,
      measures: (answers) => [
        { name: "points", value: 2000 + answers.length * 1e-12, of: answers.length, most: 2000 },
      ],
    };
    const { points: report } = measureReports(points, problemsOf(oneEach(9)));
    expect([report!.low, report!.high]).toEqual([null, null]);
  });

  test("counts the clusters of a measure's own problems where a mean has no spread", () => {
    // Eight problems in two clusters are hard and all right; thirty others are a cluster each.
    const clusters = [...Array.from("aaaabbbb"), ...Array.from({ length: 30 }, (_, i) => `other ${i}`)];
    const hard: Benchmark = {
      ...clustered,
      measures: (answers) => [
        accuracy(answers),
        accuracy(
          answers.filter(({ problem }) => "ab".includes(String(problem.columns["cluster"]))),
          "hard",
        ),
      ],
    };
    const scores = clusters.map((_, i) => [i < 8 || i % 2 === 0 ? 1 : 0]);
    const { hard: report } = measureReports(hard, problemsOf(scores, clusters));
    expect(report).toMatchObject({ value: 1, of: 8 });
    expect(report!.low).toBeCloseTo(wilsonInterval(2, 2).low, 12);
  });

  test("pairs samples by problem: answers that are not judged do not move the others", () => {
    // Problems are wholly right or wholly wrong, and each sample lacks another one.
    const right = Array.from({ length: 30 }, (_, p) => (p < 14 ? p % 2 : (p + 1) % 2));
    const scores = right.map((score, p) => [p === 0 ? null : score, p === 29 ? null : score]);
    const { accuracy: lacking } = measureReports(plain, problemsOf(scores));
    const { accuracy: whole } = measureReports(plain, problemsOf(right.map((score) => [score, score])));
    const widthOf = ({ low, high }: typeof lacking & object) => high! - low!;
    // Shifted by one, nearly all pairs would be of a right and a wrong answer, and the interval narrow.
    expect(widthOf(lacking!)).toBeGreaterThan(0.8 * widthOf(whole!));
  });

  test("is none of a mean whose problems are not known, in clusters and without spread", () => {
    const own: Benchmark = {
      ...clustered,
      measures: (answers) => [{ name: "own", value: 1, of: answers.length, values: answers.map(() => 1) }],
    };
    const problems = problemsOf(oneEach(4), ["a", "a", "b", "b"]);
    expect(measureReports(own, problems)["own"]).toMatchObject({ low: null, high: null });
    expect(
      measureReports({ ...own, ...{ cluster: undefined as never } }, problems)["own"]!.low,
    ).not.toBeNull();
  });
});
