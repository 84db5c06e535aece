import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { LocalModel } from "../../../engine/local/local-model.ts";
import { preparePrompt } from "../../../engine/local/prompts/prepared-prompt.ts";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { ModelError } from "../../../errors/index.ts";
import { FamilyParity } from "../../../testing/family-parity.ts";
import { digest, digestError, weightsOf } from "../../../testing/model-fixtures.ts";
import { OnnxModel } from "../../../testing/onnx-session.ts";
import {
  QWEN_CASES,
  QWEN_CHECKPOINTS,
  QWEN_FAMILIES,
  type QwenSequence,
  qwenDirectory,
  qwenPrompt,
  recordedQwen,
  recordedReleases,
} from "../../../testing/qwen-fixtures.ts";
import { openSightOf } from "../../directory.ts";
import { writeOnnxModels } from "../../onnx/write-onnx.ts";
import { readWeights } from "../../weights.ts";
import { graphsOf } from "../graphs.ts";

const parity = new FamilyParity<string, QwenSequence>(qwenDirectory, qwenPrompt);
afterAll(() => parity.close());

test("two families of three checkpoints, with images, videos, batches and text alone", () => {
  expect(QWEN_CHECKPOINTS).toHaveLength(6);
  const names = [...new Set(QWEN_CASES.map(([, name]) => name))];
  const expected = ["one-image", "three-images", "padded-batch", "video", "image-and-video", "text-only"];
  expect(names).toEqual(expected);
  expect(QWEN_CASES).toHaveLength(36);
});

describe.each(QWEN_CASES)("transformers and this engine agree on %s, %s", (name, _, recorded) => {
  const { sequences } = recorded;

  test("kinds and positions of tokens", () => {
    const { vision } = openSightOf(qwenDirectory(name))!;
    for (const sequence of sequences) {
      const { tokens, imageIndex, positions } = preparePrompt(qwenPrompt(sequence), vision);
      const kind = [...imageIndex].map((image) => (image < 0 ? 1 : 2));
      expect(kind).toEqual(sequence.kind.slice(0, tokens.length));
      const prompts = sequence.positions.map((component) => component.slice(0, tokens.length));
      expect(positions.components.map((component) => [...component])).toEqual(prompts);
      expect(positions.next).toBe(sequence.positions[0]![tokens.length]);
    }
  });

  test("log-probs, padded on the right, on the left and in double precision", () =>
    parity.expectLogprobs(name, sequences));

  test("the gradient of every parameter", () => parity.expectGradients(name, sequences, recorded.gradients));

  test("pixels, and tokens of images and videos with their features for later layers", async () => {
    const chunks = sequences.flatMap((sequence) => qwenPrompt(sequence).chunks);
    const prompts = (["image", "video"] as const).flatMap((kind) => {
      const shown = chunks.filter((chunk) => chunk.kind === kind);
      return shown.length === 0 ? [] : [{ chunks: [{ kind: "text", tokens: [1] } as const, ...shown] }];
    });
    expect(prompts).toHaveLength(recorded.patches?.length ?? 0);
    const { vision } = openSightOf(qwenDirectory(name))!;
    for (const [i, prompt] of prompts.entries()) {
      const { images } = preparePrompt(prompt, vision);
      const patches = Float32Array.from(images.flatMap((image) => [...image.patches]));
      expect(digestError(digest(patches), recorded.patches![i]!)).toBeLessThan(1e-6);
    }
    const images = await parity.encoded(name, prompts);
    for (const [i, { embeddings }] of images.entries())
      expect(digestError(digest(embeddings), recorded.imageEmbeddings![i]!)).toBeLessThan(1e-5);
  });

  test("last-layer attention, own rows and predicting rows, and 0 on padding and later keys", () =>
    parity.expectAttentionRows(name, sequences));

  test("attention signals, image tokens being keys", () => parity.expectSignals(name, sequences));

  test("greedy tokens", () => parity.expectGreedy(name, sequences));
});

describe.each(QWEN_CHECKPOINTS)("%s", (name) => {
  test("has the same gradient from the inputs of layers and blocks, bitwise", () => {
    const [, , { sequences }] = QWEN_CASES.find(([checkpoint]) => checkpoint === name)!;
    return parity.expectGradientsInBlocks(name, sequences);
  });

  const cases = Object.values(recordedQwen(name).cases);

  test("scores the same with its weights read when their turn comes, signals included", async () => {
    const streamed = parity.keep(
      new StreamingModel({ model: qwenDirectory(name), threads: 1, stream: true }),
    );
    const model = parity.model(name);
    const request = { signals: { attention: { row: "own" } } } as const;
    for (const { sequences } of cases) {
      const scores = await streamed.score(parity.registered(streamed, sequences), request);
      const whole = await model.score(parity.registered(model, sequences), request);
      for (const [i, { logprobsDouble }] of sequences.entries()) {
        expect(scores[i]!.logprobs).toBeAllclose(logprobsDouble, { rtol: 0, atol: 1e-4 });
        const mass = scores[i]!.signals!.attention!.visualMass;
        expect(mass).toBeAllclose(whole[i]!.signals!.attention!.visualMass, { rtol: 0, atol: 1e-5 });
      }
    }
  });

  test("as ONNX, run by onnxruntime alone, continues as transformers does", async () => {
    const { config, vision } = openSightOf(qwenDirectory(name))!;
    const target = mkdtempSync(join(parity.folder, "onnx-"));
    writeOnnxModels(target, config, weightsOf(qwenDirectory(name)));
    const onnx = parity.keep(await OnnxModel.open(target));
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
  const mixed = parity.mixed(own!, qwenDirectory(other!));
  const open = () => new LocalModel({ model: mixed, threads: 1 });
  expect(open).toThrow(ModelError);
  expect(open).toThrow("missing tensors: visual.blocks.0.mlp.fc1.weight");
  expect(open).toThrow("tensors that the config does not have: ");
});

test.each(QWEN_FAMILIES)(
  "trains %s with low-rank adapters of decoder and tower, and merges them",
  (family) => {
    const name = QWEN_CHECKPOINTS.find((checkpoint) => checkpoint.startsWith(family))!;
    return parity.expectAdapters(name, recordedQwen(name).cases["image-and-video"]!.sequences[0]!);
  },
);
