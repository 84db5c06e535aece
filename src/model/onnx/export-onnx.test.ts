import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SMALL_ASSETS, smallModelConfig } from "../../engine/small-model.ts";
import { RunError } from "../../errors/index.ts";
import { disk, emptyDisk } from "../../testing/small-disk.ts";
import { graphsOf } from "../architectures/graphs.ts";
import { openSightOf, writeModelDirectory } from "../directory.ts";
import { exportModel } from "../export-model.ts";
import { writeAdapter } from "../lora/adapter.ts";
import { loraFactors, loraNames, loraShape } from "../lora/lora-shape.ts";
import type { WeightTensor } from "../write-safetensors.ts";
import { exportOnnx } from "./export-onnx.ts";

vi.mock("node:fs", async (original) => {
  const { onSmallDisk } = await import("../../testing/small-disk.ts");
  return onSmallDisk(await original());
});

const config = smallModelConfig();
const { names } = graphsOf(config);
let folder: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-onnx-"));
  source = join(folder, "model");
  writeModelDirectory(source, {
    config,
    vision: openSightOf(SMALL_ASSETS, config).vision,
    stopTokens: [2],
    padToken: 2,
    maxPositionEmbeddings: 4096,
    tokenizerFrom: SMALL_ASSETS,
    weights: new Map([...names.shapes].map(([name, shape]) => [name, numbers(shape)])),
  });
});
afterEach(() => {
  emptyDisk();
  rmSync(folder, { recursive: true });
});

/** A tensor of some numbers. */
function numbers(shape: readonly number[]): WeightTensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + size)) };
}

test.each([0, 1e5, 2e6, 3e6])("leaves nothing of an export when the disk is full after %i bytes", (free) => {
  disk.free = free;
  const run = () => exportOnnx(source, join(folder, "out"));
  expect(run).toThrow(RunError);
  disk.free = free;
  expect(run).toThrow("no space left on the disk");
  expect(readdirSync(folder)).toEqual(["model"]);
});

test("leaves nothing of an export when there is no room for the files around the weights", () => {
  disk.copies = 2;
  expect(() => exportOnnx(source, join(folder, "out"))).toThrow(RunError);
  expect(readdirSync(folder)).toEqual(["model"]);
});

test("leaves an empty directory empty when it fails", () => {
  mkdirSync(join(folder, "out"));
  disk.free = 1e5;
  expect(() => exportOnnx(source, join(folder, "out"))).toThrow("no space left on the disk");
  expect(readdirSync(folder).sort()).toEqual(["model", "out"]);
  expect(readdirSync(join(folder, "out"))).toEqual([]);
});

test("merges an adapter as a merged model is exported, byte by byte", () => {
  const [adapter, merged] = [join(folder, "adapter"), join(folder, "merged")];
  const shape = loraShape(names, { rank: 2 });
  const shapes = names.shapes;
  const tensors = new Map(
    [...shape.targets].flatMap(([name, { rank }]) => {
      const { a, b } = loraFactors(shapes.get(name)!, rank);
      return [[loraNames(name).a, numbers(a)] as const, [loraNames(name).b, numbers(b)] as const];
    }),
  );
  writeAdapter(adapter, { shape, tensors }, names, "base");
  exportModel(source, merged, { adapter });
  const { models } = exportOnnx(source, join(folder, "one"), { adapter });
  exportOnnx(merged, join(folder, "two"));
  exportOnnx(source, join(folder, "base"));
  const bytes = (of: string, file: string) => readFileSync(join(folder, of, file));
  for (const { file } of Object.values(models)) {
    expect(bytes("one", file).equals(bytes("two", file)), file).toBe(true);
  }
  expect(bytes("one", "decoder.onnx").equals(bytes("base", "decoder.onnx"))).toBe(false);
});
