import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine, resolveConfig } from "../../../config/index.ts";
import type { Engine } from "../../../engine/index.ts";
import { configuredModel } from "../../../serve/configured-model.ts";
import { chatCall, imagePart } from "../../../testing/chat-calls.ts";
import { smolDirectory } from "../../../testing/smolvlm-fixtures.ts";
import { TinkerWorld } from "../../../testing/tinker-fixtures.ts";
import { promptFromMessages } from "../../chat-prompt.ts";
import { openPrompts } from "../../directory.ts";
import { CHAT_TEMPLATE } from "./chat-template.ts";

const LONG_MS = 120_000;
const world = new TinkerWorld();
const folder = mkdtempSync(join(tmpdir(), "fovea-smol-serve-"));
const directory = join(folder, "model");
let url: string;
let local: Engine;

beforeAll(async () => {
  cpSync(smolDirectory("smolvlm-tied"), directory, { recursive: true });
  writeFileSync(join(directory, "chat_template.jinja"), CHAT_TEMPLATE);
  const config = resolveConfig({ flags: ["engine.threads=1", `model=${directory}`] });
  local = await openEngine(config);
  ({ url } = await world.server({ models: [await configuredModel(config, "smol")] }));
}, LONG_MS);

afterAll(async () => {
  await world.close();
  await local.close();
  rmSync(folder, { recursive: true });
});

const image = {
  width: 60,
  height: 30,
  data: Uint8Array.from({ length: 60 * 30 * 3 }, (_, i) => (i * 7) % 256),
};
const prompt = () =>
  promptFromMessages(
    [{ role: "user", content: [{ type: "image" }, { type: "text", text: "What is it?" }] }],
    [image],
    openPrompts(directory),
  );
const completion = Int32Array.of(30, 40, 50, 60);

describe("a model that cuts images into tiles, behind the server", () => {
  test("is asked about an image by chat, and counts its tiles' tokens", async () => {
    const { status, json } = await chatCall(url, {
      model: "smol",
      messages: [{ role: "user", content: [await imagePart(image), { type: "text", text: "What is it?" }] }],
      max_tokens: 6,
      temperature: 0,
    });
    expect(status).toBe(200);
    const { vision } = openPrompts(directory).sight!;
    const tokens = vision.spell(prompt()).tokens.length;
    // 3 x 2 tiles and the whole, of four tokens each, with two names a tile, two line ends and one more mark
    expect(vision.tokens({ kind: "image", image })).toBe(7 * 6 + 3);
    expect(json).toMatchObject({ usage: { prompt_tokens: tokens, completion_tokens: 6 } });
  });

  test("scores by the Tinker protocol as it does here, attention signals too", async () => {
    const remote = await world.client(url, { model: directory, baseModel: "smol" });
    const request = { entropy: true, signals: { attention: { row: "own" } } } as const;
    const sequence = { prompt: prompt(), completion };
    const [here] = await local.score([sequence], request);
    const [there] = await remote.score([sequence], request);
    expect(there!.logprobs).toBeAllclose(here!.logprobs, { rtol: 0, atol: 1e-5 });
    const mass = here!.signals!.attention!.visualMass;
    expect(mass.some((share) => share > 0.01)).toBe(true);
    expect(there!.signals!.attention!.visualMass).toBeAllclose(mass, { rtol: 0, atol: 1e-5 });
  });
});
