import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigError } from "../errors/index.ts";
import { stopAfter } from "../testing/stop-after.ts";
import { freshPath, steadyClock, tinyConfig } from "../testing/tiny-run.ts";
import type { RunEvent } from "../train/loop/events.ts";
import { resolveConfig } from "./resolve-config.ts";
import { runTraining } from "./run.ts";

const FLAGS = [
  "credit=uniform",
  // Random weights have no right answers; this gives groups of equal rewards a gradient.
  "algorithm.entropyCoefficient=0.1",
  "sampling.maxCompletionTokens=4",
  "train.iterations=2",
  "train.promptsPerIteration=2",
  "train.groupSize=4",
  "train.checkpointEvery=1",
  "train.equalGroups=count",
  "engine.threads=1",
  "engine.replicas=1",
  "engine.rollouts=int8",
];

const INT8 = { engine: { kind: "local", rollouts: "int8" } };

/** Metrics without times, and the final weights. */
function outcome(path: string) {
  const records = readFileSync(join(path, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const weights = readFileSync(join(path, "model", "model.safetensors")).toString("base64");
  return { records: records.map(({ timing: _timing, ...record }) => record), weights };
}

async function run(path: string, flags: readonly string[] = [], resume = false, steps = Infinity) {
  const events: RunEvent[] = [];
  const { status } = await runTraining({
    config: tinyConfig(...FLAGS, ...flags),
    runDirectory: path,
    resume,
    clock: steadyClock(),
    ...stopAfter(steps, (event) => events.push(event)),
  });
  const warnings = events.flatMap((event) =>
    event.event === "warning" && event.message.startsWith("engine.") ? [event.message] : [],
  );
  return { status, warnings };
}

test("a run with rollouts in 8 bits corrects for them, records the mismatch, and resumes bitwise identical", async () => {
  const [whole, parts] = [freshPath(), freshPath()];
  expect(await run(whole)).toEqual({ status: "finished", warnings: [] });
  const iterations = outcome(whole).records.filter(({ event }) => event === "iteration");
  expect(iterations).toHaveLength(2);
  for (const record of iterations) {
    expect(record["samplerMismatch"]).toBeGreaterThan(0);
    expect(record["samplerMismatch"]).toBeLessThan(0.1);
    expect(record["samplerMismatchMax"]).toBeLessThan(1);
    expect(record["correctionMean"]).toBeCloseTo(1, 1);
    expect(record["correctionBeyondShare"]).toBe(0);
  }
  const environment = JSON.parse(readFileSync(join(whole, "environment.json"), "utf8"));
  expect(environment.rollouts).toEqual({ weights: "int8", blockSize: 128, operator: "MatMulNBits" });
  expect((await run(parts, [], false, 1)).status).toBe("interrupted");
  expect((await run(parts, [], true)).status).toBe("finished");
  expect(outcome(parts)).toEqual(outcome(whole));
});

test("a run that turns the correction off gets one warning, and still records the mismatch", async () => {
  const path = freshPath();
  const { warnings } = await run(path, ["algorithm.samplerCorrection=false"]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^engine\.rollouts "int8" without algorithm\.samplerCorrection: .* nothing corrects/,
    ),
  ]);
  for (const record of outcome(path).records.filter(({ event }) => event === "iteration")) {
    expect(record["samplerMismatch"]).toBeGreaterThan(0);
    expect(record).not.toHaveProperty("correctionMean");
  }
});

test("the correction is on by its defaults, unless it is set, off, or of no use to the objective", () => {
  const correction = (algorithm: object) =>
    (resolveConfig({ file: { ...INT8, algorithm } as never }).algorithm as { samplerCorrection?: unknown })
      .samplerCorrection;
  const usual = { level: "token", beyond: "truncate", cap: 3, floor: 0 };
  expect(correction({})).toEqual(usual);
  expect(correction({ kind: "dapo" })).toEqual(usual);
  expect(correction({ samplerCorrection: { cap: 2 } })).toEqual({ ...usual, cap: 2 });
  expect(correction({ samplerCorrection: false })).toBe(false);
  expect(correction({ kind: "dpo" })).toBeUndefined();
  expect(resolveConfig({ file: INT8 }).algorithm).toMatchObject({ kind: "grpo", samplerCorrection: usual });
  expect(resolveConfig().algorithm).not.toHaveProperty("samplerCorrection");
  expect(resolveConfig().engine).toMatchObject({ rollouts: "fp32" });
});

test("an engine elsewhere refuses rollouts in 8 bits with the reason", () => {
  const file = { engine: { kind: "tinker", url: "http://localhost:1", baseModel: "m", rollouts: "int8" } };
  expect(() => resolveConfig({ file })).toThrow(ConfigError);
  expect(() => resolveConfig({ file })).toThrow(
    'engine.rollouts does not apply to engine.kind "tinker"; it belongs to "local"',
  );
});
