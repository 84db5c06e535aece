import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFakeEngine } from "../../engine/index.ts";
import { SMALL_ASSETS } from "../../engine/small-model.ts";
import { ConfigError, DownloadError, ModelError } from "../../errors/index.ts";
import { type HubServer, startHub } from "../../testing/hub-server.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { DownloadEvent } from "../../train/loop/events.ts";
import { resolveConfig } from "../resolve-config.ts";
import { fetchModel, openConfiguredDialogue, openEngine } from "./open-model.ts";

let cache: string;
let hub: HubServer;
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), "fovea-open-model-"));
  const files = {
    "config.json": Buffer.from("{}"),
    "model.safetensors": Buffer.alloc(3_000_000, 1),
    "README.md": Buffer.from("unwanted"),
  };
  hub = await startHub({ name: "org/name", files, large: ["model.safetensors"] });
});
afterAll(async () => {
  await hub.close();
  rmSync(cache, { recursive: true });
});

const config = resolveConfig({ file: { model: "org/name" } });
const settings = () => ({ endpoint: hub.endpoint, cache, offline: false });

test("a model of the hub becomes a directory of the cache, with few events on the way", async () => {
  const events: DownloadEvent[] = [];
  const local = await fetchModel(config, (event) => events.push(event), { settings: settings() });
  const path = join(cache, "models--org--name", "snapshots", hub.commit);
  expect(local).toEqual({ ...config, model: { kind: "directory", path } });
  expect(events.at(-1)).toEqual({
    event: "download",
    file: "model.safetensors",
    bytes: 3_000_002,
    totalBytes: 3_000_002,
  });
  expect(events.length).toBeLessThan(110);
});

test("a model that is on this machine is left alone", async () => {
  const digits = resolveConfig({});
  expect(await fetchModel(digits)).toBe(digits);
});

test("a model that cannot be had is a typed error", async () => {
  const away = { ...settings(), cache: join(cache, "other"), offline: true };
  await expect(fetchModel(config, () => {}, { settings: away })).rejects.toThrow(DownloadError);
});

test("a model of the hub is not opened before it is fetched", async () => {
  await expect(openConfiguredDialogue(config)).rejects.toThrow(ConfigError);
  await expect(openEngine(config)).rejects.toThrow("org/name of the hub (fetchModel)");
});

test.each([
  ["values", true],
  ["group", false],
])("the engine of PPO with baseline %s has a value head: %s", async (baseline, hasValues) => {
  const flags = ["algorithm.kind=ppo", `algorithm.baseline=${baseline}`];
  const engine = await openEngine(resolveConfig({ flags }));
  expect(engine.capabilities.has("value")).toBe(hasValues);
  await engine.close();
});

describe("a model that is trained elsewhere", () => {
  const directory = join(mkdtempSync(join(tmpdir(), "fovea-prompt-side-")), "model");
  const world = new TinkerWorld();
  mkdirSync(directory);
  for (const name of [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "preprocessor_config.json",
    "chat_template.jinja",
  ]) {
    copyFileSync(join(SMALL_ASSETS, name), join(directory, name));
  }
  afterAll(async () => {
    await world.close();
    rmSync(dirname(directory), { recursive: true });
  });
  const image = { width: 84, height: 56, data: new Uint8Array(84 * 56 * 3) };
  const problem = { id: "7", question: "The sum", answers: ["8"], columns: {}, images: [image] };
  const flags = ["engine.kind=tinker", "engine.url=http://there"];

  test("needs no weights here: its dialogue asks with images as that of a whole model does", async () => {
    const dialogue = await openConfiguredDialogue(resolveConfig({ file: { model: directory }, flags }));
    const whole = await openConfiguredDialogue(resolveConfig({ flags: [] }));
    const prompt = dialogue.prompt(problem);
    expect(prompt).toEqual(whole.prompt(problem));
    expect(dialogue.promptTokens(prompt)).toBe(whole.promptTokens(prompt));
    expect(dialogue.stopTokens).toEqual(whole.stopTokens);
  });

  test("is sampled and scored there, with images", async () => {
    const server = await world.server({
      engine: () => createFakeEngine({ vocabSize: 464, promptRows: 2, seed: 5 }),
    });
    const engine = await world.client(server.url, { model: directory });
    const dialogue = await openConfiguredDialogue(resolveConfig({ file: { model: directory }, flags }));
    const prompt = dialogue.prompt(problem);
    const [group] = await engine.sample({
      prompts: [prompt],
      groupSize: 1,
      maxCompletionTokens: 4,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [0],
      seed: 1,
    });
    const [completion] = group!;
    const [score] = await engine.score([{ prompt, completion: completion!.tokens }]);
    expect(score!.logprobs).toBeAllclose(completion!.logprobs, { rtol: 0, atol: 1e-6 });
  });

  test("cannot be run here without its weights, and not at all where nothing knows its architecture", async () => {
    await expect(
      openConfiguredDialogue(resolveConfig({ file: { model: directory }, flags: [] })),
    ).rejects.toThrow(
      "model.safetensors: expected this file, or model.safetensors.index.json with its shards, got neither",
    );
    const unknown = join(dirname(directory), "unknown");
    cpSync(directory, unknown, { recursive: true });
    const path = join(unknown, "config.json");
    const json = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...json, model_type: "cyclops" }));
    await expect(openConfiguredDialogue(resolveConfig({ file: { model: unknown }, flags }))).rejects.toThrow(
      /model_type: expected "[^"]+"(?: or "[^"]+")*, got "cyclops"/,
    );
  });
});

