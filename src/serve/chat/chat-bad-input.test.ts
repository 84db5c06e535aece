import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chatCall, imagePart } from "../../testing/chat-calls.ts";
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
    ["an invalid message", body({ messages: ["hi"] }), 400, "messages[0]", "invalid_type"],
    [
      "an unknown role",
      body({ messages: [{ ...message, role: "tool" }] }),
      400,
      "messages[0].role",
      "invalid_value",
    ],
    ["no content", body({ messages: [{ role: "user" }] }), 400, "messages[0].content", "invalid_type"],
    [
      "an unknown part",
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
    [
      "a temperature that divides by nearly nothing",
      body({ temperature: 1e-30 }),
      400,
      "temperature",
      "invalid_value",
    ],
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
      "an invalid image",
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

  test("answer without the key that it asks for, or an unknown address", async () => {
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
