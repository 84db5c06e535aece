import { expect, test } from "vitest";
import { resolveConfig } from "../config/index.ts";
import { TINY_FLAGS } from "../testing/tiny-run.ts";
import { startKey } from "./cell.ts";
import { readGrid } from "./grid.ts";
import { readShard, seedBySeed, shardCells } from "./shard.ts";

const { cells } = readGrid({
  config: resolveConfig({ flags: [...TINY_FLAGS, "sft.steps=2"] }) as unknown as Record<string, unknown>,
  axes: { credit: ["uniform", "constant"] },
  seeds: [4, 2, 9],
});

test("cells run seed by seed, starts and axes in their order", () => {
  const ran = seedBySeed(cells).map(({ seed, labels }) => `${seed} ${labels["credit"] ?? "start"}`);
  const own = ["start", "uniform", "constant"];
  expect(ran).toEqual([4, 2, 9].flatMap((seed) => own.map((name) => `${seed} ${name}`)));
});

test("shards part all cells among them, and none parts cells that begin with the same weights", () => {
  for (const of of [1, 2, 3, 5]) {
    const shards = Array.from({ length: of }, (_, i) => shardCells(cells, { index: i + 1, of }));
    expect(shards.flat()).toHaveLength(cells.length);
    expect(new Set(shards.flat()).size).toBe(cells.length);
    const starts = shards.map((shard) => new Set(shard.map(startKey)));
    expect(starts.reduce((sum, { size }) => sum + size, 0)).toBe(3);
  }
});

test("a shard is read as part and number of parts", () => {
  expect(readShard("2/3")).toEqual({ index: 2, of: 3 });
  for (const wrong of ["", "2", "0/2", "3/2", "1/2/3", "a/b", "-1/2", "1.5/2"]) {
    expect(() => readShard(wrong)).toThrow("--shard: expected a part and the number of parts");
  }
});
