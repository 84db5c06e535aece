import { expect, test } from "vitest";
import { metricSections, metricTitle } from "./metric-catalogue.ts";

const column = { mean: [1, 2] };
const event = (...keys: string[]) => ({
  x: [1, 2],
  columns: Object.fromEntries(keys.map((key) => [key, column])),
});

test.each([
  ["completionTokensMean", "completion tokens mean"],
  ["timing.sampleSeconds", "sample, s"],
  ["rewardParts.accuracy", "reward parts · accuracy"],
  ["kl", "KL"],
])("%s is called %s", (key, title) => {
  expect(metricTitle(key)).toBe(title);
});

test("every metric stands under a heading, in the order of headings, the most asked for first", () => {
  const iteration = event(
    "timing.totalSeconds",
    "gradientNorm",
    "staleness",
    "samplerMismatch",
    "valueLoss",
    "pairMargin",
    "entropy",
    "reward",
    "temporal.shuffledAccuracy",
    "ofTomorrow",
    "learningRate",
  );
  const sections = metricSections([{ iteration, evaluation: event("accuracy"), news: event("count") }], "");
  expect(sections.map(({ title, metrics }) => [title, metrics.map(({ key }) => key)])).toEqual([
    ["Outcome", ["reward", "temporal.shuffledAccuracy"]],
    ["Policy", ["entropy", "gradientNorm", "staleness", "samplerMismatch", "valueLoss", "pairMargin"]],
    ["Optimiser", ["learningRate"]],
    ["Time", ["timing.totalSeconds"]],
    ["Evaluation", ["accuracy"]],
    ["Other", ["ofTomorrow"]],
    ["news", ["count"]],
  ]);
});

test("metrics of several runs are named once, and a search keeps what has its words", () => {
  const runs = [{ iteration: event("reward", "entropy") }, { iteration: event("reward", "kl") }];
  expect(metricSections(runs, "REW").flatMap(({ metrics }) => metrics)).toHaveLength(1);
  expect(metricSections(runs, "nothing")).toEqual([]);
});
