import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { EngineError, ModelError, ShapeError } from "../../errors/index.ts";
import {
  ADAM,
  bytesOf,
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  recordedPrompt,
} from "../../testing/model-fixtures.ts";
import type { Completion, Engine, Prompt, SampleRequest, Score, ScoreRequest, Sequence } from "../engine.ts";
import { createLocalEngine } from "./create-local-engine.ts";
import { LocalEngine } from "./local-engine.ts";
import type { LocalEngineOptions } from "./local-options.ts";

const DIRECTORY = checkpointDirectory("tied-mha");
const recorded = recordedCase("tied-mha", "padded-batch");
const coefficients = coefficientsOf(recorded);

const folder = mkdtempSync(join(tmpdir(), "fovea-replicas-"));
afterAll(() => rmSync(folder, { recursive: true }));

const engines: Engine[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function open(replicas: number, options: Partial<LocalEngineOptions> = {}): Promise<Engine> {
  const engine = await createLocalEngine({ model: DIRECTORY, threads: replicas, replicas, ...options });
  engines.push(engine);
  return engine;
}

const text = (...tokens: number[]): Prompt => ({ chunks: [{ kind: "text", tokens }] });
const sequences: readonly Sequence[] = recorded.sequences.map((sequence) => ({
  prompt: recordedPrompt(sequence),
  completion: Int32Array.from(sequence.completion),
}));
/** The first sequence under prompts that are not the same object: one for each replica. */
const twins: readonly Sequence[] = [0, 1].map(() => ({
  prompt: { ...sequences[0]!.prompt },
  completion: sequences[0]!.completion,
}));

const sampling = (prompts: readonly Prompt[]): SampleRequest => ({
  prompts,
  groupSize: 3,
  maxCompletionTokens: 9,
  temperature: 1,
  topP: 0.95,
  topK: 0,
  stopTokens: [5, 6],
  seed: 8,
  signals: { attention: { row: "own" } },
});

function expectClose(found: readonly Score[], expected: readonly Score[], tolerance = 1e-5) {
  expect(found).toHaveLength(expected.length);
  for (const [i, { logprobs }] of found.entries()) {
    expect(logprobs).toBeAllclose(expected[i]!.logprobs, { rtol: 0, atol: tolerance });
  }
}

describe("replicas", () => {
  test.each([1, 2])("%i of them refuse seeds for another number of prompts", async (count) => {
    const engine = await open(count);
    const prompts = [text(1, 2, 3), text(4, 5)];
    for (const seed of [[1], [1, 2, 3]]) {
      const failed = engine.sample({ ...sampling(prompts), seed });
      await expect(failed).rejects.toThrow(ShapeError);
      await expect(failed).rejects.toThrow(`expected one for each of 2 prompts, got ${seed.length}`);
    }
  });

  test.each([2, 3])("%i of them draw the tokens that one model draws", async (count) => {
    const [one, several] = await Promise.all([open(1), open(count)]);
    const prompts = [...sequences.map(({ prompt }) => prompt), text(1, 2, 3), text(4, 5)];
    const [expected, found] = [await one.sample(sampling(prompts)), await several.sample(sampling(prompts))];
    const tokens = (groups: readonly (readonly Completion[])[]) =>
      groups.map((group) => group.map((each) => [...each.tokens]));
    expect(tokens(found)).toEqual(tokens(expected));
    expect(new Set(tokens(found).flat().map(String)).size).toBeGreaterThan(8);
    for (const [i, completion] of found.flat().entries()) {
      const { logprobs, entropy, signals } = expected.flat()[i]!;
      expect(completion.logprobs).toBeAllclose(logprobs, { rtol: 0, atol: 1e-5 });
      expect(completion.entropy).toBeAllclose(entropy, { rtol: 0, atol: 1e-5 });
      expect(completion.signals!.attention!.visualShift).toBeAllclose(signals!.attention!.visualShift, {
        rtol: 0,
        atol: 1e-4,
      });
    }
    expect(await several.sample(sampling(prompts))).toEqual(found);
  });

  test("score what is asked for, each sequence with its own intervention", async () => {
    const [one, two] = await Promise.all([open(1), open(2)]);
    const requests: ScoreRequest[] = [
      {},
      { entropy: true, image: { kind: "noise", sigma: 50, seed: 3 }, temperature: 0.8 },
      { intervention: { tokens: [[0], [], [1, 2]], modality: "visual", lambda: 9, layers: "all" } },
    ];
    const plain = await one.score(sequences);
    for (const request of requests) {
      expectClose(await two.score(sequences, request), await one.score(sequences, request));
    }
    const amplified = await two.score(sequences, requests[2]);
    expect(amplified[0]!.logprobs[0]).not.toBeCloseTo(plain[0]!.logprobs[0]!, 4);
    expectClose([amplified[1]!], [plain[1]!]);
  });

  test("compare the completions of a prompt as one model does, where other prompts' completions come between them", async () => {
    const [one, two] = [await open(1), await open(2)];
    const prompts = [sequences[0]!.prompt, sequences[1]!.prompt];
    const mixed = [1, 2, 3, 4, 5, 6].map((token, i) => ({
      prompt: prompts[i % 2]!,
      completion: Int32Array.of(token, 7, 8),
    }));
    const request = { groupDivergence: true } as const;
    const [expected, found] = [await one.score(mixed, request), await two.score(mixed, request)];
    for (const [i, { groupDivergence }] of found.entries()) {
      expect(groupDivergence).toBeAllclose(expected[i]!.groupDivergence!, { rtol: 1e-4, atol: 1e-5 });
    }
    expect(expected.some(({ groupDivergence }) => groupDivergence!.some((value) => value > 1e-3))).toBe(true);
  });

  test("learn as one model does, and stay bitwise identical", async () => {
    const [one, two] = await Promise.all([open(1), open(2)]);
    for (let update = 0; update < 3; update++) {
      const reports = [
        await one.accumulate(sequences, coefficients),
        await two.accumulate(sequences, coefficients),
      ];
      expect(reports[1]).toEqual(reports[0]);
      const [expected, found] = [await one.step(ADAM), await two.step(ADAM)];
      expect(found.applied).toBe(true);
      expect(found.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 5);
    }
    expectClose(await two.score(sequences), await one.score(sequences), 1e-4);
    const [first, second] = await two.score(twins);
    expect(second).toEqual(first);
    expect((await two.step(ADAM)).gradientNorm).toBe(0);
  });

  test("keep a reference, values and a checkpoint from which one model continues", async () => {
    const two = await open(2, { valueHead: true });
    const options = { valueCoefficients: coefficients, entropyCoefficients: coefficients, temperature: 0.9 };
    const before = await two.score(sequences);
    await two.setReference();
    await two.accumulate(sequences, coefficients, options);
    await two.step(ADAM);
    expect(await two.score(sequences, { weights: "reference" })).toEqual(before);
    const values = await two.score(sequences, { values: true });
    expect(values.every((score) => score.values!.some((value) => value !== 0))).toBe(true);

    const directory = join(folder, "two");
    await two.save(directory);
    const one = await open(1, { valueHead: true });
    await one.load(directory);
    expectClose(await one.score(sequences), await two.score(sequences));
    await one.save(join(folder, "one"));
    for (const file of ["model", "optimizer", "reference"].map((name) => `${name}.safetensors`)) {
      expect(bytesOf(folder, "one", file).equals(bytesOf(folder, "two", file))).toBe(true);
    }
    await two.accumulate(sequences, coefficients);
    await two.load(directory);
    expect((await two.step(ADAM)).gradientNorm).toBe(0);
    const [first, second] = await two.score(twins);
    expect(second).toEqual(first);
  });

  test("run calls in the order they were made", async () => {
    const two = await open(2);
    const before = two.score(twins);
    const accumulated = two.accumulate(sequences, coefficients);
    const stepped = two.step(ADAM);
    const after = two.score(twins);
    const again = two.step(ADAM);
    await accumulated;
    expect((await stepped).gradientNorm).toBeGreaterThan(0);
    const [first, second] = await after;
    expect(second).toEqual(first);
    expect(first).not.toEqual((await before)[0]);
    expect((await again).gradientNorm).toBe(0);
  });

  test("have nothing to do where there is less than one thing each", async () => {
    const three = await open(3);
    expect(await three.sample(sampling([]))).toEqual([]);
    expect(await three.score([])).toEqual([]);
    expect(await three.accumulate([], [])).toEqual({ tokens: 0, finite: true });
    expect(await three.sample(sampling([text(1)]))).toHaveLength(1);
    const [score] = await three.score(sequences.slice(0, 1));
    expect(score!.logprobs).toHaveLength(sequences[0]!.completion.length);
  });
});

describe("what goes wrong with replicas", () => {
  test("more of them than threads, or a model that stays in its file", async () => {
    await expect(open(2, { threads: 1 })).rejects.toThrow(/^replicas: expected at most 1, .* got 2/);
    await expect(open(2, { stream: true })).rejects.toThrow(/^replicas: expected 1 with stream/);
    await expect(open(0)).rejects.toThrow(/^replicas: expected a positive integer, got 0/);
    await expect(open(2, { model: folder })).rejects.toThrow(ModelError);
  });

  test("input that does not fit is refused before any of them has done something", async () => {
    const two = await open(2);
    const cut = [coefficients[0]!, coefficients[1]!, coefficients[2]!.subarray(1)];
    const accumulating = two.accumulate(sequences, cut);
    await expect(accumulating).rejects.toThrow(ShapeError);
    await expect(accumulating).rejects.toThrow(/\(sequence 2\)/);
    const intervention = { tokens: [[], [], [99]], modality: "text", lambda: 1 } as const;
    await expect(two.score(sequences, { intervention })).rejects.toThrow(/tokens of sequence 2/);
    expect((await two.step(ADAM)).gradientNorm).toBe(0);
  });

  test("a share that fails leaves no half of a gradient, and the next step says so", async () => {
    const [two, alone] = await Promise.all([open(2), open(2)]);
    const bad = { prompt: text(1), completion: Int32Array.of(96) };
    await two.accumulate(sequences, coefficients);
    await expect(
      two.accumulate([...twins, bad], [coefficients[0]!, coefficients[0]!, Float64Array.of(1)]),
    ).rejects.toThrow(/got 96/);
    const stepping = two.step(ADAM);
    await expect(stepping).rejects.toThrow(EngineError);
    await expect(stepping).rejects.toThrow(/^step: the gradient was not whole .* got 96/);
    for (const engine of [two, alone]) {
      await engine.accumulate(sequences, coefficients);
      await engine.step(ADAM);
    }
    expect(await two.score(sequences)).toEqual(await alone.score(sequences));
  });

  test("a gradient of one that is not finite moves none of them", async () => {
    const two = await open(2);
    const before = await two.score(twins);
    const spoilt = coefficients.map((each, i) => (i === 2 ? each.map(() => Number.NaN) : each));
    expect((await two.accumulate(sequences, spoilt)).finite).toBe(false);
    expect(await two.step(ADAM)).toEqual({ gradientNorm: Number.NaN, applied: false });
    expect(await two.score(twins)).toEqual(before);
  });

  test("a step that is refused can be made right", async () => {
    const [two, alone] = await Promise.all([open(2), open(2)]);
    await two.accumulate(sequences, coefficients);
    await expect(two.step({ ...ADAM, beta1: 1 })).rejects.toThrow(/beta1/);
    await alone.accumulate(sequences, coefficients);
    expect(await two.step(ADAM)).toEqual(await alone.step(ADAM));
  });

  test("a load that fails in one of them leaves all unusable until another succeeds", async () => {
    const [two, alone] = await Promise.all([open(2), open(2)]);
    const failure = new ModelError("the file is gone");
    const load = vi.spyOn(LocalEngine.prototype, "load");
    load.mockRejectedValueOnce(failure);
    await expect(two.load(DIRECTORY)).rejects.toThrow(failure);
    const message =
      "expected weights of one checkpoint, got weights of two, since load failed: the file is gone";
    for (const call of [
      () => two.score(twins),
      () => two.sample(sampling([text(1, 2)])),
      () => two.accumulate(sequences, coefficients),
      () => two.step(ADAM),
      () => two.setReference(),
      () => two.save(join(folder, "unequal")),
    ]) {
      await expect(call()).rejects.toThrow(message);
    }
    await two.load(DIRECTORY);
    expect(await two.score(twins)).toEqual(await alone.score(twins));
    load.mockRejectedValueOnce(failure).mockRejectedValueOnce(failure);
    await expect(two.load(DIRECTORY)).rejects.toThrow(failure);
    expect(await two.score(twins)).toEqual(await alone.score(twins));
  });

  test("a thread that ends fails what waits for it, and what follows", async () => {
    const post = vi.spyOn(Worker.prototype, "postMessage");
    const two = await open(2);
    void (post.mock.contexts[1] as Worker).terminate();
    await expect(two.score(twins)).rejects.toThrow(/its thread ended with code 1/);
    await expect(two.step(ADAM)).rejects.toThrow(EngineError);
  });
});