describe("a text model of another architecture", () => {
  const directory = join(mkdtempSync(join(tmpdir(), "fovea-text-model-")), "model");
  const world = new TinkerWorld();
  afterAll(async () => {
    await world.close();
    rmSync(dirname(directory), { recursive: true });
  });
  /** Its template writes texts, and nothing for a list of parts, as templates of text models do. */
  const write = (config: object) => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "config.json"), JSON.stringify(config));
    for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
      copyFileSync(join(SMALL_ASSETS, name), join(directory, name));
    }
    writeFileSync(
      join(directory, "chat_template.jinja"),
      "{%- for message in messages -%}{%- if message.content is string -%}<|im_start|>{{- message.content -}}<|im_end|>{%- endif -%}{%- endfor -%}",
    );
  };
  const problem = { id: "7", question: "The sum", answers: ["8"], columns: {}, kind: "all", images: [] };
  const on = (engine: string) =>
    resolveConfig({
      file: { model: directory },
      flags: [`engine.kind=${engine}`, "engine.url=http://there"].slice(0, engine === "local" ? 1 : 2),
    });

  test("is spoken to by an engine elsewhere, and needs no weights here", async () => {
    write({ model_type: "qwen3", vocab_size: 464 });
    const dialogue = await openConfiguredDialogue(on("tinker"));
    const prompt = dialogue.prompt(problem);
    const tokens = prompt.chunks.flatMap((chunk) => (chunk.kind === "text" ? chunk.tokens : []));
    expect(dialogue.text(tokens)).toBe("The sum");
    expect(dialogue.promptTokens(prompt)).toBe(tokens.length);
    expect(dialogue.stopTokens).toEqual([457]);
  });

  test("takes no images, and offers no method that changes them", async () => {
    write({ model_type: "qwen3", vocab_size: 464 });
    const image = { width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) };
    const one = { ...problem, images: [image] };
    const dialogue = await openConfiguredDialogue(on("tinker"));
    expect(() => dialogue.prompt(one)).toThrow(ModelError);
    const engine = await world.client((await world.server({ isExtended: false })).url, { model: directory });
    expect([...engine.capabilities]).toEqual(["overlap", "reference"]);
    const seen = { chunks: [{ kind: "image" as const, image }] };
    await expect(engine.score([{ prompt: seen, completion: Int32Array.of(1) }])).rejects.toThrow(
      "prompt: has an image, but the model is a text model",
    );
  });

  test("is refused by this machine's engine, and with a tokenizer that has more tokens than it", async () => {
    write({ model_type: "qwen3", vocab_size: 464 });
    await expect(openConfiguredDialogue(on("local"))).rejects.toThrow(
      /model_type: expected ".+", got "qwen3"/,
    );
    write({ model_type: "qwen3", vocab_size: 400 });
    await expect(openConfiguredDialogue(on("tinker"))).rejects.toThrow(
      "463 tokens, but config.json: vocab_size is 400",
    );
  });
});
