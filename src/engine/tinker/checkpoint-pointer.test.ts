import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { EngineError, RunError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import { readPointer, writePointer } from "./checkpoint-pointer.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const pointer = {
  version: 1,
  url: "http://server",
  baseModel: "digits",
  path: "state",
  optimizer: true,
} as const;
const sequence = {
  prompt: { chunks: [{ kind: "text", tokens: [3] }] },
  completion: Int32Array.of(3, 4),
} as const;
const coefficients = [Float64Array.of(1, -1)];
const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 1,
};
const small = () => createFakeEngine({ vocabSize: 12, promptRows: 2, seed: 5 });

/** A file, in whose place a directory would have to be. */
function blocked(): string {
  const path = join(temporaryDirectory(), "file");
  writeFileSync(path, "");
  return path;
}

test("a pointer is read back by an engine of its base model alone", () => {
  const directory = join(temporaryDirectory(), "new");
  writePointer(directory, pointer);
  expect(readPointer(directory, "digits")).toEqual(pointer);
  expect(() => readPointer(directory, "other")).toThrow(
    new EngineError(`load: ${directory}: expected a checkpoint of other, got one of digits`),
  );
});

test("a pointer that cannot be written is an error that names it", () => {
  const below = join(blocked(), "below");
  expect(() => writePointer(below, pointer)).toThrow(RunError);
  const taken = temporaryDirectory();
  mkdirSync(join(taken, "tinker.json"));
  expect(() => writePointer(taken, pointer)).toThrow(/tinker\.json: cannot be written/);
});

test("a place that cannot be written is refused before the server saves", async () => {
  const server = await world.server({ engine: small });
  const calls: string[] = [];
  const route: Fetch = (address, options) => {
    calls.push(new URL(address).pathname.split("/").at(-1)!);
    return fetch(address, options);
  };
  const client = await world.client(server.url, { fetch: route });
  const file = blocked();
  await expect(client.save(join(file, "below"))).rejects.toThrow(`${file} is no directory`);
  expect(calls).not.toContain("save_weights");
});

test("a checkpoint that is loaded clears a gradient of which a part failed, in a model without requests too", async () => {
  const server = await world.server({ engine: small });
  const other = await world.client(server.url);
  const saved = temporaryDirectory();
  await other.save(saved);
  let isDown = true;
  const route: Fetch = (address, options) =>
    isDown && address.endsWith("forward_backward")
      ? Promise.resolve(Response.json({ detail: "too long" }, { status: 400 }))
      : fetch(address, options);
  const client = await world.client(server.url, { fetch: route });
  await expect(client.accumulate([sequence], coefficients)).rejects.toThrow("too long");
  isDown = false;
  await client.load(saved);
  await client.accumulate([sequence], coefficients);
  expect((await client.step(adam)).applied).toBe(true);
  const straight = small();
  await straight.accumulate([sequence], coefficients);
  await straight.step(adam);
  expect(await client.score([sequence])).toEqual(await straight.score([sequence]));
});
