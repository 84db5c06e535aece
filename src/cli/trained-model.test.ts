import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { namedModel } from "./named-model.ts";
import { newestWeights, trainedConfig } from "./trained-model.ts";

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

test("the final model of a finished run stays the newest where its last checkpoint was deleted", () => {
  const run = runOf(200, 150);
  writeFileSync(join(run, "end.json"), JSON.stringify({ status: "finished", completed: 200 }));
  expect(newestWeights(run)).toBe(join(run, "model"));
});

test("a run's model of the hub is the commit that it recorded: of its configuration and under its adapters", async () => {
  const run = runOf(1, 1);
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const config = { model: { kind: "hub", name: "org/name", revision: "main" } };
  writeFileSync(join(run, "config.json"), JSON.stringify({ version: 1, kind: "train", steps: 1, config }));
  writeFileSync(join(run, "environment.json"), JSON.stringify({ model: { commit } }));
  const own = await trainedConfig(undefined, { set: [], runDir: run });
  expect(own.model).toMatchObject({ name: "org/name", revision: commit });
  const other = await trainedConfig(undefined, { set: ["model=org/name@v2"], runDir: run });
  expect(other.model).toMatchObject({ revision: "v2" });
  writeFileSync(join(run, "model", "adapter_config.json"), "{}");
  expect(namedModel(run).settings).toMatchObject({ model: { name: "org/name", revision: commit } });
});

test("a preset changes what it names of a run's configuration, and keeps the rest", async () => {
  const run = temporaryDirectory();
  const config = { sampling: { maxCompletionTokens: 77 }, evaluation: { batchSize: 5 }, train: { seed: 9 } };
  writeFileSync(join(run, "config.json"), JSON.stringify({ version: 1, kind: "train", steps: 1, config }));
  const found = await trainedConfig(undefined, {
    set: ["train.seed=10"],
    runDir: run,
    preset: "digits-quick",
  });
  expect(found.evaluation.batchSize).toBe(5);
  expect(found.train.seed).toBe(10);
  const { sampling } = await trainedConfig(undefined, { set: [], preset: "digits-quick" });
  expect(found.sampling.maxCompletionTokens).toBe(sampling.maxCompletionTokens);
});
