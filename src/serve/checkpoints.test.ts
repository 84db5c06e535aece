import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Engine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { Checkpoints } from "./checkpoints.ts";
import type { StateDatabase } from "./state-database.ts";

/** A model that saves its name, slowly, and remembers what it loaded. */
function modelNamed(id: string) {
  const loaded: string[] = [];
  const engine: Engine = {
    ...wholeFakeEngine(),
    save: async (directory) => {
      writeFileSync(join(directory, "weights"), id);
      await new Promise((resolve) => setTimeout(resolve, 10));
    },
    load: async (directory) => {
      loaded.push(readFileSync(join(directory, "weights"), "utf8"));
    },
  };
  return { id, engine, loaded };
}

test("models that forget their optimisers at once keep each its own weights", async () => {
  const root = temporaryDirectory();
  const checkpoints = new Checkpoints(root, {} as StateDatabase);
  const models = ["s:train:0", "s:train:1"].map(modelNamed);
  await Promise.all(models.map((model) => checkpoints.reloadBare(model)));
  expect(models.map(({ loaded }) => loaded)).toEqual([["s:train:0"], ["s:train:1"]]);
  expect(readdirSync(join(root, "bare"))).toEqual([]);
});

test("weights that cannot be loaded again leave no copy behind", async () => {
  const root = temporaryDirectory();
  const checkpoints = new Checkpoints(root, {} as StateDatabase);
  const { id, engine } = modelNamed("s:train:0");
  let isSaved = false;
  const load = async (directory: string) => {
    isSaved = existsSync(join(directory, "weights"));
    throw new Error("no memory");
  };
  await expect(checkpoints.reloadBare({ id, engine: { ...engine, load } })).rejects.toThrow("no memory");
  expect(isSaved).toBe(true);
  expect(readdirSync(join(root, "bare"))).toEqual([]);
});
