import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { newestWeights } from "./trained-model.ts";

/** A run directory with a final model and one checkpoint. */
function runOf(steps: number, completed: number): string {
  const run = temporaryDirectory();
  const checkpoint = join(run, "checkpoints", String(completed).padStart(6, "0"));
  mkdirSync(join(run, "model"));
  mkdirSync(checkpoint, { recursive: true });
  writeFileSync(join(checkpoint, "trainer.json"), JSON.stringify({ version: 1, completed }));
  writeFileSync(join(run, "config.json"), JSON.stringify({ version: 1, kind: "train", steps, config: {} }));
  return run;
}

test("the newest weights of a finished run are its final model", () => {
  const run = runOf(100, 100);
  expect(newestWeights(run)).toBe(join(run, "model"));
});

test("the newest weights of a run that was extended after its model are its newest checkpoint", () => {
  const run = runOf(200, 150);
  expect(newestWeights(run)).toBe(join(run, "checkpoints", "000150"));
});
