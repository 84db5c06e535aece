import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine, resolveConfig } from "../../../config/index.ts";
import type { Engine } from "../../../engine/index.ts";
import { configuredModel } from "../../../serve/configured-model.ts";
import { chatCall, imagePart } from "../../../testing/chat-calls.ts";
import { mllamaDirectory } from "../../../testing/mllama-fixtures.ts";
import { TinkerWorld } from "../../../testing/tinker-fixtures.ts";
import { promptFromMessages } from "../../chat-prompt.ts";
import { openPrompts } from "../../directory.ts";

const LONG_MS = 120_000;
const world = new TinkerWorld();
const directory = mllamaDirectory("mllama-stretched");
let url: string;
let local: Engine;

beforeAll(async () => {
  const config = resolveConfig({ flags: ["engine.threads=1", `model=${directory}`] });
  local = await openEngine(config);
  ({ url } = await world.server({ models: [await configuredModel(config, "llama")] }));
}, LONG_MS);

afterAll(async () => {
  await world.close();
  await local.close();
});

const image = {
  width: 40,
  height: 20,
  data: Uint8Array.from({ length: 40 * 20 * 3 }, (_, i) => (i * 7) % 256),
};
const prompt = () =>
  promptFromMessages(
    [{ role: "user", content: [{ type: "image" }, { type: "text", text: "What is it?" }] }],
    [image],
    openPrompts(directory),
  );

describe("a model that reads images by cross-attention, behind the server", () => {
  test("is asked about an image by chat, which counts as one token", async () => {
    const { status, json } = await chatCall(url, {
      model: "llama",
      messages: [{ role: "user", content: [await imagePart(image), { type: "text", text: "What is it?" }] }],
      max_tokens: 5,
      temperature: 0,
    });
    expect(status).toBe(200);
    const { vision } = openPrompts(directory).sight!;
    const tokens = vision.spell(prompt()).tokens.length;
    expect(vision.tokens({ kind: "image", image })).toBe(1);
    expect(json).toMatchObject({ usage: { prompt_tokens: tokens, completion_tokens: 5 } });
  });

  test("scores by the Tinker protocol as it does here, and has no attention signals there either", async () => {
    const remote = await world.client(url, { model: directory, baseModel: "llama" });
    const sequence = { prompt: prompt(), completion: Int32Array.of(30, 40, 50, 60) };
    const request = { entropy: true, divergenceFrom: { kind: "discard" } } as const;
    const [here] = await local.score([sequence], request);
    const [there] = await remote.score([sequence], request);
    expect(there!.logprobs).toBeAllclose(here!.logprobs, { rtol: 0, atol: 1e-5 });
    expect(there!.divergence).toBeAllclose(here!.divergence!, { rtol: 0, atol: 1e-5 });
    expect(here!.divergence!.some((nats) => nats > 1e-3)).toBe(true);
    for (const engine of [local, remote]) expect(engine.capabilities.has("attention")).toBe(false);
  });
});
