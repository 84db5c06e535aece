import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { findPreset, resolveConfig, runTraining } from "../../../config/index.ts";
import { creditMethod } from "../../../credit/index.ts";
import { createLocalEngine } from "../../../engine/local/create-local-engine.ts";
import { EngineError } from "../../../errors/index.ts";
import { everyMethod, inspectCompletion } from "../../../inspect/index.ts";
import type { Settings } from "../../../parts/index.ts";
import { mllamaCases, mllamaDirectory, mllamaPrompt } from "../../../testing/mllama-fixtures.ts";
import { openSightOf } from "../../directory.ts";

const LONG_MS = 120_000;
const folder = mkdtempSync(join(tmpdir(), "fovea-mllama-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Half of all completions are rewarded, by their text, so that every group has spread. */
const REWARD = `export const parity = {
  create: () => (answered) =>
    answered.map(({ text }) => [...text].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 2),
};
`;

/** A run of two short iterations of the paper's preset on a small checkpoint. */
function run(name: string, ...flags: readonly string[]) {
  const module = join(folder, "reward.mjs");
  writeFileSync(module, REWARD);
  const runDirectory = join(folder, name);
  const config = resolveConfig({
    preset: findPreset("grpo-vicra-llama").settings as Settings,
    flags: [
      `model=${mllamaDirectory("mllama-grouped")}`,
      "data={kind: digits}",
      `reward=[{module: ${module}}]`,
      "engine.threads=1",
      "sampling.maxCompletionTokens=4",
      "sft.steps=0",
      "evaluation.problems=2",
      "train.iterations=2",
      "train.promptsPerIteration=2",
      "train.minibatches=1",
      "train.groupSize=4",
      "train.learningRate=0.01",
      ...flags,
    ],
  });
  return { runDirectory, done: runTraining({ config, runDirectory }) };
}

describe("a run of VICRA's preset for Llama 3.2-Vision", () => {
  test(
    "takes two iterations, and credit differs from token to token",
    async () => {
      const { runDirectory, done } = run("vicra");
      expect((await done).status).toBe("finished");
      const lines = (path: string) =>
        readFileSync(join(runDirectory, path), "utf8")
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line) as Record<string, unknown>);
      const metrics = lines("metrics.jsonl").filter(({ event }) => event === "iteration");
      expect(metrics).toHaveLength(2);
      for (const record of metrics) {
        const numbers = Object.values(record).filter((value) => typeof value === "number");
        expect(numbers.filter((value) => !Number.isFinite(value))).toEqual([]);
      }
      const weights = lines("rollouts/000002.jsonl").flatMap(({ weights: own }) => own as number[]);
      expect(new Set(weights.map((weight) => weight.toFixed(6))).size).toBeGreaterThan(4);
    },
    LONG_MS,
  );

  test.each([
    ["dyco-rl", "attention"],
    ["at-rl", "calibrated-attention"],
  ])("with %s is refused before the first step", async (kind, capability) => {
    const { done } = run(kind, `credit=${kind}`);
    await expect(done).rejects.toThrow(EngineError);
    const again = run(`${kind}-again`, `credit=${kind}`).done;
    await expect(again).rejects.toThrow(`credit.kind "${kind}" needs the engine capability "${capability}"`);
  });
});

test("an inspection has weights of the methods that read no attention, and no picture", async () => {
  const directory = mllamaDirectory("mllama-stretched");
  const engine = await createLocalEngine({ model: directory, threads: 1 });
  const [, recorded] = mllamaCases("mllama-stretched").find(([name]) => name === "one-image")!;
  const [sequence] = recorded.sequences;
  const methods = everyMethod(creditMethod({ kind: "uniform" }));
  const { vision } = openSightOf(directory)!;
  const group = [sequence!.completion, sequence!.completion.toReversed()].map((tokens, i) => ({
    tokens,
    stopReason: "stop" as const,
    advantage: 1 - 2 * i,
  }));
  const found = await inspectCompletion(
    { engine, vision, methods, temperature: 1 },
    { prompt: mllamaPrompt(sequence!), group, place: 0 },
  );
  expect(found.images).toBeNull();
  const without = found.methods.filter(({ weights }) => weights === null).map(({ kind }) => kind);
  expect(without).toEqual(expect.arrayContaining(["dyco-rl", "at-rl"]));
  for (const name of ["vicra", "vppo", "papo"]) expect(without).not.toContain(name);
  const scored = { prompt: mllamaPrompt(sequence!), completion: Int32Array.from(sequence!.completion) };
  for (const [request, part] of [
    [{ signals: { attention: { row: "own" } } }, "signals.attention"],
    [{ image: { kind: "mask-attention" } }, "image mask-attention"],
    [{ intervention: { tokens: [[0]], modality: "visual", lambda: 1 } }, "intervention"],
  ] as const) {
    await expect(engine.score([scored], request)).rejects.toThrow(
      `score: ${part}: expected a model with image tokens among the keys of its attention rows`,
    );
  }
  await engine.close();
});
