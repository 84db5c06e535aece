import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshSmallModel, openEngine } from "../config/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { collectingContext, temporaryDirectory } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

async function fovea(...words: string[]): Promise<string> {
  const { context, stdout, stderr } = collectingContext({ openEngine });
  expect(await runCommandLine(words, context), stderr()).toBe(0);
  return stdout();
}

test("adapters are trained on a model from disk, measured on it and merged into it", async () => {
  const folder = temporaryDirectory();
  const [base, run, merged] = [join(folder, "base"), join(folder, "run"), join(folder, "merged")];
  const engine = await createLocalEngine({ model: freshSmallModel(0), threads: 1 });
  await engine.save(base, { optimizer: false });
  await engine.close();
  const settings = [
    `model=${base}`,
    "engine.lora.rank=2",
    "engine.threads=1",
    "train.promptsPerIteration=2",
    "train.groupSize=2",
    "train.checkpointEvery=1",
    "sampling.maxCompletionTokens=4",
  ].flatMap((setting) => ["--set", setting]);
  await fovea("train", ...settings, "--set", "train.iterations=2", "--run-dir", run);
  expect(readdirSync(join(run, "model")).sort()).toEqual([
    "adapter_config.json",
    "adapter_model.safetensors",
  ]);
  const measured = await fovea("eval", "--run-dir", run, "--problems", "2", "--json");
  expect(JSON.parse(measured.trim().split("\n").at(-1)!)).toMatchObject({ problems: 2 });
  await fovea("export", base, merged, "--adapter", join(run, "model"));
  expect(readdirSync(merged)).toContain("model.safetensors");
});
