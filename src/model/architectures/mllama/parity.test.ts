import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createLocalEngine } from "../../../engine/local/create-local-engine.ts";
import { LocalModel } from "../../../engine/local/local-model.ts";
import { ProgramCache } from "../../../engine/local/program-cache.ts";
import { preparePrompt } from "../../../engine/local/prompts/prepared-prompt.ts";
import { VisionEncoder } from "../../../engine/local/prompts/vision-encoder.ts";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { ParameterStore } from "../../../engine/local/weights/parameter-store.ts";
import { EngineError, ModelError } from "../../../errors/index.ts";
import {
  MLLAMA_CASES,
  MLLAMA_CHECKPOINTS,
  type MllamaCase,
  type MllamaCheckpoint,
  mllamaCases,
  mllamaDirectory,
  mllamaPrompt,
} from "../../../testing/mllama-fixtures.ts";
import {
  checkpointDirectory,
  digest,
  digestError,
  register,
  weightsOf,
} from "../../../testing/model-fixtures.ts";
import { crossGreedy } from "../../../testing/onnx-cross-session.ts";
import { openModelDirectory, openSightOf } from "../../directory.ts";
import { exportModel } from "../../export-model.ts";
import { exportOnnx } from "../../onnx/export-onnx.ts";
import { graphsOf } from "../graphs.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-mllama-"));
const opened: { close(): Promise<void> }[] = [];
const models = new Map<MllamaCheckpoint, LocalModel>();
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function modelOf(name: MllamaCheckpoint): LocalModel {
  let model = models.get(name);
  if (model === undefined) {
    model = new LocalModel({ model: mllamaDirectory(name), threads: 1 });
    opened.push(model);
    models.set(name, model);
  }
  return model;
}

function registered(model: Pick<LocalModel, "register">, { sequences }: MllamaCase) {
  return sequences.map((sequence) => ({
    prompt: register(model, mllamaPrompt(sequence)),
    completion: Int32Array.from(sequence.completion),
  }));
}

/** Cases whose gradients were recorded. */
const WITH_GRADIENTS = MLLAMA_CASES.filter(([, , { gradients }]) => gradients !== undefined);

test("three checkpoints, with images first, between, side by side, in batches, and text alone", () => {
  expect(MLLAMA_CASES).toHaveLength(21);
  expect(WITH_GRADIENTS).toHaveLength(12);
  const padded = MLLAMA_CASES.flatMap(([, , { sequences }]) => sequences).filter(
    ({ logprobsLeftPadded }) => logprobsLeftPadded !== undefined,
  );
  expect(padded).toHaveLength(6);
});

describe.each(MLLAMA_CASES)("transformers and this engine agree on %s, %s", (name, _, recorded) => {
  test("ids and pixels", () => {
    const { vision } = openSightOf(mllamaDirectory(name))!;
    for (const sequence of recorded.sequences) {
      const { tokens, imageIndex, positions, images } = preparePrompt(mllamaPrompt(sequence), vision);
      expect([...tokens]).toEqual(sequence.tokens);
      expect([...imageIndex].every((image) => image === -1)).toBe(true);
      expect(positions.components.map((component) => [...component])).toEqual([[...tokens.keys()]]);
      expect(positions.next).toBe(tokens.length);
      if (sequence.patches === null) {
        expect(images).toEqual([]);
        continue;
      }
      const hash = createHash("sha256");
      for (const { patches } of images) hash.update(new Uint8Array(patches.buffer));
      expect(hash.digest("hex")).toBe(sequence.patches);
    }
  });

  test("log-probs, alone, padded on the left and in double precision", async () => {
    const model = modelOf(name);
    const scores = await model.score(registered(model, recorded));
    for (const [i, sequence] of recorded.sequences.entries()) {
      const { logprobs } = scores[i]!;
      expect(logprobs).toBeAllclose(sequence.logprobs, { rtol: 0, atol: 1e-4 });
      expect(logprobs).toBeAllclose(sequence.logprobsDouble, { rtol: 0, atol: 1e-4 });
      const { logprobsLeftPadded } = sequence;
      if (logprobsLeftPadded !== undefined)
        expect(logprobs).toBeAllclose(logprobsLeftPadded, { rtol: 0, atol: 1e-4 });
    }
  });

  test("image tokens", async () => {
    const { config, vision } = openSightOf(mllamaDirectory(name))!;
    const images = recorded.sequences.flatMap(
      (sequence) => preparePrompt(mllamaPrompt(sequence), vision).images,
    );
    expect(images.length > 0).toBe(recorded.imageTokens !== undefined);
    if (recorded.imageTokens === undefined) return;
    const graphs = graphsOf(config);
    const store = new ParameterStore(graphs);
    store.read(mllamaDirectory(name));
    const programs = new ProgramCache(8, {});
    await new VisionEncoder(graphs.vision, config.text.hiddenSize, store, programs).encode(images);
    const all = Float32Array.from(images.flatMap(({ embeddings }) => [...embeddings]));
    expect(digestError(digest(all), recorded.imageTokens)).toBeLessThan(1e-5);
    await programs.clear();
  });

  test("greedy tokens", async () => {
    const model = modelOf(name);
    const groups = await model.sample({
      prompts: registered(model, recorded).map(({ prompt }) => prompt),
      groupSize: 2,
      maxCompletionTokens: recorded.sequences[0]!.greedy.length,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 1,
    });
    const found = groups.map((group) => group.map(({ tokens }) => [...tokens]));
    expect(found).toEqual(recorded.sequences.map(({ greedy }) => [greedy, greedy]));
  });
});

