import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { attentionSignals, calibratedGram } from "../../../credit/index.ts";
import { createLocalEngine } from "../../../engine/local/create-local-engine.ts";
import { LocalModel } from "../../../engine/local/local-model.ts";
import { ProgramCache } from "../../../engine/local/program-cache.ts";
import { preparePrompt } from "../../../engine/local/prompts/prepared-prompt.ts";
import { VisionEncoder } from "../../../engine/local/prompts/vision-encoder.ts";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { ParameterStore } from "../../../engine/local/weights/parameter-store.ts";
import { attentionRows, realRow } from "../../../testing/attention-rows.ts";
import { digest, digestError, register, weightsOf } from "../../../testing/model-fixtures.ts";
import { OnnxModel } from "../../../testing/onnx-session.ts";
import {
  SMOL_CASES,
  SMOL_CHECKPOINTS,
  type SmolCase,
  type SmolCheckpoint,
  smolCases,
  smolDirectory,
  smolPrompt,
} from "../../../testing/smolvlm-fixtures.ts";
import { openModelDirectory, openSightOf } from "../../directory.ts";
import { exportModel } from "../../export-model.ts";
import { exportOnnx } from "../../onnx/export-onnx.ts";
import { graphsOf } from "../graphs.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-smolvlm-"));
const opened: { close(): Promise<void> }[] = [];
const models = new Map<SmolCheckpoint, LocalModel>();
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function modelOf(name: SmolCheckpoint): LocalModel {
  let model = models.get(name);
  if (model === undefined) {
    model = new LocalModel({ model: smolDirectory(name), threads: 1 });
    opened.push(model);
    models.set(name, model);
  }
  return model;
}

function registered(model: Pick<LocalModel, "register">, { sequences }: SmolCase) {
  return sequences.map((sequence) => ({
    prompt: register(model, smolPrompt(sequence)),
    completion: Int32Array.from(sequence.completion),
  }));
}

test("three checkpoints, with images, several images, batches, text alone and videos", () => {
  expect(SMOL_CASES).toHaveLength(14);
  const pixels = SMOL_CASES.flatMap(([, , { sequences }]) => sequences).filter(
    ({ patches }) => patches !== null,
  );
  expect(pixels.length).toBeGreaterThan(10);
});

