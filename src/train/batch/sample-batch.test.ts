import { describe, expect, test } from "vitest";
import type { Engine, SampleRequest } from "../../engine/index.ts";
import type { Reward } from "../../reward/index.ts";
import { digitsFakeEngine, steadyClock } from "../../testing/tiny-run.ts";
import { tinyTraining } from "../../testing/tiny-training.ts";
import type { Training } from "../iteration/training.ts";
import { Stopwatch } from "../loop/stopwatch.ts";
import { hasSpread } from "./group.ts";
import { sampleBatch } from "./sample-batch.ts";

/** A training on the fake engine, with what it asked of it. */
function trainingWith(...flags: string[]) {
  const requests: SampleRequest[] = [];
  const inner = digitsFakeEngine();
  const engine: Engine = {
    ...inner,
    sample: (request) => {
      requests.push(request);
      return inner.sample(request);
    },
  };
  const { training, progress } = tinyTraining(engine, "credit=uniform", ...flags);
  const sample = () => sampleBatch(training, progress, new Stopwatch(steadyClock()));
  return { training, progress, requests, sample };
}
const RARE = ["train.promptsPerIteration=6", "train.groupSize=2"];

describe("sampling without dynamic sampling", () => {
  test("is one round, of which groups with spread are kept", async () => {
    const { sample, progress } = trainingWith(...RARE);
    const { groups, kept, attempts } = await sample();
    expect([groups.length, attempts, progress.dataPosition]).toEqual([6, 1, 6]);
    expect(kept).toEqual(groups.filter(hasSpread));
    expect(kept.length).toBeLessThan(6);
  });

  test("keeps groups without spread where the algorithm learns from them", async () => {
    const { sample } = trainingWith(...RARE, "algorithm=reinforce", "algorithm.baseline=none");
    expect((await sample()).kept).toHaveLength(6);
  });
});

test("exact entropies are asked for where the credit method, or one that is compared with it, reads them", async () => {
  const asks = async (...flags: string[]) => {
    const { sample, requests } = trainingWith(...RARE, ...flags);
    await sample();
    return requests[0]!.entropy;
  };
  expect(await asks()).toBeUndefined();
  expect(await asks("credit=gtpo")).toBe(true);
  expect(await asks("creditAgreement={methods: [{kind: gtpo}]}")).toBe(true);
});

describe("dynamic sampling", () => {
  test("draws further problems until enough groups have spread, and keeps the first of these groups", async () => {
    const { sample, progress, requests } = trainingWith(...RARE, "train.dynamicSampling={}");
    const { groups, kept, attempts } = await sample();
    expect(attempts).toBeGreaterThan(1);
    expect(kept).toHaveLength(6);
    expect(groups).toHaveLength(6 * attempts);
    expect(kept).toEqual(groups.filter(hasSpread).slice(0, 6));
    expect(progress.dataPosition).toBe(6 * attempts);
    expect(groups.map(({ index }) => index)).toEqual(Array.from({ length: 6 * attempts }, (_, i) => i));
    expect(new Set(requests.map(({ seed }) => seed)).size).toBe(attempts);
  });

  test("stops at the cap with what it has", async () => {
    const { sample, progress } = trainingWith(...RARE, "train.dynamicSampling.maxAttempts=2");
    const straight = trainingWith(...RARE, "train.dynamicSampling={}");
    const [capped, whole] = [await sample(), await straight.sample()];
    expect([capped.attempts, capped.groups.length, progress.dataPosition]).toEqual([2, 12, 12]);
    expect(capped.kept.length).toBeLessThan(6);
    expect(capped.kept).toEqual(whole.kept.slice(0, capped.kept.length));
  });

  test("is one round where that suffices", async () => {
    const { sample } = trainingWith(
      "train.promptsPerIteration=1",
      "train.groupSize=64",
      "train.dynamicSampling={}",
    );
    expect(await sample()).toMatchObject({ attempts: 1, kept: [{ index: 0 }] });
  });

  test("asks for spread of accuracies by default: lengths alone do not count", async () => {
    const never = [
      "reward=[accuracy, {kind: format, weight: 0.1}, {kind: overlong, buffer: 3}]",
      "data.kinds=[largest]",
    ];
    const by = async (spreadOf: string) => {
      const { sample } = trainingWith(
        ...RARE,
        ...never,
        "train.dynamicSampling.maxAttempts=1",
        `train.dynamicSampling.spreadOf=${spreadOf}`,
      );
      return (await sample()).kept.length;
    };
    expect(await by("accuracy")).toBeLessThan(await by("reward"));
  });

  test("asks for spread of rewards where no completion has a verdict", async () => {
    const { training, progress } = trainingWith(...RARE, "train.dynamicSampling={}");
    const unjudged = { extracted: null, score: null, reason: "cannot judge" };
    const judged = { ...training, verdict: { name: "none", judge: () => unjudged } };
    const rewards: Reward[] = [{ name: "length", score: (all) => all.map(({ tokens }) => tokens.length) }];
    const watch = new Stopwatch(steadyClock());
    const { kept } = await sampleBatch({ ...judged, rewards } as Training, progress, watch);
    expect(kept).toHaveLength(6);
    expect(kept.every(hasSpread)).toBe(true);
  });

  test.each(["count", "drop"])(
    "asks for different rewards beside different verdicts, with equal groups %s",
    async (equalGroups) => {
      const { training, progress } = trainingWith(
        ...RARE,
        "train.dynamicSampling.maxAttempts=2",
        `train.equalGroups=${equalGroups}`,
      );
      const rewards: Reward[] = [{ name: "same", score: (all) => all.map(() => 1) }];
      const { kept } = await sampleBatch({ ...training, rewards }, progress, new Stopwatch(steadyClock()));
      expect(kept).toEqual([]);
    },
  );
});

describe("the punishment of length", () => {
  test("is a part of the reward, and −1 for what was cut at the limit", async () => {
    const { sample } = trainingWith(
      "reward=[accuracy, {kind: format, weight: 0.1}, {kind: overlong, buffer: 2, weight: 0.5}]",
    );
    const { groups } = await sample();
    for (const { completion, reward } of groups.flatMap(({ rollouts }) => rollouts)) {
      const expected = { 1: 0, 2: -0.5, 3: -1 }[completion.tokens.length];
      expect(reward?.parts["overlong"]).toBe(expected);
      const { accuracy = 0, format = 0, overlong = 0 } = reward?.parts ?? {};
      expect(reward?.value).toBeCloseTo(accuracy + 0.1 * format + 0.5 * overlong, 12);
    }
  });
});

test("the reward of length is a part of the reward, for right completions within its bounds alone", async () => {
  const { sample } = trainingWith(
    "reward=[accuracy, {kind: format, weight: 0.1}, {kind: length, min: 2, max: 2}]",
    "train.groupSize=32",
  );
  const rollouts = (await sample()).groups.flatMap(({ rollouts: own }) => own);
  for (const { completion, reward } of rollouts) {
    const { accuracy = 0, format = 0, length } = reward!.parts;
    expect(length).toBe(accuracy === 1 && completion.tokens.length === 2 ? 1 : 0);
    expect(reward?.value).toBeCloseTo(accuracy + 0.1 * format + 0.2 * (length ?? 0), 12);
  }
  expect(rollouts.some(({ reward }) => reward?.parts["length"] === 1)).toBe(true);
});
