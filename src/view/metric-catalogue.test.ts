import { expect, test } from "vitest";
import { metricSections, metricTitle } from "./metric-catalogue.ts";

const column = { mean: [1, 2] };
const event = (...keys: string[]) => ({
  x: [1, 2],
  every: 1,
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

const keysOf = (sections: ReturnType<typeof metricSections>) =>
  sections.map(({ title, charts }) => [title, charts.map(({ curves }) => curves[0]?.key)]);

test("every metric is under a heading, in the order of headings, the most used first", () => {
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
  const sections = metricSections([{ iteration, evaluation: event("unscorable"), news: event("count") }], "");
  expect(keysOf(sections)).toEqual([
    ["Outcome", ["reward", "temporal.shuffledAccuracy"]],
    ["Policy", ["entropy", "gradientNorm", "staleness", "samplerMismatch"]],
    ["Value head", ["valueLoss"]],
    ["Pairs", ["pairMargin"]],
    ["Optimiser", ["learningRate"]],
    ["Time", ["timing.totalSeconds"]],
    ["Evaluation", ["unscorable"]],
    ["Not known to this version", ["ofTomorrow", "count"]],
  ]);
});

test("events that are messages have no charts", () => {
  expect(
    metricSections([{ "broken-row": event("index"), "reward-failed": event("completions") }], ""),
  ).toEqual([]);
});

test("training and validation have one accuracy chart, the interval is a band of it", () => {
  const runs = [
    {
      iteration: event("accuracy", "rewardParts.accuracy"),
      evaluation: event(
        "accuracy",
        "low",
        "high",
        "byKind.sum.share",
        "byKind.sum.low",
        "byKind.sum.high",
        "byKind.sum.of",
      ),
    },
  ];
  const [outcome, evaluation, ...others] = metricSections(runs, "");
  expect(others).toEqual([]);
  expect(outcome?.charts).toEqual([
    {
      id: "iteration accuracy",
      title: "accuracy",
      isShare: true,
      curves: [
        { event: "iteration", key: "accuracy", name: "training", isFaint: true },
        { event: "evaluation", key: "accuracy", name: "validation", interval: { low: "low", high: "high" } },
      ],
    },
  ]);
  expect(evaluation?.charts).toEqual([
    {
      id: "evaluation byKind.sum.share",
      title: "by kind · sum",
      isShare: true,
      curves: [
        {
          event: "evaluation",
          key: "byKind.sum.share",
          interval: { low: "byKind.sum.low", high: "byKind.sum.high" },
        },
      ],
    },
  ]);
});

test("metrics of several runs are named once, and a search keeps what has its words", () => {
  const runs = [{ iteration: event("reward", "entropy") }, { iteration: event("reward", "kl") }];
  expect(metricSections(runs, "REW").flatMap(({ charts }) => charts)).toHaveLength(1);
  expect(metricSections(runs, "nothing")).toEqual([]);
});

test("shares are shown as per cent, parts of rewards never", () => {
  const keys = [
    "accuracy",
    "truncatedShare",
    "roles.visual",
    "alignment",
    "rewardParts.accuracy",
    "rewardParts.lengthShare",
    "loss",
  ];
  const charts = metricSections([{ iteration: event(...keys, "noisedAccuracy") }], "").flatMap(
    (one) => one.charts,
  );
  const shares = charts
    .filter(({ isShare }) => isShare)
    .flatMap(({ curves }) => curves.map(({ key }) => key));
  expect(shares.toSorted()).toEqual([
    "accuracy",
    "alignment",
    "noisedAccuracy",
    "roles.visual",
    "truncatedShare",
  ]);
});
