import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readJson, type StorageOptions } from "../../../model/index.ts";
import {
  CHECKPOINTS,
  checkpointDirectory,
  recordedCase,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import { LocalModel } from "../local-model.ts";

const folder = mkdtempSync(join(tmpdir(), "fovea-shards-"));
const opened: LocalModel[] = [];
afterAll(async () => {
  await Promise.all(opened.map((model) => model.close()));
  rmSync(folder, { recursive: true });
});

function open(directory: string): LocalModel {
  const model = new LocalModel({ model: directory, threads: 1 });
  opened.push(model);
  return model;
}

test.each(CHECKPOINTS)("%s in shards says what it says in one file; in 16 bits, almost", async (name) => {
  const original = open(checkpointDirectory(name));
  const said = recordedCase(name, "one-image");
  const scores = async (model: LocalModel) =>
    (await model.score(registerCase(model, said))).flatMap(({ logprobs }) => [...logprobs]);
  const expected = await scores(original);
  const written = (storage: StorageOptions) => {
    const directory = join(folder, `${name}-${storage.dtype}`);
    original.save(directory, false, storage);
    expect(readdirSync(directory)).toContain("model.safetensors.index.json");
    expect(readdirSync(directory)).not.toContain("model.safetensors");
    return scores(open(directory));
  };
  expect(await written({ dtype: "F32", maxShardBytes: 20_000 })).toEqual(expected);
  const bfloat = await written({ dtype: "BF16", maxShardBytes: 10_000 });
  expect(bfloat).not.toEqual(expected);
  expect(bfloat).toBeAllclose(expected, { rtol: 0, atol: 0.1 });
  const json = readJson(join(folder, `${name}-BF16`, "config.json")) as Record<string, unknown>;
  // One of them was written by a newer transformers, in which the key has another name.
  expect(json["dtype"] ?? json["torch_dtype"]).toBe("bfloat16");
  expect(await written({ dtype: "F16", maxShardBytes: 10_000 })).toBeAllclose(expected, {
    rtol: 0,
    atol: 0.02,
  });
});
