import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ConfigError, RunError } from "../errors/index.ts";
import { FIXTURE_NAMES } from "../testing/model-fixtures.ts";
import { disk, emptyDisk } from "../testing/small-disk.ts";
import { readWeights } from "./weights.ts";
import { writeWeights } from "./write-weights.ts";

vi.mock("node:fs", async (original) => {
  const { onSmallDisk } = await import("../testing/small-disk.ts");
  return onSmallDisk(await original());
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-write-weights-"));
  emptyDisk();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Tensors a, b, c … of four numbers, all of them `value`. */
function tensors(value: number, names = "abcde") {
  return new Map(
    Array.from(names, (name) => [name, { shape: [2, 2], data: new Float32Array(4).fill(value) }] as const),
  );
}

function values(): number[] {
  const weights = readWeights(folder, FIXTURE_NAMES);
  return [...weights.shapes.keys()].flatMap((name) => [...weights.read(name)]);
}

const THREE_SHARDS = [
  "model-00001-of-00003.safetensors",
  "model-00002-of-00003.safetensors",
  "model-00003-of-00003.safetensors",
  "model.safetensors.index.json",
];

describe("writeWeights", () => {
  test("writes one file when all fits", () => {
    writeWeights(folder, tensors(1), { maxShardBytes: 80 });
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
    expect(values()).toEqual(new Array(20).fill(1));
  });

  test("writes shards of at most the given size, and an index that places every tensor", () => {
    writeWeights(folder, tensors(2), { maxShardBytes: 32 });
    expect(readdirSync(folder).sort()).toEqual(THREE_SHARDS);
    const index = JSON.parse(readFileSync(join(folder, "model.safetensors.index.json"), "utf8"));
    expect(index).toEqual({
      metadata: { total_size: 80 },
      weight_map: {
        a: THREE_SHARDS[0],
        b: THREE_SHARDS[0],
        c: THREE_SHARDS[1],
        d: THREE_SHARDS[1],
        e: THREE_SHARDS[2],
      },
    });
    expect(values()).toEqual(new Array(20).fill(2));
  });

  test.each(["F32", "F16", "BF16"] as const)("stores %s, and counts its bytes", (dtype) => {
    writeWeights(folder, tensors(1.5), { dtype, maxShardBytes: 16 });
    expect(readdirSync(folder)).toHaveLength(dtype === "F32" ? 6 : 4);
    expect(readWeights(folder, FIXTURE_NAMES).dtype("d")).toBe(dtype);
    expect(values()).toEqual(new Array(20).fill(1.5));
  });

  test("gives a tensor above the limit a shard of its own", () => {
    writeWeights(folder, tensors(1, "ab"), { maxShardBytes: 1 });
    expect(readdirSync(folder)).toHaveLength(3);
  });

  test("takes the place of a checkpoint in any other number of files, and leaves nothing of it", () => {
    writeWeights(folder, tensors(1), { maxShardBytes: 16 });
    writeWeights(folder, tensors(2), { maxShardBytes: 32 });
    expect(readdirSync(folder).sort()).toEqual(THREE_SHARDS);
    expect(values()).toEqual(new Array(20).fill(2));
    writeWeights(folder, tensors(3));
    expect(readdirSync(folder)).toEqual(["model.safetensors"]);
    expect(values()).toEqual(new Array(20).fill(3));
    writeWeights(folder, tensors(4), { maxShardBytes: 32 });
    expect(readdirSync(folder).sort()).toEqual(THREE_SHARDS);
    expect(values()).toEqual(new Array(20).fill(4));
  });

  test.each([0, 0.3, 0.6, 0.999])("keeps the old shards when the disk takes a share of %f", (share) => {
    disk.free = 1e6;
    writeWeights(folder, tensors(1), { maxShardBytes: 32 });
    disk.free = Math.floor(share * (1e6 - disk.free));
    expect(() => writeWeights(folder, tensors(2), { maxShardBytes: 32 })).toThrow(RunError);
    expect(readdirSync(folder).sort()).toEqual(THREE_SHARDS);
    expect(values()).toEqual(new Array(20).fill(1));
  });

  test("refuses an element type that there is not, and writes nothing", () => {
    disk.free = 1e6;
    for (const dtype of ["bf16", "F8_E4M3", "toString"]) {
      const write = () => writeWeights(folder, tensors(1), { dtype: dtype as "BF16" });
      expect(write).toThrow(ConfigError);
      expect(write).toThrow(`dtype: expected F32, F16, BF16, got ${dtype}`);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses shards of no size", () => {
    expect(() => writeWeights(folder, tensors(1), { maxShardBytes: 0 })).toThrow(ConfigError);
  });
});
