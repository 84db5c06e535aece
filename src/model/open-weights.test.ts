import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ModelError } from "../errors/index.ts";
import { checkpointDirectory } from "../testing/model-fixtures.ts";
import { qwenDirectory } from "../testing/qwen-fixtures.ts";
import { smolDirectory } from "../testing/smolvlm-fixtures.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { graphsOf } from "./architectures/graphs.ts";
import { parseConfig } from "./architectures/index.ts";
import { readConfig } from "./directory.ts";
import { openWeights } from "./open-weights.ts";
import { readJson } from "./read-json.ts";
import { openSafetensors, readTensor } from "./safetensors.ts";
import { safetensorsParts, type WeightTensor } from "./write-safetensors.ts";

type Tensors = Map<string, WeightTensor>;

function tensorsOf(directory: string): Tensors {
  const file = openSafetensors(join(directory, "model.safetensors"));
  return new Map(
    [...file.tensors].map(([name, { shape }]) => [name, { shape, data: readTensor(file, name) }]),
  );
}

/** A directory with these weights, whose header is changed. */
function written(tensors: Tensors, change: (header: string) => string = (header) => header): string {
  const directory = temporaryDirectory();
  const [head, ...numbers] = safetensorsParts("", tensors);
  const text = change(Buffer.from(head!.subarray(8)).toString());
  const bytes = Buffer.from(text.padEnd(head!.length - 8, " "));
  writeFileSync(
    join(directory, "model.safetensors"),
    Buffer.concat([head!.subarray(0, 8), bytes, ...numbers]),
  );
  return directory;
}

test("a parameter of another element type is refused before numbers are read", () => {
  const source = checkpointDirectory("tied-gqa");
  const { names } = graphsOf(readConfig(source));
  const asWholes = (header: string) => {
    const json = JSON.parse(header) as Record<string, { dtype: string }>;
    json["model.norm.weight"]!.dtype = "I32";
    return JSON.stringify(json);
  };
  const directory = written(tensorsOf(source), asWholes);
  expect(() => openWeights(directory, names)).toThrow(
    new ModelError(`${directory}: tensor model.norm.weight: expected F32, F16 or BF16, got I32`),
  );
});

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
  const tensors = tensorsOf(source);
  tensors.set(copy, tensors.get(original)!);
  expect(openWeights(written(tensors), names).shapes.has(copy)).toBe(true);
});
