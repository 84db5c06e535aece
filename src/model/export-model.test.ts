import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
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

  test("leaves nothing in the target that says how another model is asked, and all else", () => {
    for (const name of ["processor_config.json", "chat_template.jinja", "notes.txt"])
      writeFileSync(join(folder, name), "{}");
    exportModel(source, folder);
    const left = readdirSync(folder);
    expect(left).toContain("notes.txt");
    expect(left).not.toContain("processor_config.json");
    expect(left).not.toContain("chat_template.jinja");
  });

  test("takes the files of a model directory and none of its folders", () => {
    const own = join(folder, "own");
    cpSync(source, own, { recursive: true });
    mkdirSync(join(own, "LICENSES.md"));
    exportModel(own, join(folder, "copy"));
    expect(readdirSync(join(folder, "copy"))).not.toContain("LICENSES.md");
  });

  test("refuses to write beside an adapter, which would be added to the model again", () => {
    writeFileSync(join(folder, "adapter_config.json"), "{}");
    expect(() => exportModel(source, folder)).toThrow(ConfigError);
    expect(readdirSync(folder)).toEqual(["adapter_config.json"]);
  });

  test("refuses to write over the model it reads, by a link too, and another model's adapter", () => {
    expect(() => exportModel(source, `${source}/`)).toThrow(ConfigError);
    symlinkSync(source, join(folder, "link"));
    expect(() => exportModel(source, join(folder, "link"))).toThrow("another directory than the model's");
    expect(() => exportModel(source, folder, { adapter: adapterDirectory("vision") })).toThrow(ModelError);
  });
});
