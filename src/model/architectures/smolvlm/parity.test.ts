import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { ModelError } from "../../../errors/index.ts";
import { FamilyParity } from "../../../testing/family-parity.ts";
import { OnnxModel } from "../../../testing/onnx-session.ts";
import {
  SMOL_CASES,
  SMOL_CHECKPOINTS,
  type SmolCheckpoint,
  smolCases,
  smolDirectory,
  smolPrompt,
} from "../../../testing/smolvlm-fixtures.ts";
import { openModelDirectory, openSightOf } from "../../directory.ts";
import { exportOnnx } from "../../onnx/export-onnx.ts";

const parity = new FamilyParity(smolDirectory, smolPrompt);
afterAll(() => parity.close());

test("three checkpoints, with images, several images, batches, text alone and videos", () => {
  expect(SMOL_CASES).toHaveLength(14);
  const pixels = SMOL_CASES.flatMap(([, , { sequences }]) => sequences).filter(
    ({ patches }) => patches !== null,
  );
  expect(pixels.length).toBeGreaterThan(10);
});

describe.each(SMOL_CASES)("transformers and this engine agree on %s, %s", (name, _, recorded) => {
  const { sequences } = recorded;

  test("ids, kinds and pixels", () => {
    for (const sequence of sequences) {
      const { imageIndex } = parity.expectPrompt(name, sequence);
      const kind = [...imageIndex].map((image) => (image < 0 ? 1 : 2));
      expect(kind).toEqual(sequence.kind.slice(0, imageIndex.length));
    }
  });

  test("log-probs, padded on the right, on the left and in double precision", () =>
    parity.expectLogprobs(name, sequences));

  // The bias of the tower's keys moves all scores of a row alike, so its gradient is 0, and what is found is rounding.
  test("the gradient of every parameter", () =>
    parity.expectGradients(name, sequences, recorded.gradients, 1e-4));

  test("image tokens", () => parity.expectImageTokens(name, sequences, recorded.imageEmbeddings));

  test("last-layer attention, own rows and predicting rows, and 0 on padding and later keys", () =>
    parity.expectAttentionRows(name, sequences));

  test("attention signals, image tokens being keys", () => parity.expectSignals(name, sequences));

  test("greedy tokens", () => parity.expectGreedy(name, sequences));
});

describe.each(SMOL_CHECKPOINTS)("%s", (name) => {
  const cases = smolCases(name);

  test("has the same gradient from the inputs of layers and blocks, bitwise", () =>
    parity.expectGradientsInBlocks(name, cases[0]![1].sequences));

  test("scores the same with its weights read when their turn comes", async () => {
    const streamed = parity.keep(
      new StreamingModel({ model: smolDirectory(name), threads: 1, stream: true }),
    );
    for (const [, { sequences }] of cases) {
      const scores = await streamed.score(parity.registered(streamed, sequences));
      for (const [i, { logprobsDouble }] of sequences.entries())
        expect(scores[i]!.logprobs).toBeAllclose(logprobsDouble, { rtol: 0, atol: 1e-4 });
    }
  });

  test("exported as ONNX, says the same greedy tokens", async () => {
    const target = join(parity.folder, `${name}-onnx`);
    const manifest = exportOnnx(smolDirectory(name), target);
    const onnx = parity.keep(await OnnxModel.open(target));
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

  test("written by Fovea, opens again with the same weights and the same processor", () =>
    parity.expectWrittenAlike(name));
});

test("weights of another family are refused by the names of their tensors", () => {
  const mixed = parity.mixed("smolvlm-tied");
  expect(() => openModelDirectory(mixed)).toThrow(ModelError);
  expect(() => openModelDirectory(mixed)).toThrow(
    /missing tensors: model\.vision_model\.embeddings.*tensors that the config does not have: .*visual\./,
  );
});

function marksOf(name: SmolCheckpoint): { readonly mark: number; readonly whole: number } {
  const [, mark, whole] = openSightOf(smolDirectory(name))!.vision.specialTokens as [number, number, number];
  return { mark, whole };
}

test("trains with low-rank adapters of decoder and vision tower, saves them, and merges them", () =>
  parity.expectAdapters("smolvlm-tied", smolCases("smolvlm-tied")[0]![1].sequences[0]!));
