import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";

beforeEach(() => vi.resetModules());

/** The key of a trained cell and that of its first weights, as a new process has them. */
async function keysOf(config: object): Promise<string[]> {
  const [{ cellKey, startKey }, { readGrid }] = await Promise.all([import("./cell.ts"), import("./grid.ts")]);
  const [cell] = readGrid({ start: false, config: { ...config }, seeds: [0] }).cells;
  return [startKey(cell!), cellKey(cell!)];
}

test("a directory that was written again holds other weights, though its name is the same", async () => {
  const model = temporaryDirectory();
  const write = (text: string) => writeFileSync(join(model, "model.safetensors"), text);
  write("one");
  const before = await keysOf({ model });
  expect(await keysOf({ model })).toEqual(before);
  write("two");
  // The same process keeps its names, in the middle of a grid.
  expect(await keysOf({ model })).toEqual(before);
  vi.resetModules();
  const after = await keysOf({ model });
  for (const [i, key] of after.entries()) expect(key).not.toBe(before[i]);
  write("one");
  vi.resetModules();
  expect(await keysOf({ model })).toEqual(before);
});

test("a directory that is not there yet has a key by its name", async () => {
  const model = join(temporaryDirectory(), "absent");
  const [first] = await keysOf({ model });
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  const [other] = await keysOf({ model: `${model}-too` });
  expect(other).not.toBe(first);
});
