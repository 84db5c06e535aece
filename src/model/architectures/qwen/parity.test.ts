import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { attentionSignals, calibratedGram } from "../../../credit/index.ts";
import { LocalModel } from "../../../engine/local/local-model.ts";
import { ProgramCache } from "../../../engine/local/program-cache.ts";
import { preparePrompt } from "../../../engine/local/prompts/prepared-prompt.ts";
import { VisionEncoder } from "../../../engine/local/prompts/vision-encoder.ts";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { ParameterStore } from "../../../engine/local/weights/parameter-store.ts";
import { ModelError } from "../../../errors/index.ts";
import { attentionRows, realRow } from "../../../testing/attention-rows.ts";
import { digest, digestError, register, weightsOf } from "../../../testing/model-fixtures.ts";
import { OnnxModel } from "../../../testing/onnx-session.ts";
import {
  QWEN_CASES,
  QWEN_CHECKPOINTS,
  QWEN_FAMILIES,
  type QwenCase,
  qwenDirectory,
  qwenPrompt,
  recordedQwen,
  recordedReleases,
} from "../../../testing/qwen-fixtures.ts";
import { imageTokenWidth } from "../../config.ts";
import { openSightOf } from "../../directory.ts";
import { exportModel } from "../../export-model.ts";
import { writeOnnxModels } from "../../onnx/write-onnx.ts";
import { readWeights } from "../../weights.ts";
import { graphsOf } from "../graphs.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-qwen-"));
const opened: { close(): Promise<void> }[] = [];
const models = new Map<string, LocalModel>();
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function modelOf(name: string): LocalModel {
  let model = models.get(name);
  if (model === undefined) {
    model = new LocalModel({ model: qwenDirectory(name), threads: 1 });
    opened.push(model);
    models.set(name, model);
  }
  return model;
}

function registered(model: Pick<LocalModel, "register">, { sequences }: QwenCase) {
  return sequences.map((sequence) => ({
    prompt: register(model, qwenPrompt(sequence)),
    completion: Int32Array.from(sequence.completion),
  }));
}

test("two families of three checkpoints, with images, videos, batches and text alone", () => {
  expect(QWEN_CHECKPOINTS).toHaveLength(6);
  const names = [...new Set(QWEN_CASES.map(([, name]) => name))];
  const expected = ["one-image", "three-images", "padded-batch", "video", "image-and-video", "text-only"];
  expect(names).toEqual(expected);
  expect(QWEN_CASES).toHaveLength(36);
});