test.each(WITH_GRADIENTS)("the gradient of every parameter of %s, %s", async (name, _, recorded) => {
  const gradients = recorded.gradients!;
  const model = modelOf(name);
  const coefficients = recorded.sequences.map((sequence) => Float64Array.from(sequence.coefficients));
  await model.accumulate(registered(model, recorded), coefficients);
  const found = model.gradients();
  const floor = 1e-4 * Math.max(...Object.values(gradients).map(({ norm }) => norm));
  expect(Object.keys(gradients).filter((parameter) => !found.has(parameter))).toEqual([]);
  for (const [parameter, { data }] of found) {
    const expected = gradients[parameter];
    if (expected === undefined) expect(data.findIndex((value) => value !== 0)).toBe(-1);
    else {
      const norm = Math.max(expected.norm, floor);
      const error = (digestError(digest(data), expected) * expected.norm) / norm;
      expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
    }
  }
  model.step({ learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradientNorm: 0 });
});

test("weights of another family are refused by the names of their tensors", () => {
  const mixed = join(folder, "mixed");
  cpSync(mllamaDirectory("mllama-grouped"), mixed, { recursive: true });
  cpSync(join(checkpointDirectory("tied-gqa"), "model.safetensors"), join(mixed, "model.safetensors"));
  expect(() => openModelDirectory(mixed)).toThrow(ModelError);
  expect(() => openModelDirectory(mixed)).toThrow(
    /missing tensors: vision_model\.patch_embedding.*tensors that the config does not have: .*visual\./,
  );
});

test.each(MLLAMA_CHECKPOINTS)("%s, exported as ONNX, says the same greedy tokens", async (name) => {
  const target = join(folder, `${name}-onnx`);
  const { tokens } = exportOnnx(mllamaDirectory(name), target);
  expect(tokens.neverSampled).toEqual([]);
  const { vision } = openSightOf(target)!;
  const sequences = mllamaCases(name).flatMap(([, recorded]) => recorded.sequences);
  const prompts = sequences.map((sequence) => vision.spell(mllamaPrompt(sequence)));
  const found = await crossGreedy(target, prompts, 8);
  expect(found).toEqual(sequences.map(({ greedy }) => greedy.slice(0, 8)));
});

test("an engine that streams its weights refuses the model, and says what to do", () => {
  const open = () => new StreamingModel({ model: mllamaDirectory("mllama-grouped"), stream: true });
  expect(open).toThrow(EngineError);
  expect(open).toThrow(/^stream: expected a model whose weights can be read in turn, .*stream: false$/);
});

test.each(MLLAMA_CHECKPOINTS)(
  "%s, written by Fovea, opens again with the same weights and processor",
  (name) => {
    const target = join(folder, `${name}-written`);
    exportModel(mllamaDirectory(name), target);
    const [before, after] = [openModelDirectory(mllamaDirectory(name)), openModelDirectory(target)];
    expect(after.config).toEqual(before.config);
    expect(after.vision.preprocessorJson).toEqual(before.vision.preprocessorJson);
    expect(after.stopTokens).toEqual(before.stopTokens);
    expect(weightsOf(target)).toEqual(weightsOf(mllamaDirectory(name)));
  },
);

test("trains with low-rank adapters of decoder and vision tower, saves them, and resumes", async () => {
  const model = mllamaDirectory("mllama-grouped");
  const [, recorded] = mllamaCases("mllama-grouped")[0]!;
  const [sequence] = recorded.sequences as [MllamaCase["sequences"][0]];
  const adapters = { rank: 2, alpha: 4, vision: true };
  const engine = await createLocalEngine({ model, threads: 1, lora: adapters });
  const scored = { prompt: mllamaPrompt(sequence), completion: Int32Array.from(sequence.completion) };
  const [before] = await engine.score([scored]);
  expect(before!.logprobs).toBeAllclose(sequence.logprobsDouble, { rtol: 0, atol: 1e-4 });
  for (let step = 0; step < 3; step++) {
    await engine.accumulate([scored], [new Float64Array(sequence.completion.length).fill(1)]);
    await engine.step({
      learningRate: 0.02,
      beta1: 0.9,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradientNorm: 1,
    });
  }
  const [after] = await engine.score([scored]);
  const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
  expect(sum(after!.logprobs)).toBeGreaterThan(sum(before!.logprobs) + 0.5);
  const saved = join(folder, "adapted");
  await engine.save(saved);
  await engine.close();
  exportModel(model, join(folder, "whole"), { adapter: saved });
  const whole = new LocalModel({ model: join(folder, "whole"), threads: 1 });
  opened.push(whole);
  const [again] = await whole.score([
    { prompt: register(whole, scored.prompt), completion: scored.completion },
  ]);
  expect(again!.logprobs).toBeAllclose(after!.logprobs, { rtol: 0, atol: 1e-4 });
});
