import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { EngineError, ModelError } from "../../../errors/index.ts";
import {
  CASES,
  CHECKPOINTS,
  type Checkpoint,
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  registerCase,
  writeVariant,
} from "../../../testing/model-fixtures.ts";
import type { AdamParameters, Score, ScoreRequest } from "../../engine.ts";
import { createLocalEngine } from "../create-local-engine.ts";
import { LocalModel } from "../local-model.ts";
import { StreamingModel } from "./streaming-model.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-streaming-"));
const opened: (LocalModel | StreamingModel)[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function open(name: Checkpoint, maxTokens = 2048) {
  const options = { model: checkpointDirectory(name), threads: 1, maxTokens };
  const whole = new LocalModel(options);
  const streamed = new StreamingModel({ ...options, stream: true });
  opened.push(whole, streamed);
  return { whole, streamed };
}

test("an image whose pass through the tower has no room is refused, as where the weights are in memory", async () => {
  const machine = { budget: 96 * 2 ** 20 + 4096, process: 0 };
  const narrow = new StreamingModel({
    model: checkpointDirectory("tied-gqa"),
    threads: 1,
    stream: true,
    machine,
  });
  opened.push(narrow);
  const scored = narrow.score(registerCase(narrow, recordedCase("tied-gqa", "one-image")));
  await expect(scored).rejects.toThrow(
    /^memory: expected at least \d+ MiB free for a stage of the vision tower over an image of \d+x\d+ patches, got 0 MiB: lower data\.maxPixels/,
  );
});

/** Every number of a score, by name. */
function numbers({ signals, ...rest }: Score): [string, Float64Array][] {
  const { imageRows } = signals ?? {};
  const parts = {
    ...rest,
    ...(imageRows && { imageRows }),
    ...signals?.attention,
    ...signals?.calibrated,
    ...signals?.attention?.sharpness,
  };
  return Object.entries(parts).filter(
    (part): part is [string, Float64Array] => part[1] instanceof Float64Array,
  );
}

const EVERYTHING: ScoreRequest = {
  temperature: 0.7,
  entropy: true,
  signals: {
    attention: { row: "predicting", measure: "sharpness" },
    calibrated: { row: "own", layers: 4, biasCorrection: true },
    imageRows: { row: "predicting" },
  },
};

describe.each(CHECKPOINTS)("%s, streamed", (name) => {
  test.each(CASES)("scores %s as the engine that holds its weights", async (caseName) => {
    const { whole, streamed } = open(name);
    const recorded = recordedCase(name, caseName);
    const expected = await whole.score(registerCase(whole, recorded), EVERYTHING);
    const found = await streamed.score(registerCase(streamed, recorded), EVERYTHING);
    for (const [i, score] of found.entries()) {
      const wanted = new Map(numbers(expected[i]!));
      expect(numbers(score).map(([part]) => part)).toEqual([...wanted.keys()]);
      expect(wanted.size).toBe(11);
      for (const [part, values] of numbers(score))
        expect(values, part).toBeAllclose(wanted.get(part)!, { rtol: 1e-4, atol: 2e-5 });
    }
  });

  test("agrees with transformers in batches of few rows", async () => {
    const { streamed } = open(name, 32);
    const recorded = recordedCase(name, "padded-batch");
    const found = await streamed.score(registerCase(streamed, recorded));
    for (const [i, { logprobs }] of found.entries())
      expect(logprobs).toBeAllclose(recorded.sequences[i]!.logprobsDouble, { rtol: 0, atol: 1e-4 });
  });
});

describe("an engine that streams its weights", () => {
  const adam: AdamParameters = {
    learningRate: 1,
    beta1: 0,
    beta2: 0,
    epsilon: 1,
    weightDecay: 0,
    maxGradientNorm: 0,
  };

  test("says what it can do, and refuses the rest", async () => {
    const engine = await createLocalEngine({ model: checkpointDirectory("tied-gqa"), stream: true });
    const [recorded] = recordedCase("tied-gqa", "text-only").sequences;
    const sequence = { prompt: recordedPrompt(recorded!), completion: Int32Array.from(recorded!.completion) };
    expect(engine.capabilities.has("attention")).toBe(true);
    expect(engine.capabilities.has("reference")).toBe(false);
    const [score] = await engine.score([sequence]);
    expect(score!.logprobs).toBeAllclose(recorded!.logprobsDouble, { rtol: 0, atol: 1e-4 });
    const refusals = [
      engine.step(adam),
      engine.setReference(),
      engine.requireRoom!({ completionTokens: 5, reference: false }),
      engine.save(folder),
      engine.accumulate([sequence], [new Float64Array(sequence.completion.length)]),
      engine.score([sequence], { weights: "reference" }),
      engine.score([sequence], { divergenceFrom: { kind: "discard" } }),
    ];
    for (const refusal of refusals) {
      await expect(refusal).rejects.toThrow(EngineError);
      await expect(refusal).rejects.toThrow(
        "an engine that streams its weights (stream: true) can only score",
      );
    }
    await engine.close();
  });

  test("scores with other weights after load", async () => {
    const { streamed } = open("untied-gqa");
    const sequences = registerCase(streamed, recordedCase("untied-gqa", "one-image"));
    const [before] = await streamed.score(sequences);
    const variant = writeVariant("untied-gqa", join(folder, "variant"), (weights) => {
      for (const { data } of weights.values()) data.set(data.map((value) => value * 1.1));
    });
    streamed.load(variant);
    const [after] = await streamed.score(sequences);
    const whole = new LocalModel({ model: variant, threads: 1 });
    opened.push(whole);
    const [expected] = await whole.score(registerCase(whole, recordedCase("untied-gqa", "one-image")));
    expect(after!.logprobs).toBeAllclose(expected!.logprobs, { rtol: 1e-4, atol: 2e-5 });
    expect(after!.logprobs).not.toEqual(before!.logprobs);
  });

  test("needs a whole model directory", async () => {
    await expect(createLocalEngine({ model: folder, stream: true })).rejects.toThrow(ModelError);
  });
});