describe.each(QWEN_CASES)("transformers and this engine agree on %s, %s", (name, _, recorded) => {
  test("kinds and positions of tokens", () => {
    const { vision } = openSightOf(qwenDirectory(name))!;
    for (const sequence of recorded.sequences) {
      const { tokens, imageIndex, positions } = preparePrompt(qwenPrompt(sequence), vision);
      const kind = [...imageIndex].map((image) => (image < 0 ? 1 : 2));
      expect(kind).toEqual(sequence.kind.slice(0, tokens.length));
      const prompts = sequence.positions.map((component) => component.slice(0, tokens.length));
      expect(positions.components.map((component) => [...component])).toEqual(prompts);
      expect(positions.next).toBe(sequence.positions[0]![tokens.length]);
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
    model.clearGradient();
    await model.accumulate(registered(model, recorded), coefficients);
    const found = model.gradients();
    expect(Object.keys(recorded.gradients).filter((parameter) => !found.has(parameter))).toEqual([]);
    for (const [parameter, { data }] of found) {
      const expected = recorded.gradients[parameter];
      if (expected === undefined) expect(data.findIndex((value) => value !== 0)).toBe(-1);
      else {
        const error = digestError(digest(data), expected);
        expect(error < 1e-3, `${parameter}: ${error}`).toBe(true);
      }
    }
  });

  test("pixels, and tokens of images and videos with their features for later layers", async () => {
    const { config, vision } = openSightOf(qwenDirectory(name))!;
    const chunks = recorded.sequences.flatMap((sequence) => qwenPrompt(sequence).chunks);
    const kinds = (["image", "video"] as const).map((kind) => chunks.filter((chunk) => chunk.kind === kind));
    const images = kinds.map(
      (shown) => preparePrompt({ chunks: [{ kind: "text", tokens: [1] }, ...shown] }, vision).images,
    );
    const shown = images.filter((list) => list.length > 0);
    expect(shown).toHaveLength(recorded.patches?.length ?? 0);
    for (const [i, list] of shown.entries()) {
      const patches = Float32Array.from(list.flatMap((image) => [...image.patches]));
      expect(digestError(digest(patches), recorded.patches![i]!)).toBeLessThan(1e-6);
    }
    const graphs = graphsOf(config);
    const store = new ParameterStore(graphs);
    store.read(qwenDirectory(name));
    const programs = new ProgramCache(8, {});
    await new VisionEncoder(graphs.vision, imageTokenWidth(config.text), store, programs).encode(
      images.flat(),
    );
    for (const [i, { embeddings }] of images.flat().entries())
      expect(digestError(digest(embeddings), recorded.imageEmbeddings![i]!)).toBeLessThan(1e-5);
    await programs.clear();
  });

  test("last-layer attention, own rows and predicting rows, and 0 on padding and later keys", async () => {
    const { sequences } = recorded;
    const asked = sequences.map((sequence) => ({ ...sequence, prompt: qwenPrompt(sequence) }));
    const { rows, shape } = await attentionRows(qwenDirectory(name), asked);
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
      const rows = completion.flatMap((_token, t) => {
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

describe.each(QWEN_CHECKPOINTS)("%s", (name) => {
  const cases = Object.values(recordedQwen(name).cases);

  test("scores the same with its weights read when their turn comes, signals included", async () => {
    const streamed = new StreamingModel({ model: qwenDirectory(name), threads: 1, stream: true });
    opened.push(streamed);
    const model = modelOf(name);
    const request = { signals: { attention: { row: "own" } } } as const;
    for (const recorded of cases) {
      const scores = await streamed.score(registered(streamed, recorded), request);
      const whole = await model.score(registered(model, recorded), request);
      for (const [i, { logprobsDouble }] of recorded.sequences.entries()) {
        expect(scores[i]!.logprobs).toBeAllclose(logprobsDouble, { rtol: 0, atol: 1e-4 });
        const mass = scores[i]!.signals!.attention!.visualMass;
        expect(mass).toBeAllclose(whole[i]!.signals!.attention!.visualMass, { rtol: 0, atol: 1e-5 });
      }
    }
  });

  test("as ONNX, run by onnxruntime alone, continues as transformers does", async () => {
    const { config, vision } = openSightOf(qwenDirectory(name))!;
    const target = mkdtempSync(join(folder, "onnx-"));
    writeOnnxModels(target, config, weightsOf(qwenDirectory(name)));
    const onnx = await OnnxModel.open(target);
    opened.push(onnx);
    for (const sequence of cases.flatMap(({ sequences }) => sequences)) {
      const prompt = preparePrompt(qwenPrompt(sequence), vision);
      const { tokens } = await onnx.generate(prompt, 8, { banned: vision.specialTokens });
      expect(tokens).toEqual(sequence.greedy.slice(0, 8));
    }
  });

  test("has the names that transformers gives parameters, on disk and in memory", () => {
    const { names } = graphsOf(openSightOf(qwenDirectory(name))!.config);
    const { shapes } = readWeights(qwenDirectory(name), { canonical: (own) => own });
    expect(new Map(shapes)).toEqual(new Map(names.shapes));
    const { memory } = recordedQwen(name);
    expect(memory.map((own) => names.canonical(own)).sort()).toEqual([...names.shapes.keys()].sort());
    expect([...names.shapes.keys()].map((own) => names.module(own)).sort()).toEqual([...memory].sort());
  });
});

test("releases of transformers agree both ways within 1e-4, two at least for each checkpoint", () => {
  const releases = recordedReleases();
  for (const { releaseOfFovea, foveaOfRelease } of releases) {
    expect(Object.keys(releaseOfFovea)).toEqual(Object.keys(foveaOfRelease));
    for (const difference of [...Object.values(releaseOfFovea), ...Object.values(foveaOfRelease)])
      expect(difference).toBeLessThan(1e-4);
  }
  for (const name of QWEN_CHECKPOINTS) {
    const held = releases.filter(({ releaseOfFovea }) => name in releaseOfFovea);
    expect(held.length).toBeGreaterThanOrEqual(2);
  }
});

test("weights of another family are rejected with the names of missing and of unknown tensors", () => {
  const [own, other] = QWEN_FAMILIES.map(
    (family) => QWEN_CHECKPOINTS.find((name) => name.startsWith(family))!,
  );
  const mixed = join(folder, "mixed");
  cpSync(qwenDirectory(own!), mixed, { recursive: true });
  copyFileSync(join(qwenDirectory(other!), "model.safetensors"), join(mixed, "model.safetensors"));
  const open = () => new LocalModel({ model: mixed, threads: 1 });
  expect(open).toThrow(ModelError);
  expect(open).toThrow("missing tensors: visual.blocks.0.mlp.fc1.weight");
  expect(open).toThrow("tensors that the config does not have: ");
});

test("trains with low-rank adapters of decoder and tower, and gives them back merged", async () => {
  for (const family of QWEN_FAMILIES) {
    const name = QWEN_CHECKPOINTS.find((checkpoint) => checkpoint.startsWith(family))!;
    const recorded = recordedQwen(name).cases["image-and-video"]!;
    const [sequence] = recorded.sequences as [QwenCase["sequences"][0]];
    const adapted = new LocalModel({
      model: qwenDirectory(name),
      threads: 1,
      lora: { rank: 2, alpha: 4, vision: true },
    });
    opened.push(adapted);
    const scored = registered(adapted, recorded);
    const total = async (model: LocalModel, asked: typeof scored) =>
      (await model.score(asked))[0]!.logprobs.reduce((sum, logprob) => sum + logprob, 0);
    const before = await total(adapted, scored);
    expect(before).toBeCloseTo(
      sequence.logprobsDouble.reduce((sum, logprob) => sum + logprob, 0),
      3,
    );
    for (let step = 0; step < 3; step++) {
      await adapted.accumulate(scored, [new Float64Array(sequence.completion.length).fill(1)]);
      adapted.step({
        learningRate: 0.02,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        weightDecay: 0,
        maxGradientNorm: 1,
      });
    }
    const after = await total(adapted, scored);
    expect(after).toBeGreaterThan(before + 0.3);
    const saved = mkdtempSync(join(folder, "adapter-"));
    adapted.save(saved, false);
    const merged = join(folder, `merged-${family}`);
    exportModel(qwenDirectory(name), merged, { adapter: saved });
    const whole = new LocalModel({ model: merged, threads: 1 });
    opened.push(whole);
    expect(await total(whole, registered(whole, recorded))).toBeCloseTo(after, 3);
  }
});
