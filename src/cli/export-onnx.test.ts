import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshSmallModel, openConfiguredDialogue, openTask, resolveConfig } from "../config/index.ts";
import { attentionSignals, dycoRl } from "../credit/index.ts";
import { splitSource, taskLessons } from "../data/index.ts";
import { createLocalEngine, type Engine, type Sequence } from "../engine/index.ts";
import { preparePrompt } from "../engine/local/prompts/prepared-prompt.ts";
import { type OnnxManifest, openModelDirectory, openSightOf, readJson } from "../model/index.ts";
import { OnnxModel } from "../testing/onnx-session.ts";
import { collectingContext } from "../testing/tiny-run.ts";
import { runCommandLine } from "./program.ts";

const CLOSE = { rtol: 0, atol: 1e-4 };
const TOKENS = 24;
const dialogue = await openConfiguredDialogue(resolveConfig());
const task = await openTask(
  resolveConfig({ flags: ["train.seed=1", "evaluation.seed=1", "data.warmStart.describedShare=0"] }),
);
const source = await splitSource(task, "validation");

async function fovea(...words: string[]) {
  const { context, stdout, stderr } = collectingContext({});
  return { status: await runCommandLine(["export", ...words], context), stdout: stdout(), stderr: stderr() };
}

/** A slightly trained model, so that some tokens are likelier than others. */
async function warmModel(): Promise<Engine> {
  const engine = await createLocalEngine({ model: freshSmallModel(1) });
  const lesson = (await taskLessons(task))!.at(-1)!.source;
  for (let step = 0; step < 12; step++) {
    const shown = await Promise.all(
      Array.from({ length: 16 }, async (_, i) => lesson.demonstration(step * 16 + i)),
    );
    const sequences = shown.map(
      ({ problem, completion }): Sequence => ({
        prompt: dialogue.prompt(problem),
        completion: dialogue.completionTokens(completion),
      }),
    );
    const even = sequences.map(({ completion }) => new Float64Array(completion.length).fill(1 / 500));
    await engine.accumulate(sequences, even);
    const adam = { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };
    await engine.step({ ...adam, learningRate: 3e-3 });
  }
  return engine;
}

const made: string[] = [];

/** A new empty directory, removed after the test. */
function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), "fovea-export-"));
  made.push(path);
  return path;
}

let engine: Engine;
let model: string;
let target: string;
let printed: string;
beforeAll(async () => {
  engine = await warmModel();
  model = join(temporaryDirectory(), "model");
  await engine.save(model, { optimizer: false });
  target = join(temporaryDirectory(), "onnx");
  const { status, stdout, stderr } = await fovea(model, target, "--onnx", "--json");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  printed = stdout;
});
afterAll(async () => {
  await engine.close();
  for (const path of made) rmSync(path, { recursive: true });
});

test("prints the files on stdout, in float32 by default", () => {
  expect(JSON.parse(printed)).toEqual({
    event: "finished",
    model: target,
    onnx: true,
    dtype: "f32",
    files: ["vision.onnx", "embedding.onnx", "decoder.onnx"],
  });
});

test("the directory holds the graphs, a manifest of them, and all files of the model but its weights", () => {
  const described = readdirSync(model).filter((name) => !name.includes("safetensors"));
  const graphs = ["ONNX.md", "decoder.onnx", "embedding.onnx", "onnx.json", "vision.onnx"];
  expect(readdirSync(target).sort()).toEqual([...described, ...graphs].sort());
  expect(described).toEqual(
    expect.arrayContaining(["tokenizer.json", "preprocessor_config.json", "config.json"]),
  );
  const manifest = readJson(join(target, "onnx.json")) as OnnxManifest;
  const { stopTokens, vision } = openModelDirectory(model);
  expect(manifest.tokens.stop).toEqual(stopTokens);
  expect(manifest.tokens.neverSampled).toEqual(vision.specialTokens);
  const text = readFileSync(join(target, "ONNX.md"), "utf8");
  for (const { inputs, outputs } of Object.values(manifest.models)) {
    for (const { name, shape } of [...inputs, ...outputs]) {
      const [first, layer, part] = name.split(".");
      const shown = layer === undefined ? name : `${first}.<layer>.${part}`;
      expect(text).toContain(`\`${shown}\` |`);
      expect(text).toContain(`[${shape.join(", ")}]`);
    }
  }
  expect(text).not.toContain("undefined");
});

