import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { creditMethod, creditSchema } from "../credit/index.ts";
import type { Engine, Prompt } from "../engine/index.ts";
import { algorithmSchema } from "../objective/index.ts";
import { smallProblems, writeJsonl } from "../testing/data-files.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { digitsFakeEngine, freshPath, steadyClock, tinyConfig, tinyFileConfig } from "../testing/tiny-run.ts";
import { tinyFileTraining } from "../testing/tiny-training.ts";
import { writeVideoJsonl } from "../testing/video-files.ts";
import { runIteration } from "../train/iteration/iteration.ts";
import { runTraining } from "./run.ts";

type Line = Readonly<Record<string, unknown>>;

const TEMPORAL_REWARD = "reward=[accuracy, {kind: format, weight: 0.1}, {kind: temporal}]";
const TEMPORAL = [TEMPORAL_REWARD, "train.promptsPerIteration=4", "train.checkpointEvery=0"];

let data: string;
beforeAll(async () => {
  data = await writeVideoJsonl(7);
  appendFileSync(data, `${JSON.stringify({ id: "words", problem: "How many are eight?", answer: "8" })}\n`);
});

const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const metricsOf = (run: string) =>
  linesOf(join(run, "metrics.jsonl")).map(({ timing: _timing, ...record }) => record);
const rolloutsOf = (run: string, iteration: number) =>
  linesOf(join(run, "rollouts", `00000${iteration}.jsonl`));

async function run(runDirectory: string, flags: readonly string[], steps = Infinity, resume = false) {
  return runTraining({
    config: tinyFileConfig(data, ...TEMPORAL, ...flags),
    runDirectory,
    resume,
    openEngine: async () => digitsFakeEngine(),
    clock: steadyClock(),
    ...stopAfter(steps),
  });
}

describe("a run on videos with the temporal reward", () => {
  test("says in metrics and rollouts how both orders did and who was rewarded", async () => {
    const path = freshPath();
    const flags = ["train.iterations=2", "train.rolloutGroups=0", "train.groupSize=16"];
    expect((await run(path, flags)).status).toBe("finished");
    for (const [i, record] of metricsOf(path).entries()) {
      const rollouts = rolloutsOf(path, i + 1);
      const videos = rollouts.filter(({ problem }) => String(problem).startsWith("v"));
      const parts = videos.map(({ rewardParts }) => rewardParts as Record<string, number>);
      const right = parts.filter(({ accuracy }) => accuracy === 1).length;
      const temporal = record["temporal"] as Record<string, number>;
      expect(temporal["groups"]).toBe(videos.length / 16);
      expect(temporal["orderedAccuracy"]).toBeCloseTo(right / videos.length, 12);
      expect(temporal["shuffledAccuracy"]).toSatisfy(
        (share: number) => (share * 8 * videos.length) % 1 === 0,
      );
      const rewarded = new Set(
        videos.filter((_, j) => parts[j]?.["temporal"] === 1).map(({ problem }) => problem),
      );
      expect(temporal["rewardedShare"]).toBeCloseTo(rewarded.size / (videos.length / 16), 12);
      expect(temporal["shuffledTokens"]).toBeGreaterThanOrEqual(videos.length / 2);
      expect(record).toMatchObject({ problems: 4, completions: 64 });
      const earned = parts.reduce((sum, { temporal: part = 0 }) => sum + part, 0);
      // Over the completions that were compared: the problem without a video has no such part.
      expect((record["rewardParts"] as Record<string, number>)["temporal"]).toBeCloseTo(
        earned / videos.length,
        12,
      );
      for (const { problem, rewardParts } of rollouts) {
        if (problem === "words") expect(rewardParts).not.toHaveProperty("temporal");
      }
    }
  });

  const cases: [string, string[]][] = [
    ["with two minibatches", ["train.minibatches=2"]],
    [
      "with batches ahead and dynamic sampling",
      ["train.maxStaleness=1", "train.reportKlEvery=0", "train.dynamicSampling.maxAttempts=2"],
    ],
  ];
  test.each(cases)("that is resumed ends as if it had never stopped, %s", async (_, more) => {
    const flags = ["train.iterations=3", ...more];
    const [straight, broken] = [freshPath(), freshPath()];
    await run(straight, flags);
    expect((await run(broken, flags, 1)).status).toBe("interrupted");
    expect((await run(broken, flags, Infinity, true)).status).toBe("finished");
    expect(metricsOf(broken)).toEqual(metricsOf(straight));
    expect(metricsOf(straight).every((record) => record["temporal"] !== undefined)).toBe(true);
    for (const name of readdirSync(join(straight, "rollouts"))) {
      const [a, b] = [straight, broken].map((path) => readFileSync(join(path, "rollouts", name), "utf8"));
      expect(b).toBe(a);
    }
    const weights = (path: string) => readFileSync(join(path, "model", "fake-policy.bin"));
    expect(weights(broken).equals(weights(straight))).toBe(true);
  });

  test.each([
    // Problems in files have no truth about tokens.
    ...creditSchema.options
      .map(({ shape }) => shape.kind.value)
      .filter((kind) => !creditMethod(creditSchema.parse({ kind })).needs.labels)
      .map((kind) => `credit=${kind}`),
    ...algorithmSchema.options.map(({ shape }) => `algorithm=${shape.kind.value}`),
  ])("learns with %s, from completions with frames in order alone", async (flag) => {
    const seen: { readonly [name in "sampled" | "shown"]: Prompt[] } = { sampled: [], shown: [] };
    const inner = digitsFakeEngine();
    const engine: Engine = {
      ...inner,
      sample(request) {
        seen.sampled.push(...request.prompts);
        return inner.sample(request);
      },
      score(sequences, request) {
        seen.shown.push(...sequences.map(({ prompt }) => prompt));
        return inner.score(sequences, request);
      },
      accumulate(sequences, ...parameters) {
        seen.shown.push(...sequences.map(({ prompt }) => prompt));
        return inner.accumulate(sequences, ...parameters);
      },
    };
    await engine.setReference();
    const credit = flag.startsWith("credit") ? [] : ["credit=uniform"];
    const flags = [...TEMPORAL, "train.reportKlEvery=1", "train.minibatches=2", flag, ...credit];
    const { training, progress } = await tinyFileTraining(engine, data, ...flags);
    const { metrics, steps } = await runIteration(training, progress, 1);
    expect(new Set(steps.map(({ applied }) => applied))).toEqual(new Set([true]));
    expect(seen.sampled).toHaveLength(4 + metrics.temporal!.groups);
    const inOrder = new Set(seen.sampled.slice(0, 4));
    expect(seen.shown.length).toBeGreaterThan(0);
    expect(seen.shown.every((prompt) => inOrder.has(prompt))).toBe(true);
  });
});

