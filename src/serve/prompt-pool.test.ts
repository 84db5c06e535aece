import { expect, test, vi } from "vitest";
import type { wire } from "../engine/index.ts";
import { encodePng } from "../model/index.ts";
import { servedDigits, wholeFakeEngine } from "../testing/tinker-fixtures.ts";
import { ChatPrompts } from "./chat/chat-prompts.ts";
import { PromptPool } from "./prompt-pool.ts";

const served = servedDigits("digits", wholeFakeEngine);
const SIDE = 28;
const BYTES = SIDE * SIDE * 3;

async function png(grey: number): Promise<Uint8Array> {
  return encodePng({ width: SIDE, height: SIDE, data: new Uint8Array(BYTES).fill(grey) });
}

test("images and prompts are kept up to a number of bytes: the least recently used are read again", async () => {
  const decoded = vi.spyOn(served.dialogue, "promptTokens");
  const limits = { values: 100, bytes: 2 * BYTES + 1000 };
  const pool = new PromptPool(served, { images: limits, prompts: limits });
  const files = await Promise.all([10, 20, 30].map(png));
  const prompts: object[] = [];
  const ask = async (place: number) => {
    const chunk = { type: "image", format: "png", data: files[place]! };
    const input = { chunks: [chunk] } as unknown as wire.WireModelInput;
    const resolved = await pool.resolve(input, new Map(), "prompt");
    prompts.push(pool.prompt(resolved, resolved.tokens.length));
  };
  for (const place of [0, 1, 0, 2, 0, 1]) await ask(place);
  // Images 0, 1 and 2, and image 1 again, which 2 drove out.
  expect(decoded).toHaveBeenCalledTimes(4);
  decoded.mockRestore();
  expect(prompts[2]).toBe(prompts[0]);
  expect(prompts[4]).toBe(prompts[0]);
  expect(prompts[5]).not.toBe(prompts[1]);
});

test("prompts of chats too", async () => {
  const chats = new ChatPrompts({ values: 100, bytes: 2 * BYTES + 1000 });
  const urls = await Promise.all(
    [10, 20, 30].map(
      async (grey) => `data:image/png;base64,${Buffer.from(await png(grey)).toString("base64")}`,
    ),
  );
  const ask = async (place: number) => {
    const content = [{ type: "image_url" as const, image_url: { url: urls[place]! } }];
    return (await chats.prompt(served, [{ role: "user", content }])).prompt;
  };
  const prompts: object[] = [];
  for (const place of [0, 1, 0, 2, 0, 1]) prompts.push(await ask(place));
  expect(prompts[2]).toBe(prompts[0]);
  expect(prompts[4]).toBe(prompts[0]);
  expect(prompts[5]).not.toBe(prompts[1]);
});