test("onnxruntime alone answers digits problems as the engine does: tokens, log-probs, attention and roles", async () => {
  const { vision } = openModelDirectory(model);
  const { tokens } = readJson(join(target, "onnx.json")) as OnnxManifest;
  const options = { banned: tokens.neverSampled, stopTokens: tokens.stop };
  const problems = await Promise.all(Array.from({ length: 8 }, async (_, i) => source.problem(i)));
  const prompts = problems.map((problem) => dialogue.prompt(problem));
  const groups = await engine.sample({
    prompts,
    groupSize: 1,
    maxCompletionTokens: TOKENS,
    temperature: 0,
    topP: 1,
    topK: 0,
    stopTokens: dialogue.stopTokens,
    seed: 1,
    signals: { attention: { row: "own" } },
  });
  const onnx = await OnnxModel.open(target);
  for (const [i, prompt] of prompts.entries()) {
    const prepared = preparePrompt(prompt, vision);
    const [expected] = groups[i]!;
    const found = await onnx.generate(prepared, TOKENS, options);
    expect(found.tokens, `problem ${i}`).toEqual([...expected!.tokens]);
    expect(found.logprobs).toBeAllclose(expected!.logprobs, CLOSE);

    const count = found.tokens.length;
    const keys = prepared.tokens.length + count;
    const rows = found.rows[0]!.flatMap((row) => [...row, ...new Array<number>(keys - row.length).fill(0)]);
    const kind = Uint8Array.from({ length: keys }, (_, j) => ((prepared.imageIndex[j] ?? -1) >= 0 ? 2 : 1));
    const signals = attentionSignals(rows, { tokens: count, keys }, kind, prepared.tokens.length);
    for (const signal of ["visualMass", "textMass", "visualShift", "textShift"] as const) {
      expect(signals[signal], signal).toBeAllclose(expected!.signals!.attention![signal], CLOSE);
    }
    expect(dycoRl(signals).roles).toEqual(dycoRl(expected!.signals!.attention!).roles);
  }
  expect(new Set(groups.flat().flatMap((each) => [...each.tokens])).size).toBeGreaterThan(5);
  await onnx.close();
});

describe("an impossible export gives an error and leaves no files", () => {
  const place = () => join(temporaryDirectory(), "out");
  const left = (path: string) => readdirSync(dirname(path));

  test("a directory that is not empty", async () => {
    const path = place();
    mkdirSync(path);
    writeFileSync(join(path, "kept"), "");
    const { status, stderr } = await fovea(model, path, "--onnx");
    expect(status).toBe(2);
    expect(stderr).toContain(`expected a new or empty directory at ${path}, got a directory with 1 entries`);
    expect(readdirSync(path)).toEqual(["kept"]);
  });

  test("an empty directory is accepted", async () => {
    const path = place();
    mkdirSync(path);
    expect((await fovea(model, path, "--onnx")).status).toBe(0);
    expect(left(path)).toEqual(["out"]);
    expect(existsSync(join(path, "decoder.onnx"))).toBe(true);
  });

  test.each(["config.json", "tokenizer.json", "model.safetensors"])("a model without %s", async (missing) => {
    const broken = join(temporaryDirectory(), "broken");
    cpSync(model, broken, { recursive: true });
    rmSync(join(broken, missing));
    const path = place();
    const { status, stdout, stderr } = await fovea(broken, path, "--onnx", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ event: "failed", code: "model" });
    expect(stderr).toContain(join(broken, missing));
    expect(left(path)).toEqual([]);
  });

  test("a model without a processor gets the architecture's default, which is exported", async () => {
    const bare = join(temporaryDirectory(), "bare");
    cpSync(model, bare, { recursive: true });
    rmSync(join(bare, "preprocessor_config.json"));
    const path = place();
    expect((await fovea(bare, path, "--onnx")).status).toBe(0);
    const { config, vision } = openModelDirectory(bare);
    expect(openSightOf(path, config).vision.preprocessorJson).toEqual(vision.preprocessorJson);
    expect(existsSync(join(path, "preprocessor_config.json"))).toBe(true);
  });

  test("a model of another architecture", async () => {
    const other = join(temporaryDirectory(), "other");
    cpSync(model, other, { recursive: true });
    const json = readJson(join(other, "config.json")) as Record<string, unknown>;
    writeFileSync(join(other, "config.json"), JSON.stringify({ ...json, model_type: "llava" }));
    const path = place();
    const { status, stderr } = await fovea(other, path, "--onnx");
    expect(status).toBe(1);
    expect(stderr).toContain("llava");
    expect(left(path)).toEqual([]);
  });

  test.each([
    [["--onnx", "--dtype", "bf16"], "expected f32 or f16, got bf16"],
    [
      ["--onnx", "--attention-layers", "9"],
      "expected a whole number of at most 4, the model's layers, got 9",
    ],
    [["--onnx", "--max-shard-size", "3GB"], "which an ONNX file can hold, got 3000000000"],
    [["--attention-layers", "1"], "--attention-layers: needs --onnx"],
    [["--onnx", "--tensorboard"], "cannot be used with"],
  ])("%j", async (flags, message) => {
    const path = place();
    const { status, stderr } = await fovea(model, path, ...flags);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(left(path)).toEqual([]);
  });
});
