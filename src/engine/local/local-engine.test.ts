import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { EngineError, ModelError, NumericError, ShapeError } from "../../errors/index.ts";
import {
  ADAM,
  bytesOf,
  checkpointDirectory,
  coefficientsOf,
  recordedCase,
  recordedPrompt,
  registerCase,
} from "../../testing/model-fixtures.ts";
import type { Engine, Prompt, SampleRequest, ScoreRequest, Sequence } from "../engine.ts";
import { createLocalEngine } from "./create-local-engine.ts";
import { LocalModel } from "./local-model.ts";
import type { Call } from "./protocol.ts";

const DIRECTORY = checkpointDirectory("tied-mha");
const recorded = recordedCase("tied-mha", "padded-batch");
const SIGNALS = { attention: { row: "own" } } as const;

const folder = mkdtempSync(join(tmpdir(), "fovea-engine-"));
afterAll(() => rmSync(folder, { recursive: true }));

const engines: Engine[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

async function open(directory = DIRECTORY): Promise<Engine> {
  const engine = await createLocalEngine({ model: directory, threads: 1 });
  engines.push(engine);
  return engine;
}

const sequences = (): Sequence[] =>
  recorded.sequences.map((sequence) => ({
    prompt: recordedPrompt(sequence),
    completion: Int32Array.from(sequence.completion),
  }));

const sampling = (prompts: readonly Prompt[]): SampleRequest => ({
  prompts,
  groupSize: 2,
  maxCompletionTokens: 5,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [],
  seed: 8,
  signals: SIGNALS,
});

const text = (...tokens: number[]): Prompt => ({ chunks: [{ kind: "text", tokens }] });

describe("an engine in its thread", () => {
  test("does what the model does in this one", async () => {
    const engine = await open();
    const model = new LocalModel({ model: DIRECTORY, threads: 1 });
    const known = registerCase(model, recorded);
    const given = sequences();
    const prompts = given.map(({ prompt }) => prompt);
    const local = { ...sampling([]), prompts: known.map(({ prompt }) => prompt) };
    expect([...engine.capabilities]).not.toContain("value");

    expect(await engine.sample(sampling(prompts))).toEqual(await model.sample(local));
    await engine.setReference();
    model.setReference();
    for (let update = 0; update < 2; update++) {
      const report = await engine.accumulate(given, coefficientsOf(recorded), { temperature: 0.9 });
      expect(report).toEqual(await model.accumulate(known, coefficientsOf(recorded), { temperature: 0.9 }));
      expect(await engine.step(ADAM)).toEqual(model.step(ADAM));
    }
    for (const weights of ["policy", "reference"] as const) {
      const request = { weights, signals: SIGNALS, temperature: 0.7 };
      expect(await engine.score(given, request)).toEqual(await model.score(known, request));
    }
    await engine.save(join(folder, "engine"));
    model.save(join(folder, "model"), true);
    for (const file of ["model", "optimizer", "reference"].map((name) => `${name}.safetensors`)) {
      expect(bytesOf(folder, "engine", file).equals(bytesOf(folder, "model", file))).toBe(true);
    }
    await engine.load(DIRECTORY);
    model.load(DIRECTORY);
    expect(await engine.score(given)).toEqual(await model.score(known));
    await model.close();
  });

  test("passes every request on to it, and has what its value head makes possible", async () => {
    const engine = await createLocalEngine({ model: DIRECTORY, threads: 1, valueHead: true });
    engines.push(engine);
    const model = new LocalModel({ model: DIRECTORY, threads: 1, valueHead: true });
    const known = registerCase(model, recorded);
    const given = sequences();
    expect([...engine.capabilities].sort()).toEqual([
      "attention",
      "attention-intervention",
      "attention-measure",
      "calibrated-attention",
      "entropy",
      "entropy-gradient",
      "full-distribution",
      "group-divergence",
      "hidden-images",
      "hidden-states",
      "image-ablation",
      "image-rows",
      "reference",
      "token-clusters",
      "value",
      "value-replacement",
      "video",
      "watch",
    ]);
    const coefficients = coefficientsOf(recorded);
    const options = { valueCoefficients: coefficients, entropyCoefficients: coefficients };
    expect(await engine.accumulate(given, coefficients, options)).toEqual(
      await model.accumulate(known, coefficients, options),
    );
    expect(await engine.step(ADAM)).toEqual(model.step(ADAM));
    const request: ScoreRequest = {
      image: { kind: "blur", radius: 2 },
      divergenceFrom: { kind: "noise", sigma: 50, seed: 3 },
      entropy: true,
      values: true,
      signals: { calibrated: { row: "own", layers: 2, biasCorrection: true } },
    };
    const scores = await engine.score(given, request);
    expect(scores).toEqual(await model.score(known, request));
    expect(scores[0]!.values!.every((value) => value !== 0)).toBe(true);
    await model.close();
  });

  test("has no samplers of earlier weights, and says so", async () => {
    await expect((await open()).sampler()).rejects.toThrow(/its one thread samples or learns/);
  });

  test("runs calls in the order they were made, new prompts or known", async () => {
    const engine = await open();
    const [sequence] = sequences();
    const coefficients = [coefficientsOf(recorded)[0]!];
    const before = engine.score([sequence!]);
    const accumulated = engine.accumulate([{ ...sequence!, prompt: text(1, 2, 3) }], coefficients);
    const stepped = engine.step(ADAM);
    const after = engine.score([sequence!]);
    const again = engine.step(ADAM);
    await accumulated;
    expect((await stepped).gradientNorm).toBeGreaterThan(0);
    expect(await after).not.toEqual(await before);
    expect((await again).gradientNorm).toBe(0);
  });

  test("is one of several, each with weights of its own", async () => {
    const [one, two] = await Promise.all([open(), open(checkpointDirectory("untied-mqa"))]);
    const [sequence] = sequences();
    const untouched = (await two.score([sequence!]))[0]!;
    expect(untouched.logprobs).not.toEqual((await one.score([sequence!]))[0]!.logprobs);
    await one.accumulate([sequence!], [coefficientsOf(recorded)[0]!]);
    await one.step(ADAM);
    expect((await two.score([sequence!]))[0]).toEqual(untouched);
    await one.close();
    expect((await two.score([sequence!]))[0]).toEqual(untouched);
  });
});

describe("errors keep their kind on the way between threads", () => {
  test.each([
    ["a directory that is not there", join(folder, "nowhere"), /nowhere.*config\.json: cannot be read/],
    ["a directory of something else", folder, /config\.json: cannot be read/],
  ])("%s does not open", async (_, directory, message) => {
    const opening = createLocalEngine({ model: directory });
    await expect(opening).rejects.toThrow(ModelError);
    await expect(opening).rejects.toThrow(message);
  });

  test.each<[string, (engine: Engine) => Promise<unknown>, new (message: string) => Error, RegExp]>([
    [
      "an impossible setting",
      (it) => it.sample({ ...sampling([text(1)]), topP: 0 }),
      EngineError,
      /topP: .* got 0/,
    ],
    [
      "a seed that is no integer",
      (it) => it.sample({ ...sampling([text(1)]), seed: 0.5 }),
      NumericError,
      /0\.5/,
    ],
    [
      "coefficients that do not fit",
      (it) => it.accumulate(sequences(), []),
      ShapeError,
      /expected 3 arrays, got 0/,
    ],
    [
      "a prompt that cannot be read",
      (it) => it.sample(sampling([text(96)])),
      EngineError,
      /chunk 0: .* got 96/,
    ],
    ["a directory without a model", (it) => it.load(folder), ModelError, /config\.json/],
  ])("%s", async (_, call, kind, message) => {
    const engine = await open();
    const result = call(engine);
    await expect(result).rejects.toThrow(kind);
    await expect(result).rejects.toThrow(message);
    expect(await engine.score([])).toEqual([]);
  });

  test("a prompt that failed once fails again, and does not spoil those it came with", async () => {
    const engine = await open();
    const [good, bad] = [text(1, 2), text(1, 200)];
    await expect(engine.sample(sampling([good, bad]))).rejects.toThrow("got 200");
    await expect(engine.sample(sampling([bad]))).rejects.toThrow("got 200");
    expect(await engine.sample(sampling([good]))).toHaveLength(1);
  });
});

describe("the end of an engine", () => {
  test("a prompt that fails does so alike in calls that were made at once", async () => {
    const engine = await open();
    const [good] = sequences();
    const prompt: Prompt = { chunks: [{ kind: "text", tokens: [10_000] }] };
    const bad = { prompt, completion: Int32Array.of(1) };
    const errors = await Promise.all(
      [[bad], [bad], [good!, bad]].map((given) => engine.score(given).catch((error: Error) => error.message)),
    );
    expect(errors[0]).toMatch(/10000/);
    expect(new Set(errors).size).toBe(1);
    expect(await engine.score([good!])).toHaveLength(1);
  });

  test("fails calls that wait and calls that follow; closing again is harmless", async () => {
    const engine = await open();
    const waiting = engine.score(sequences());
    const closing = Promise.all([engine.close(), engine.close()]);
    await expect(waiting).rejects.toThrow(EngineError);
    await expect(waiting).rejects.toThrow("it was closed");
    await closing;
    const calls: ((it: Engine) => Promise<unknown>)[] = [
      (it) => it.sample(sampling([text(1)])),
      (it) => it.score([]),
      (it) => it.accumulate([], []),
      (it) => it.step(ADAM),
      (it) => it.setReference(),
      (it) => it.save(folder),
      (it) => it.load(DIRECTORY),
    ];
    for (const call of calls) {
      await expect(call(engine)).rejects.toThrow(/the engine is closed$/);
    }
    await engine.close();
  });

  test.each<[string, (worker: Worker) => unknown, RegExp]>([
    ["is ended from outside", (worker) => worker.terminate(), /its thread ended with code 1/],
    ["throws outside of any call", (worker) => worker.postMessage(null), /its thread failed: /],
  ])("fails calls that wait when its thread %s", async (_, kill, message) => {
    const post = vi.spyOn(Worker.prototype, "postMessage");
    const engine = await open();
    const worker = post.mock.contexts[0] as Worker;
    kill(worker);
    const waiting = [engine.score(sequences()), engine.step(ADAM)];
    const results = await Promise.allSettled(waiting);
    const reasons = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason as Error] : [],
    );
    expect(reasons).toHaveLength(2);
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(EngineError);
      expect(reason.message).toMatch(message);
    }
    await expect(engine.step(ADAM)).rejects.toThrow(EngineError);
  });
});

