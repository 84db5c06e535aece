import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freshSmallModel, openEngine } from "../config/index.ts";
import { createLocalEngine } from "../engine/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { startViewer } from "../view/index.ts";
import type { Inspection, RolloutPage } from "../view/protocol.ts";
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

  // The same by the run's name, and every way to look at it.
  const own = join(folder, "own");
  await fovea("export", run, own, "--dtype", "f32");
  await fovea("export", "--onnx", join(run, "model"), join(folder, "onnx"));
  expect(readdirSync(join(folder, "onnx"))).toContain("onnx.json");
  const looked = ["--problem", "1", "--completion", "<answer>7</answer>", "--methods", "uniform", "--json"];
  const asAdapter = JSON.parse(await fovea("inspect", run, ...looked)) as {
    logprobs: number[];
    start: number;
  };
  const asMerged = await fovea("inspect", own, ...looked.slice(2), "--question", "?");
  expect(JSON.parse(asMerged)).toMatchObject({ start: asAdapter.start });
  await fovea(
    "diagnose",
    run,
    "digits",
    "--problems",
    "2",
    "--layers",
    "none",
    "--out",
    join(folder, "diagnosis"),
  );
  const viewer = await startViewer({ runs: [run] });
  try {
    const ask = async (path: string) =>
      (await fetch(`http://127.0.0.1:${viewer.port}/api/runs/run/${path}`)).json();
    const { groups } = (await ask("rollouts/2")) as RolloutPage;
    const { at } = groups[0]!.completions[0]!;
    const inspection = (await ask(`inspect/2/${groups[0]!.at}/${at}`)) as Inspection;
    expect(inspection.weights).toBe("model");
    expect(inspection.logprobs.every(Number.isFinite)).toBe(true);
  } finally {
    await viewer.close();
  }
});
