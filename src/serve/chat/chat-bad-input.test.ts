import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { DrawnToken, Engine } from "../../engine/index.ts";
import { chatCall, imagePart, postChat } from "../../testing/chat-calls.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import { openFakeEngine } from "../../testing/tiny-run.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const server = (options: Parameters<TinkerWorld["server"]>[0] = {}) =>
  world.server({ engine: openFakeEngine, ...options });
const message = { role: "user", content: "?" };
const body = (more: object = {}) => ({ model: "digits", messages: [message], max_tokens: 4, ...more });
const image = (url: string, more: object = {}) => ({
  messages: [{ role: "user", content: [{ type: "image_url", image_url: { url, ...more } }] }],
});
const png = async () =>
  (await imagePart({ width: 28, height: 28, data: new Uint8Array(28 * 28 * 3) })) as {
    readonly image_url: { readonly url: string };
  };

describe("a body that cannot be answered is refused in OpenAI's form", () => {
  test.each([
    ["broken JSON", "{", 400, null, null],
    ["a list", "[]", 400, null, "invalid_type"],
    ["no model", { messages: [message] }, 400, "model", "invalid_type"],
    ["a model that is not there", body({ model: "gpt-5" }), 404, "model", "model_not_found"],
    ["a checkpoint that is not there", body({ model: "tinker://a/b/c" }), 404, null, "model_not_found"],
    ["no message", body({ messages: [] }), 400, "messages", "invalid_value"],
    ["a message that is none", body({ messages: ["hi"] }), 400, "messages[0]", "invalid_type"],
    [
      "a role that is none",
      body({ messages: [{ ...message, role: "tool" }] }),
      400,
      "messages[0].role",
      "invalid_value",
    ],
    ["no content", body({ messages: [{ role: "user" }] }), 400, "messages[0].content", "invalid_type"],
    [
      "a part that is none",
      body({ messages: [{ role: "user", content: [{ type: "video_url" }] }] }),
      400,
      "messages[0].content[0].type",
      "invalid_value",
    ],
    [
      "an image of the system",
      body({
        messages: [{ role: "system", content: [{ type: "image_url", image_url: { url: "data:," } }] }],
      }),
      400,
      "messages[0].content[0].type",
      "invalid_value",
    ],
    [
      "a name",
      body({ messages: [{ ...message, name: "Ann" }] }),
      400,
      "messages[0].name",
      "unsupported_value",
    ],
    ["a temperature in words", body({ temperature: "hot" }), 400, "temperature", "invalid_type"],
    ["a temperature below 0", body({ temperature: -1 }), 400, "temperature", "invalid_value"],
    ["top_p 0", body({ top_p: 0 }), 400, "top_p", "invalid_value"],
    ["n 0", body({ n: 0 }), 400, "n", "invalid_value"],
    ["n 1e9", body({ n: 1e9 }), 400, "n", "invalid_value"],
    ["no tokens", body({ max_tokens: 0 }), 400, "max_tokens", "invalid_value"],
    ["half a token", body({ max_tokens: 0.5 }), 400, "max_tokens", "invalid_type"],
    [
      "more tokens than the context has",
      body({ max_tokens: 1e9 }),
      400,
      "max_tokens",
      "context_length_exceeded",
    ],
    ["two limits", body({ max_completion_tokens: 5 }), 400, "max_tokens", "invalid_value"],
    ["a seed beyond what a number holds", body({ seed: 1e300 }), 400, "seed", "invalid_value"],
    ["an empty stop text", body({ stop: [""] }), 400, "stop[0]", "invalid_value"],
    ["a stop that is no text", body({ stop: [5] }), 400, "stop[0]", "invalid_type"],
    ["top_logprobs without logprobs", body({ top_logprobs: 2 }), 400, "top_logprobs", "invalid_value"],
    [
      "too many top_logprobs",
      body({ logprobs: true, top_logprobs: 21 }),
      400,
      "top_logprobs",
      "invalid_value",
    ],
    ["stream_options without a stream", body({ stream_options: {} }), 400, "stream_options", "invalid_value"],
    ["tools", body({ tools: [{ type: "function" }] }), 400, "tools", "unsupported_value"],
    [
      "JSON as the form of the answer",
      body({ response_format: { type: "json_object" } }),
      400,
      "response_format",
      "unsupported_value",
    ],
    ["audio", body({ modalities: ["text", "audio"] }), 400, "modalities", "unsupported_value"],
    ["a penalty", body({ frequency_penalty: 0.5 }), 400, "frequency_penalty", "unsupported_value"],
    ["biased logits", body({ logit_bias: { 5: 100 } }), 400, "logit_bias", "unsupported_value"],
    ["a field that nobody knows", body({ temprature: 0 }), 400, "temprature", "unknown_parameter"],
    [
      "an address on this machine",
      body(image("http://127.0.0.1:1/a.png")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_image_url",
    ],
    [
      "a file",
      body(image("file:///etc/passwd")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_image_url",
    ],
    ["a path", body(image("/etc/passwd")), 400, "messages[0].content[0].image_url.url", "invalid_image_url"],
    [
      "a data URI of text",
      body(image("data:text/plain;base64,aGVsbG8=")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_image_url",
    ],
    [
      "a data URI without base64",
      body(image("data:image/png,abc")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_image_url",
    ],
    [
      "broken base64",
      body(image("data:image/png;base64,a*b=")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_base64",
    ],
    [
      "an image that is none",
      body(image("data:image/png;base64,aGVsbG8=")),
      400,
      "messages[0].content[0].image_url.url",
      "invalid_image",
    ],
    [
      "an image in low detail",
      body(image("data:image/png;base64,aGVsbG8=", { detail: "low" })),
      400,
      "messages[0].content[0].image_url.detail",
      "unsupported_value",
    ],
  ])("%s", async (_, sent, status, param, code) => {
    const { url } = await server();
    const answer = await chatCall(url, sent);
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({
      error: { message: expect.any(String), type: "invalid_request_error", param, code },
    });
    const { message: said } = answer.json["error"] as { message: string };
    expect(said).toContain(param ?? "");
    expect(said.length).toBeLessThan(300);
    expect((await chatCall(url, body())).status).toBe(200);
  });

  test("a cut image", async () => {
    const { url } = await server();
    const { image_url: whole } = await png();
    const cut = whole.url.slice(0, Math.floor(whole.url.length / 8) * 4);
    expect(await chatCall(url, body(image(cut)))).toMatchObject({
      status: 400,
      json: { error: { code: "invalid_image" } },
    });
  });

  test("fields that change nothing are taken", async () => {
    const { url } = await server();
    const neutral = {
      frequency_penalty: 0,
      presence_penalty: 0,
      logit_bias: {},
      tools: [],
      tool_choice: "none",
      response_format: { type: "text" },
      modalities: ["text"],
      store: false,
      user: "u-1",
      metadata: { run: "7" },
      n: null,
      stop: null,
      stream: false,
      min_p: 0,
    };
    expect((await chatCall(url, body(neutral))).status).toBe(200);
  });
});

describe("what a server must not do", () => {
  test("fetch an image: nobody is asked, on this machine or elsewhere", async () => {
    let visits = 0;
    const canary = createServer((_, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    const { port } = canary.address() as AddressInfo;
    const { url } = await server();
    for (const host of ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"]) {
      const answer = await chatCall(url, body(image(`http://${host}:${port}/secret.png`)));
      expect(answer.json).toMatchObject({ error: { code: "invalid_image_url" } });
      expect(JSON.stringify(answer.json)).toContain("this server fetches nothing");
    }
    expect(visits).toBe(0);
    canary.close();
  });

  test("read a body beyond the limit: a body of 50 MB is refused, and its sender hears why", async () => {
    const { url } = await server();
    const answer = await chatCall(
      url,
      body({ messages: [{ role: "user", content: "x".repeat(50_000_000) }] }),
    );
    expect(answer).toMatchObject({ status: 413, json: { error: { code: "request_too_large" } } });
    expect((await chatCall(url, body())).status).toBe(200);
  });

  test("encode a text that is far beyond the context", async () => {
    const { url } = await server();
    const content = "x ".repeat(5_000_000);
    const before = performance.now();
    const answer = await chatCall(url, body({ messages: [{ role: "user", content }] }));
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "context_length_exceeded" } } });
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test("decode an image of too many pixels", async () => {
    const { url } = await server();
    const wide = (await imagePart({
      width: 16_384,
      height: 4097,
      data: new Uint8Array(16_384 * 4097 * 3),
    })) as { image_url: { url: string } };
    const answer = await chatCall(url, body(image(wide.image_url.url)));
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "invalid_image" } } });
    expect(JSON.stringify(answer.json)).toContain("pixel");
  });

  test("answer without the key that it asks for, or an address that is none", async () => {
    const { url, port } = await server({ apiKey: "secret" });
    const wrong = await chatCall(url, body(), { headers: { authorization: "Bearer wrong" } });
    expect(wrong).toMatchObject({ status: 401, json: { error: { code: "invalid_api_key" } } });
    expect((await fetch(`${url}/v1/models`)).status).toBe(401);
    const right = { headers: { authorization: "Bearer secret" } };
    expect((await chatCall(url, body(), right)).status).toBe(200);
    const unknown = await fetch(`${url}/v1/completions`, { method: "POST", ...right });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({ error: { code: "unknown_url", param: null } });
    // An address that no URL can be made of.
    const said = await new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1", () =>
        socket.end("GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
      );
      socket.on("data", (data) => resolve(data.toString()));
    });
    expect(said).toContain("401");
    expect((await chatCall(url, body(), right)).status).toBe(200);
  });
});

/** An engine that draws the same token every few milliseconds until it is told to end. */
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
    await new Promise((resolve) => setTimeout(resolve, 50));
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

describe("a server that cannot go on", () => {
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
    await new Promise((resolve) => setTimeout(resolve, 50));
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