describe("the temporal reward is refused before anything is written", () => {
  const refusal = async (config: ReturnType<typeof tinyConfig>, engine: Engine) => {
    const runDirectory = freshPath();
    const run = runTraining({ config, runDirectory, openEngine: async () => engine, clock: steadyClock() });
    const message = await run.then(
      () => "no error",
      (error: Error) => `${error.name}: ${error.message}`,
    );
    expect(existsSync(runDirectory)).toBe(false);
    return message;
  };

  test("by an engine that cannot be shown videos, naming both", async () => {
    const inner = digitsFakeEngine();
    const capabilities = new Set([...inner.capabilities].filter((name) => name !== "video"));
    expect(await refusal(tinyFileConfig(data, ...TEMPORAL), { ...inner, capabilities })).toContain(
      'EngineError: reward kind "temporal" needs the engine capability "video"; this engine has:',
    );
  });

  test("on data without any video, procedural or in files", async () => {
    const expected =
      'ConfigError: reward kind "temporal": expected a data set in which some problem has a video, got none in ';
    const images = writeJsonl(await smallProblems(3));
    expect(await refusal(tinyFileConfig(images, ...TEMPORAL), digitsFakeEngine())).toContain(`${expected}`);
    expect(await refusal(tinyConfig(TEMPORAL_REWARD), digitsFakeEngine())).toContain(expected);
  });

  test("with a weight or a size that means nothing", () => {
    const temporal = (options: string) => tinyConfig(`reward=[accuracy, {kind: temporal, ${options}}]`);
    expect(() => temporal("weight: 0")).toThrow("reward.1.weight");
    expect(() => temporal("shuffledGroupSize: 0")).toThrow("reward.1.shuffledGroupSize");
    expect(() => temporal("alpha: 0.3")).toThrow("reward.1.alpha");
  });
});
