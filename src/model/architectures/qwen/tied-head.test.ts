import { join } from "node:path";
import { expect, test } from "vitest";
import { ModelError } from "../../../errors/index.ts";
import { checkpointDirectory } from "../../../testing/model-fixtures.ts";
import { qwenDirectory } from "../../../testing/qwen-fixtures.ts";
import { smolDirectory } from "../../../testing/smolvlm-fixtures.ts";
import { temporaryDirectory } from "../../../testing/temporary-directory.ts";
import { openWeights } from "../../open-weights.ts";
import { readJson } from "../../read-json.ts";
import { openSafetensors, readTensor } from "../../safetensors.ts";
import { writeSafetensors } from "../../write-safetensors.ts";
import { graphsOf } from "../graphs.ts";
import { parseConfig } from "../index.ts";

test.each([
  ["SmolVLM", smolDirectory("smolvlm-untied")],
  ["Qwen3-VL", qwenDirectory("qwen3_vl/untied-gqa")],
  ["Qwen2.5-VL", checkpointDirectory("untied-gqa")],
])("a head that is stored is not replaced by the embedding: %s", (_, source) => {
  const json = readJson(join(source, "config.json")) as Record<string, unknown>;
  const text = (json["text_config"] ?? {}) as object;
  const config = parseConfig({
    ...json,
    tie_word_embeddings: json["text_config"] === undefined,
    ...(json["text_config"] !== undefined && { text_config: { ...text, tie_word_embeddings: true } }),
  });
  const { names } = graphsOf(config);
  const [[copy, original]] = [...names.copies] as [[string, string]];
  expect(() => openWeights(source, names)).toThrow(
    new ModelError(
      `${source}: tensor ${copy}: expected the numbers of ${original}, which tie_word_embeddings of config.json makes it, got others`,
    ),
  );
  const file = openSafetensors(join(source, "model.safetensors"));
  const tensors = new Map(
    [...file.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(file, name) }]),
  );
  tensors.set(copy, tensors.get(original)!);
  const directory = temporaryDirectory();
  writeSafetensors(join(directory, "model.safetensors"), tensors);
  expect(openWeights(directory, names).shapes.has(copy)).toBe(true);
});
