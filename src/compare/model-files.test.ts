import { expect, test, vi } from "vitest";
import { cellKey, startKey } from "./cell.ts";
import { readGrid } from "./grid.ts";

/** Hashes of model directories, by their paths. */
const hashes = vi.hoisted(() => new Map<string, string>());
vi.mock("../config/index.ts", async (original) => ({
  ...(await original<typeof import("../config/index.ts")>()),
  directoryHash: (path: string) => hashes.get(path),
}));

function keysOf(config: object): string[] {
  const [cell] = readGrid({ start: false, config: { ...config }, seeds: [0] }).cells;
  return [startKey(cell!), cellKey(cell!)];
}

test("a directory that was written again holds other weights, though its name is the same", () => {
  const model = "runs/first/model";
  hashes.set(model, "one");
  const before = keysOf({ model });
  expect(keysOf({ model })).toEqual(before);
  hashes.set(model, "two");
  for (const [i, key] of keysOf({ model }).entries()) expect(key).not.toBe(before[i]);
  hashes.set(model, "one");
  expect(keysOf({ model })).toEqual(before);
});

test("a directory that cannot be read has a key by its name", () => {
  const [first, other] = ["runs/absent", "runs/absent-too"].map((model) => keysOf({ model })[0]);
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(other).not.toBe(first);
});