describe("prompts", () => {
  /** The messages sent: the prompts of each `register`, the ids of each `forget`. */
  function spy() {
    const post = vi.spyOn(Worker.prototype, "postMessage");
    const sent = (method: Call["method"]) =>
      post.mock.calls
        .map(([call]) => call as Call)
        .filter((call) => call.method === method)
        .map((call) => call.parameters[0] as readonly unknown[]);
    return sent;
  }

  test("are sent once, however often they are used", async () => {
    const sent = spy();
    const engine = await open();
    const given = sequences();
    const prompts = given.map(({ prompt }) => prompt);
    await engine.sample(sampling(prompts));
    await engine.score([...given, ...given]);
    await engine.accumulate(given, coefficientsOf(recorded));
    expect(sent("register").map((list) => list.length)).toEqual([3]);
    await engine.score([{ ...given[0]!, prompt: text(4) }, given[1]!]);
    expect(sent("register").map((list) => list.length)).toEqual([3, 1]);
  });

  test("are forgotten when thousands of others were used since, and sent again when they return", async () => {
    const sent = spy();
    const engine = await open();
    const ofPrompts = (prompts: readonly Prompt[]) =>
      engine.score(prompts.map((prompt) => ({ prompt, completion: new Int32Array() })));
    const first = Array.from({ length: 4096 }, (_, i) => text(i % 80));
    await ofPrompts(first);
    await ofPrompts(first.slice(0, 4000));
    expect(sent("forget")).toEqual([]);
    await ofPrompts([text(1), text(2), text(3)]);
    const forgotten = sent("forget").at(-1) as readonly number[];
    expect(forgotten).toEqual([4000, 4001, 4002]);
    await ofPrompts([first[4000]!, first[0]!]);
    expect(sent("register").map((list) => list.length)).toEqual([4096, 3, 1]);
  });
});
