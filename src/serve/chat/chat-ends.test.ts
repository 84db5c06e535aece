import { afterEach, describe, expect, test } from "vitest";
import type { DrawnToken, Engine } from "../../engine/index.ts";
import { chatCall, postChat } from "../../testing/chat-calls.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { openFakeEngine } from "../../testing/tiny-run.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const server = (options: Parameters<TinkerWorld["server"]>[0] = {}) =>
  world.server({ engine: openFakeEngine, ...options });
const body = (more: object = {}) => ({
  model: "digits",
  messages: [{ role: "user", content: "?" }],
  max_tokens: 4,
  ...more,
});

/** An engine that draws the same token every few milliseconds until it is asked to end. */
function endless() {
  const engine = openFakeEngine();
  let asked = 0;
  let ended = 0;
  let drawn = 0;
  const sample: Engine["sample"] = async ({ prompts, watch }) => {
    asked += 1;
    const goesOn = prompts.map(() => true);
    while (goesOn.includes(true)) {
      for (const [prompt] of prompts.entries()) {
        const token: DrawnToken = { prompt, place: 0, token: 40, logprob: -1 };
        if (goesOn[prompt]) goesOn[prompt] = watch?.(token) ?? false;
        drawn += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    ended += 1;
    const numbers = Float64Array.of(-1);
    return prompts.map(() => [
      { tokens: Int32Array.of(40), logprobs: numbers, entropy: numbers, stopReason: "stop" as const },
    ]);
  };
  return { engine: { ...engine, sample }, asked: () => asked, ended: () => ended, drawn: () => drawn };
}

const until = async (isSo: () => boolean) => {
  for (let i = 0; i < 500 && !isSo(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
};

describe("a client that goes away", () => {
  test.each([
    ["in the midst of a stream", { stream: true }],
    ["while it waits for the whole answer", {}],
  ])("%s leaves no sampling behind, and the next is answered", async (_, more) => {
    const slow = endless();
    const { url } = await server({ engine: () => slow.engine });
    const leaving = new AbortController();
    const asked = postChat(url, body({ ...more, max_tokens: 1000 }), { signal: leaving.signal });
    if ("stream" in more) {
      const reader = (await asked).body!.getReader();
      await reader.read();
      leaving.abort();
      await expect(reader.read()).rejects.toThrow();
    } else {
      await until(() => slow.drawn() > 2);
      leaving.abort();
      await expect(asked).rejects.toThrow();
    }
    await until(() => slow.ended() === 1);

    const second = new AbortController();
    const again = await postChat(url, body({ stream: true }), { signal: second.signal });
    expect(again.status).toBe(200);
    second.abort();
    await until(() => slow.ended() === 2);
  });

  test("before it is its turn is not sampled for at all", async () => {
    const slow = endless();
    const { url } = await server({ engine: () => slow.engine });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = postChat(url, body(), { signal: first.signal });
    await until(() => slow.asked() === 1);
    const waiting = postChat(url, body(), { signal: second.signal });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    second.abort();
    await expect(waiting).rejects.toThrow();
    first.abort();
    await expect(running).rejects.toThrow();
    await until(() => slow.ended() === 1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(slow.asked()).toBe(1);
  });

  test("does not end what another is sampled with it", async () => {
    const engine = openFakeEngine();
    const { url } = await server({
      engine: () => ({
        ...engine,
        // Slow enough that both are one batch, and that the first has gone before the end.
        sample: async (request) => {
          await new Promise((resolve) => setTimeout(resolve, 100));
          return engine.sample(request);
        },
      }),
    });
    const leaving = new AbortController();
    const left = postChat(url, body({ seed: 1 }), { signal: leaving.signal });
    const stayed = chatCall(url, body({ seed: 2 }));
    setTimeout(() => leaving.abort(), 60);
    await expect(left).rejects.toThrow();
    const alone = await chatCall(url, body({ seed: 2 }));
    expect((await stayed).json["choices"]).toEqual(alone.json["choices"]);
  });
});

describe("a server that cannot continue", () => {
  test("with as many requests as it takes answers 429 and when to come again", async () => {
    const slow = endless();
    const { url } = await server({ engine: () => slow.engine, maxChats: 1 });
    const leaving = new AbortController();
    const running = postChat(url, body(), { signal: leaving.signal });
    await until(() => slow.asked() === 1);
    const refused = await chatCall(url, body());
    expect(refused).toMatchObject({
      status: 429,
      json: { error: { type: "rate_limit_error", code: "rate_limit_exceeded" } },
    });
    expect(refused.headers.get("retry-after")).toBe("1");
    leaving.abort();
    await expect(running).rejects.toThrow();
  });

  test("since it is ending says so, in a stream too, and ends", async () => {
    const slow = endless();
    const one = await server({ engine: () => slow.engine });
    const stream = await postChat(one.url, body({ stream: true }));
    const waiting = chatCall(one.url, body());
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await one.close();
    const text = await stream.text();
    expect(text).toContain('"error":{"message":"the server is ending","type":"server_error"');
    expect(text).not.toContain("[DONE]");
    expect(await waiting).toMatchObject({ status: 503, json: { error: { type: "server_error" } } });
  });

  test("since its engine fails says why: with a status before the stream, within it afterwards", async () => {
    const failing = (after: number): Engine => ({
      ...openFakeEngine(),
      sample: async ({ watch }) => {
        for (let i = 0; i < after; i++) watch?.({ prompt: 0, place: 0, token: 40, logprob: -1 });
        throw new Error("out of memory");
      },
    });
    const { url } = await server({ engine: () => failing(0) });
    expect(await chatCall(url, body({ stream: true }))).toMatchObject({
      status: 500,
      json: { error: { message: "out of memory", type: "server_error" } },
    });
    const later = await server({ engine: () => failing(2) });
    const text = await (await postChat(later.url, body({ stream: true }))).text();
    expect(text).toContain('"content"');
    expect(text).toContain('"error":{"message":"out of memory"');
    expect(text).not.toContain("[DONE]");
  });
});
