import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ConfigError, ModelError } from "../errors/index.ts";
import { adapterDirectory, recordedAdapter } from "../testing/lora-fixtures.ts";
import { checkpointDirectory, digest, digestError, FIXTURE_NAMES } from "../testing/model-fixtures.ts";
import { exportModel } from "./export-model.ts";
import { readJson } from "./read-json.ts";
import { readWeights } from "./weights.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-export-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("exportModel", () => {
  const source = checkpointDirectory("untied-gqa");

  test("writes the same numbers in shards of another type, with the files around them", () => {
    exportModel(source, folder, { dtype: "BF16", maxShardBytes: 30_000 });
    const [before, after] = [readWeights(source, FIXTURE_NAMES), readWeights(folder, FIXTURE_NAMES)];
    expect([...after.shapes]).toEqual(expect.arrayContaining([...before.shapes]));
    expect(after.dtype("model.norm.weight")).toBe("BF16");
    const [was, is] = [before.read("lm_head.weight"), after.read("lm_head.weight")];
    expect(is).toBeAllclose(was, { rtol: 2 ** -8 });
    expect(readdirSync(folder)).toEqual(
      expect.arrayContaining([
        "generation_config.json",
        "model.safetensors.index.json",
        "preprocessor_config.json",
      ]),
    );
    const config = readJson(join(source, "config.json")) as Record<string, unknown>;
    const type = "torch_dtype" in config ? { torch_dtype: "bfloat16" } : { dtype: "bfloat16" };
    expect(readJson(join(folder, "config.json"))).toMatchObject(type);
  });

  test("merges an adapter", () => {
    const { checkpoint, merged } = recordedAdapter("decoder");
    exportModel(checkpointDirectory(checkpoint), folder, { adapter: adapterDirectory("decoder") });
    const [module, expected] = Object.entries(merged)[3]!;
    const data = readWeights(folder, FIXTURE_NAMES).read(`${module}.weight`.replace("language_model.", ""));
    expect(digestError(digest(data), expected)).toBeLessThan(1e-6);
  });

  test("refuses to write over the model it reads, and another model's adapter", () => {
    expect(() => exportModel(source, `${source}/`)).toThrow(ConfigError);
    expect(() => exportModel(source, folder, { adapter: adapterDirectory("vision") })).toThrow(ModelError);
  });
});
