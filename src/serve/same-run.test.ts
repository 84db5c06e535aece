import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { type Config, resolveConfig, runTraining } from "../config/index.ts";
import { TinkerWorld } from "../testing/tinker-fixtures.ts";
import { freshPath } from "../testing/tiny-run.ts";
import { configuredModel } from "./configured-model.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const BASE = [
  "data.kinds=[largest]",
  "data.digits=[2,2]",
  "sampling.maxCompletionTokens=6",
  "train.iterations=2",
  "train.promptsPerIteration=3",
  "train.groupSize=3",
  "train.learningRate=1e-3",
  "train.checkpointEvery=1",
  "train.reportKlEvery=1",
  "train.evaluateEvery=2",
  "train.evaluateProblems=4",
  "sft.steps=2",
  "sft.batchSize=2",
];
const LOCAL = ["engine.threads=1"];

const configOf = (...flags: readonly string[]): Config => resolveConfig({ flags: [...BASE, ...flags] });

/** Lines of metrics.jsonl without what depends on the clock and what only a server can measure. */
function metricsOf(directory: string): unknown[] {
  const path = join(directory, "metrics.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => {
    const {
      timing: _timing,
      samplerMismatch: _mean,
      samplerMismatchMax: _max,
      samplerKl: _kl,
      ...rest
    } = JSON.parse(line) as Record<string, unknown>;
    return rest;
  });
}

async function metricsOfRun(config: Config): Promise<{ rl: unknown[]; sft: unknown[] }> {
  const runDirectory = freshPath();
  await runTraining({ config, runDirectory });
  return {
    rl: metricsOf(runDirectory),
    sft: metricsOf(join(runDirectory, "warm-start")),
  };
}

/** The same run here and through HTTP. */
async function bothRuns(...flags: readonly string[]) {
  const here = configOf(...LOCAL, ...flags);
  const server = await world.server({ models: [await configuredModel(here, "small")] });
  const there = configOf("engine=tinker", `engine.url=${server.url}`, ...flags);
  return { here: await metricsOfRun(here), there: await metricsOfRun(there) };
}

describe("a run through HTTP", () => {
  test.each([
    ["dyco-rl, whose signals come with the samples", ["credit=dyco-rl", "train.minibatches=2"]],
    [
      "vicra, whose second pass has other images",
      ["credit=vicra", "algorithm.klCoefficient=0.01", "sft.steps=0"],
    ],
    [
      "a warm start with problems in words, some of which are equal",
      [
        "data.warmStart.describedShare=1",
        "data.warmStart.readingSteps=0",
        "data.warmStart.transcriptionSteps=0",
        "sft.batchSize=24",
      ],
    ],
  ])(
    "has the metrics of a run in process, number for number: %s",
    async (_, flags) => {
      const { here, there } = await bothRuns(...flags);
      expect(there.sft).toEqual(here.sft);
      expect(there.rl).toEqual(here.rl);
      expect(here.rl.filter((line) => (line as { event: string }).event === "iteration")).toHaveLength(2);
    },
    120_000,
  );
});
