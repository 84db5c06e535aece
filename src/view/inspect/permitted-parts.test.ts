import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openConfiguredDialogue } from "../../config/index.ts";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { digitsFakeEngine, tinyConfig } from "../../testing/tiny-run.ts";
import { Run } from "../runs/run.ts";
import { Inspector } from "./inspector.ts";
import { LoadedModels } from "./loaded-models.ts";
import { PermittedParts } from "./permitted-parts.ts";
import { ProblemImages } from "./problem-images.ts";

/** A module that notes beside itself that it was loaded, and calls every answer right. */
function writeModule(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, "part.mjs");
  const note = JSON.stringify(join(directory, "loaded"));
  writeFileSync(
    path,
    `import { writeFileSync } from "node:fs";
writeFileSync(${note}, "");
const judge = () => ({ score: 1, extracted: null, reason: "" });
export const part = { create: () => ({ judge }) };
`,
  );
  return path;
}

/** A run with weights whose configuration has other parts. */
function runWith(parts: (directory: string) => object): Run {
  const path = madeRun();
  mkdirSync(join(path, "model"));
  writeFileSync(join(path, "model", "config.json"), "{}");
  const file = join(path, "config.json");
  const record = JSON.parse(readFileSync(file, "utf8")) as { config: object };
  record.config = { ...record.config, ...parts(path) };
  writeFileSync(file, JSON.stringify(record));
  return new Run("made", path);
}

const dialogue = await openConfiguredDialogue(tinyConfig());

function inspectorOf(data: readonly string[] = []): { images: ProblemImages; inspector: Inspector } {
  const parts = new PermittedParts(data);
  const images = new ProblemImages(parts);
  // As models of directories are opened, without their weights.
  const models = new LoadedModels(async (_directory, config) => ({
    engine: digitsFakeEngine(),
    dialogue: await openConfiguredDialogue({ ...config, model: { kind: "small" } }),
  }));
  return { images, inspector: new Inspector(images, parts, models) };
}

async function group(run: Run) {
  const details = await run.group(1, 0);
  const ids = dialogue.tokenTexts(Int32Array.of(20, 21));
  return details.map((detail) => ({ ...detail, tokens: [20, 21], tokenTexts: ids }));
}

test("a run directory cannot make the viewer run its own code, by any part", async () => {
  const module = (path: string) => ({ kind: "module", module: writeModule(path) });
  const parts = [
    (path: string) => ({ data: module(path) }),
    (path: string) => ({ prompt: { module: module(path) } }),
    (path: string) => ({ verdict: module(path) }),
    (path: string) => ({ credit: module(path) }),
    (path: string) => ({ algorithm: module(path) }),
    (path: string) => ({ engine: module(path) }),
    (path: string) => ({ reward: [module(path)] }),
    (path: string) => ({ evaluation: { benchmarks: [module(path)] } }),
  ];
  for (const part of parts) {
    const run = runWith(part);
    const { images, inspector } = inspectorOf();
    const details = await group(run);
    const all = [
      images.png(run, 1, 0, null),
      inspector.answer(run, 1, { run, weights: undefined }),
      inspector.inspect(run, details, 0, { run, weights: undefined }),
      run.summary(),
      run.rollouts(1, 0),
    ];
    await Promise.allSettled(all);
    expect(existsSync(join(run.path, "loaded")), JSON.stringify(part(run.path))).toBe(false);
    await inspector.close();
  }
});

test("the task and the prompt are missing, and it is said how to allow them", async () => {
  const task = runWith((path) => ({ data: { kind: "module", module: writeModule(path) } }));
  const { images, inspector } = inspectorOf();
  await expect(images.png(task, 1, 0, null)).rejects.toThrow(`start again with --data ${task.path}`);
  const prompt = runWith((path) => ({ prompt: { module: { kind: "module", module: writeModule(path) } } }));
  await expect(inspector.answer(prompt, 1, { run: prompt, weights: undefined })).rejects.toThrow(
    /^prompt .*part\.mjs: is code, .* --data /,
  );
});

test("without the verdict and the credit method the rest is shown, with the reason", async () => {
  const { inspector } = inspectorOf();
  const judged = runWith((path) => ({ verdict: { kind: "module", module: writeModule(path) } }));
  const answer = await inspector.answer(judged, 1, { run: judged, weights: undefined });
  expect(answer).toMatchObject({ isRight: null, unjudged: expect.stringContaining(`--data ${judged.path}`) });
  const credited = runWith((path) => ({ credit: { kind: "module", module: writeModule(path) } }));
  const { methods } = await inspector.inspect(credited, await group(credited), 0, {
    run: credited,
    weights: undefined,
  });
  const missing = expect.stringContaining(`--data ${credited.path}`);
  expect(methods[0]).toEqual({ kind: "module", weights: null, missing });
  expect(methods[1]).toMatchObject({ kind: "uniform", weights: [1, 1] });
  await inspector.close();
});

test("code of a directory that the user names runs, by its real path", async () => {
  const directory = temporaryDirectory();
  const module = writeModule(directory);
  const run = runWith((path) => {
    symlinkSync(module, join(path, "link.mjs"));
    return { verdict: { kind: "module", module: join(path, "link.mjs") } };
  });
  const { inspector } = inspectorOf([directory]);
  const answer = await inspector.answer(run, 1, { run, weights: undefined });
  expect(answer).toMatchObject({ isRight: true, unjudged: null });
  expect(existsSync(join(directory, "loaded"))).toBe(true);
  await inspector.close();

  const outside = runWith((path) => {
    symlinkSync(writeModule(path), join(directory, "out.mjs"));
    return { verdict: { kind: "module", module: join(directory, "out.mjs") } };
  });
  const other = inspectorOf([directory]).inspector;
  const refused = await other.answer(outside, 1, { run: outside, weights: undefined });
  expect(refused.unjudged).toContain("is code");
  expect(existsSync(join(outside.path, "loaded"))).toBe(false);
  await other.close();
});

test("a judge that a run names is sent neither the answer nor a key", async () => {
  const run = runWith(() => ({
    verdict: { kind: "judge", url: "http://127.0.0.1:9/v1", model: "m", apiKeyVariable: "HOME" },
  }));
  const { inspector } = inspectorOf();
  const answer = await inspector.answer(run, 1, { run, weights: undefined });
  expect(answer.unjudged).toBe(
    "verdict judge: asks a server that the run names, which the viewer never does",
  );
  await inspector.close();
});
