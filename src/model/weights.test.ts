import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../errors/index.ts";
import { FIXTURE_NAMES } from "../testing/model-fixtures.ts";
import { openSafetensors } from "./safetensors.ts";
import { readWeights } from "./weights.ts";
import { writeSafetensors } from "./write-safetensors.ts";
import { writeWeights } from "./write-weights.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-weights-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

function shards(map: Record<string, unknown>): void {
  writeSafetensors(join(folder, "one.safetensors"), new Map([["model.norm.weight", row(1, 2)]]));
  writeSafetensors(join(folder, "two.safetensors"), new Map([["visual.merger.ln_q.weight", row(3)]]));
  writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ weight_map: map }));
}

describe("readWeights", () => {
  test("reads one file under canonical names, numbers when asked", () => {
    const tensors = new Map([
      ["model.language_model.norm.weight", row(1, 2)],
      ["model.visual.merger.ln_q.weight", row(3)],
    ]);
    writeSafetensors(join(folder, "model.safetensors"), tensors);
    const weights = readWeights(folder, FIXTURE_NAMES);
    expect([...weights.shapes]).toEqual([
      ["model.norm.weight", [2]],
      ["visual.merger.ln_q.weight", [1]],
    ]);
    expect(weights.dtype("model.norm.weight")).toBe("F32");
    expect([...weights.read("model.norm.weight")]).toEqual([1, 2]);
    expect(() => weights.read("nothing")).toThrow("no tensor nothing");
  });

  test("reads shards", () => {
    shards({ "model.norm.weight": "one.safetensors", "visual.merger.ln_q.weight": "two.safetensors" });
    const weights = readWeights(folder, FIXTURE_NAMES);
    expect([...weights.read("model.norm.weight")]).toEqual([1, 2]);
    expect([...weights.read("visual.merger.ln_q.weight")]).toEqual([3]);
  });

  test.each<[why: string, map: Record<string, unknown>, message: RegExp]>([
    ["a shard that is not there", { x: "three.safetensors" }, /three\.safetensors: cannot be opened/],
    ["a tensor that its shard lacks", { x: "one.safetensors" }, /one\.safetensors: no tensor x/],
    ["a path out of the folder", { x: "../one.safetensors" }, /without folders/],
    ["a shard that is no name", { x: 3 }, /x: expected a string, got 3/],
  ])("refuses an index with %s", (_, map, message) => {
    shards(map);
    expect(() => readWeights(folder, FIXTURE_NAMES)).toThrow(ModelError);
    expect(() => readWeights(folder, FIXTURE_NAMES)).toThrow(message);
  });

  test("refuses two names of the same parameter", () => {
    const tensors = new Map([
      ["model.norm.weight", row(1)],
      ["model.language_model.norm.weight", row(1)],
    ]);
    writeSafetensors(join(folder, "model.safetensors"), tensors);
    expect(() => readWeights(folder, FIXTURE_NAMES)).toThrow("are the same parameter model.norm.weight");
  });

  test.each<[there: string, files: readonly string[], got: string]>([
    ["no weights", ["config.json"], "got neither"],
    [
      "weights in another format",
      ["pytorch_model.bin", "config.json"],
      "got pytorch_model.bin: open the model with transformers and save it again, with safetensors",
    ],
    ["many", ["a.bin", "b.gguf", "c.pth", "d.safetensors"], "got a.bin, b.gguf, c.pth and 1 more: "],
  ])("says which files it reads where a directory has %s", (_, files, got) => {
    for (const name of files) writeFileSync(join(folder, name), "");
    const read = () => readWeights(folder, FIXTURE_NAMES);
    expect(read).toThrow(ModelError);
    expect(read).toThrow(
      `${join(folder, "model.safetensors")}: expected this file, or model.safetensors.index.json with its shards, ${got}`,
    );
  });
});

describe("writeWeights", () => {
  test("writes what readWeights reads, marked as transformers expects", () => {
    writeWeights(folder, new Map([["model.norm.weight", row(0.5, -1)]]));
    expect([...readWeights(folder, FIXTURE_NAMES).read("model.norm.weight")]).toEqual([0.5, -1]);
    expect(openSafetensors(join(folder, "model.safetensors")).metadata).toEqual({ format: "pt" });
  });
});