describe.each(SMOL_CASES)("transformers and this engine agree on %s, %s", (name, _, recorded) => {
  test("ids, kinds and pixels", () => {
    const { vision } = openSightOf(smolDirectory(name))!;
    for (const sequence of recorded.sequences) {
      const { tokens, imageIndex, positions, images } = preparePrompt(smolPrompt(sequence), vision);
      expect([...tokens]).toEqual(sequence.tokens);
      const kind = [...imageIndex].map((image) => (image < 0 ? 1 : 2));
      expect(kind).toEqual(sequence.kind.slice(0, tokens.length));
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

  test("log-probs, padded on the right, on the left and in double precision", async () => {
    const model = modelOf(name);
    const scores = await model.score(registered(model, recorded));
    for (const [i, sequence] of recorded.sequences.entries()) {
      const { logprobs } = scores[i]!;
      expect(logprobs).toBeAllclose(sequence.logprobs, { rtol: 0, atol: 1e-4 });
      expect(logprobs).toBeAllclose(sequence.logprobsLeftPadded, { rtol: 0, atol: 1e-4 });
      expect(logprobs).toBeAllclose(sequence.logprobsDouble, { rtol: 0, atol: 1e-4 });
    }
  });

  test("the gradient of every parameter", async () => {
    const model = modelOf(name);
    const coefficients = recorded.sequences.map((sequence) => Float64Array.from(sequence.coefficients));
    await model.accumulate(registered(model, recorded), coefficients);
    const found = model.gradients();
    // The bias of the tower's keys moves all scores of a row alike, so its gradient is 0, and what is found is rounding.
    const floor = 1e-4 * Math.max(...Object.values(recorded.gradients).map(({ norm }) => norm));
    expect(Object.keys(recorded.gradients).filter((parameter) => !found.has(parameter))).toEqual([]);
    for (const [parameter, { data }] of found) {
      const expected = recorded.gradients[parameter];
      if (expected === undefined) expect(data.findIndex((value) => value !== 0)).toBe(-1);
      else {
        const norm = Math.max(expected.norm, floor);
        const error = (digestError(digest(data), expected) * expected.norm) / norm;
        expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
      }
    }
    model.step({ learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradientNorm: 0 });
  });

  test("image tokens", async () => {
    const { config, vision } = openSightOf(smolDirectory(name))!;
    const images = recorded.sequences.flatMap(
      (sequence) => preparePrompt(smolPrompt(sequence), vision).images,
    );
    expect(images.length > 0).toBe(recorded.imageEmbeddings !== undefined);
    if (recorded.imageEmbeddings === undefined) return;
    const graphs = graphsOf(config);
    const store = new ParameterStore(graphs);
    store.read(smolDirectory(name));
    const programs = new ProgramCache(8, {});
    await new VisionEncoder(graphs.vision, config.text.hiddenSize, store, programs).encode(images);
    const all = Float32Array.from(images.flatMap(({ embeddings }) => [...embeddings]));
    expect(digestError(digest(all), recorded.imageEmbeddings)).toBeLessThan(1e-5);
    await programs.clear();
  });

  test("last-layer attention, own rows and predicting rows, and 0 on padding and later keys", async () => {
    const { sequences } = recorded;
    const asked = sequences.map((sequence) => ({ ...sequence, prompt: smolPrompt(sequence) }));
    const { rows, shape } = await attentionRows(smolDirectory(name), asked);
    for (const [s, { completion, attention }] of sequences.entries()) {
      const prompt = attention[0]!.length;
      for (const t of completion.keys()) {
        for (const [row, shift] of [
          ["own", 1],
          ["predicting", 0],
        ] as const) {
          const { real, padding } = realRow(rows[row], shape, s, t, prompt, t + shift);
          expect(real).toBeAllclose(attention[t + shift]!, { rtol: 0, atol: 1e-5 });
          expect(padding.every((value) => value === 0)).toBe(true);
        }
      }
    }
  });

  test("attention signals, image tokens being keys", async () => {
    const model = modelOf(name);
    const scores = await model.score(registered(model, recorded), {
      signals: {
        attention: { row: "own" },
        calibrated: { row: "own", layers: 1, biasCorrection: true },
      },
    });
    for (const [i, { completion, attention, kind }] of recorded.sequences.entries()) {
      const rows = completion.flatMap((_, t) => {
        const row = attention[t + 1]!;
        return [...row, ...new Array<number>(kind.length - row.length).fill(0)];
      });
      const first = attention[0]!.length;
      const shape = { tokens: completion.length, keys: kind.length };
      const expected = attentionSignals(rows, shape, kind, first);
      const gram = calibratedGram(rows, shape, kind, { first });
      const { attention: found, calibrated } = scores[i]!.signals!;
      expect(found!.visualMass).toBeAllclose(expected.visualMass, { rtol: 0, atol: 1e-4 });
      expect(found!.visualShift).toBeAllclose(expected.visualShift, { rtol: 0, atol: 1e-4 });
      expect(found!.textShift).toBeAllclose(expected.textShift, { rtol: 0, atol: 1e-4 });
      expect(calibrated!.connectivity).toBeAllclose(gram.connectivity, { rtol: 0, atol: 1e-5 });
      expect(calibrated!.gram).toBeAllclose(gram.gram, { rtol: 0, atol: 1e-5 });
      expect(found!.visualMass.some((mass) => mass > 0.01)).toBe(kind.includes(2));
    }
  });

  test("greedy tokens", async () => {
    const model = modelOf(name);
    const groups = await model.sample({
      prompts: registered(model, recorded).map(({ prompt }) => prompt),
      groupSize: 1,
      maxCompletionTokens: recorded.sequences[0]!.greedy.length,
      temperature: 0,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 1,
    });
    const found = groups.map(([completion]) => [...completion!.tokens]);
    expect(found).toEqual(recorded.sequences.map(({ greedy }) => greedy));
  });
});

describe.each(SMOL_CHECKPOINTS)("%s", (name) => {
  const cases = smolCases(name);

  test("scores the same with its weights read when their turn comes", async () => {
    const streamed = new StreamingModel({ model: smolDirectory(name), threads: 1, stream: true });
    opened.push(streamed);
    for (const [, recorded] of cases) {
      const scores = await streamed.score(registered(streamed, recorded));
      for (const [i, { logprobsDouble }] of recorded.sequences.entries())
        expect(scores[i]!.logprobs).toBeAllclose(logprobsDouble, { rtol: 0, atol: 1e-4 });
    }
  });

  test("exported as ONNX, says the same greedy tokens", async () => {
    const target = join(folder, `${name}-onnx`);
    const manifest = exportOnnx(smolDirectory(name), target);
    const onnx = await OnnxModel.open(target);
    opened.push(onnx);
    const { vision } = openSightOf(target)!;
    const { mark, whole } = marksOf(name);
    for (const [, { sequences }] of cases) {
      for (const sequence of sequences) {
        const prompt = vision.spell(smolPrompt(sequence));
        const { tokens } = await onnx.generate(prompt, 8, {
          banned: [...manifest.tokens.neverSampled, mark, whole],
        });
        expect(tokens).toEqual(sequence.greedy.slice(0, 8));
      }
    }
  });

  test("written by Fovea, opens again with the same weights and the same processor", () => {
    const target = join(folder, `${name}-written`);
    exportModel(smolDirectory(name), target);
    const [before, after] = [openModelDirectory(smolDirectory(name)), openModelDirectory(target)];
    expect(after.config).toEqual(before.config);
    expect(after.vision.preprocessorJson).toEqual(before.vision.preprocessorJson);
    expect(after.stopTokens).toEqual(before.stopTokens);
    expect(weightsOf(target)).toEqual(weightsOf(smolDirectory(name)));
  });
});

function marksOf(name: SmolCheckpoint): { readonly mark: number; readonly whole: number } {
  const [, mark, whole] = openSightOf(smolDirectory(name))!.vision.specialTokens as [number, number, number];
  return { mark, whole };
}

test("trains with low-rank adapters of decoder and vision tower, saves them, and resumes", async () => {
  const model = smolDirectory("smolvlm-tied");
  const [, recorded] = smolCases("smolvlm-tied")[0]!;
  const [sequence] = recorded.sequences as [SmolCase["sequences"][0]];
  const adapters = { rank: 2, alpha: 4, vision: true };
  const engine = await createLocalEngine({ model, threads: 1, lora: adapters });
  const scored = { prompt: smolPrompt(sequence), completion: Int32Array.from(sequence.completion) };
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
