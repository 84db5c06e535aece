import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { StreamingModel } from "../../../engine/local/streaming/streaming-model.ts";
import { EngineError, ModelError } from "../../../errors/index.ts";
import { FamilyParity } from "../../../testing/family-parity.ts";
import {
  MLLAMA_CASES,
  MLLAMA_CHECKPOINTS,
  type MllamaCheckpoint,
  type MllamaSequence,
  mllamaCases,
  mllamaDirectory,
  mllamaPrompt,
} from "../../../testing/mllama-fixtures.ts";
import { crossGreedy } from "../../../testing/onnx-cross-session.ts";
import { openModelDirectory, openSightOf } from "../../directory.ts";
import { exportOnnx } from "../../onnx/export-onnx.ts";

const parity = new FamilyParity<MllamaCheckpoint, MllamaSequence>(mllamaDirectory, mllamaPrompt);
afterAll(() => parity.close());

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
  const { sequences } = recorded;

  test("ids and pixels", () => {
    for (const sequence of sequences) {
      const { imageIndex } = parity.expectPrompt(name, sequence);
      expect([...imageIndex].every((image) => image === -1)).toBe(true);
    }
  });

  test("log-probs, alone, padded on the left and in double precision", () =>
    parity.expectLogprobs(name, sequences));

  test("image tokens", () => parity.expectImageTokens(name, sequences, recorded.imageTokens));

  test("greedy tokens", () => parity.expectGreedy(name, sequences, 2));
});

test.each(WITH_GRADIENTS)("the gradient of every parameter of %s, %s", (name, _, { sequences, gradients }) =>
  parity.expectGradients(name, sequences, gradients!, 1e-4),
);

test.each(MLLAMA_CHECKPOINTS)(
  "the same gradient from the inputs of layers and blocks of %s, bitwise",
  (name) => {
    const [, , { sequences }] = WITH_GRADIENTS.find(([checkpoint]) => checkpoint === name)!;
    return parity.expectGradientsInBlocks(name, sequences);
  },
);

test("weights of another family are refused by the names of their tensors", () => {
  const mixed = parity.mixed("mllama-grouped");
  expect(() => openModelDirectory(mixed)).toThrow(ModelError);
  expect(() => openModelDirectory(mixed)).toThrow(
    /missing tensors: vision_model\.patch_embedding.*tensors that the config does not have: .*visual\./,
  );
});

test.each(MLLAMA_CHECKPOINTS)("%s, exported as ONNX, says the same greedy tokens", async (name) => {
  const target = join(parity.folder, `${name}-onnx`);
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
  (name) => parity.expectWrittenAlike(name),
);

test("trains with low-rank adapters of decoder and vision tower, saves them, and merges them", () =>
  parity.expectAdapters("mllama-grouped", mllamaCases("mllama-grouped")[0]![1].sequences[0]!));
