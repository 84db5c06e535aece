import { request } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Engine } from "../engine/index.ts";
import type { Fetch } from "../engine/tinker/tinker-options.ts";
import { ConfigError, EngineError } from "../errors/index.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { call, rawDatum, rawModel, result } from "../testing/tinker-calls.ts";
import { TinkerWorld, wholeFakeEngine } from "../testing/tinker-fixtures.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 0,
};
const forwardInput = { data: [rawDatum([1, 2, 3], { weights: [1, 1] })], loss_fn: "cross_entropy" };
const sequences = [
  { prompt: { chunks: [{ kind: "text" as const, tokens: [1] }] }, completion: Int32Array.of(2, 3) },
];
const noSpace = () => Promise.reject(Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" }));

/** Sends headers that fetch would not. */
function statusWith(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/v1/healthz`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("who may ask", () => {
  test("with a key, clients that have it; the client's error names the call", async () => {
    const { url } = await world.server({ apiKey: "tml-right" });
    expect(await call(url, "create_session", {})).toMatchObject({
      status: 401,
      json: { code: "unauthorized", category: "user", call: "create_session" },
    });
    await expect(world.client(url, { apiKey: "tml-wrong" })).rejects.toThrow(
      /^get_server_capabilities: .* does not accept the API key \(401\): wrong API key$/,
    );
    await world.client(url, { apiKey: "tml-right" });
    expect(await statusWith(url, { authorization: "Bearer tml-right" })).toBe(200);
  });

  test("beyond this machine nobody without a key: the server does not start", async () => {
    for (const apiKey of [undefined, "", " "]) {
      await expect(world.server({ host: "0.0.0.0", apiKey })).rejects.toThrow(ConfigError);
    }
    await world.server({ host: "0.0.0.0", apiKey: "tml-key" });
  });

  test("without a key, programs of this machine and no pages", async () => {
    const { url } = await world.server({ apiKey: "" });
    expect(await statusWith(url, {})).toBe(200);
    expect(await statusWith(url, { "x-api-key": "", origin: "https://example.org" })).toBe(401);
    expect(await statusWith(url, { host: "evil.example" })).toBe(401);
    expect(await statusWith(url, { origin: "http://evil.example" })).toBe(401);
  });
});

describe("a request that cannot be read", () => {
  test.each([
    ["no JSON", "create_session", "{", 400, "malformed-json"],
    ["a field that is missing", "session_heartbeat", {}, 400, "bad-request"],
    ["no such call", "make_coffee", {}, 404, "unknown-path"],
    ["a name of Object's own", "constructor", {}, 404, "unknown-path"],
    ["no such session", "session_heartbeat", { session_id: "x" }, 404, "unknown-session"],
    ["no such model", "optim_step", { model_id: "x", adam_params: {} }, 404, "unknown-model"],
    ["no such future", "retrieve_future", { request_id: "x" }, 410, "unknown-future"],
    [
      "no such checkpoint",
      "weights_info",
      { tinker_path: "tinker://a/weights/b" },
      404,
      "unknown-checkpoint",
    ],
  ])("is refused with a typed body: %s", async (_, name, body, status, code) => {
    const { url } = await world.server();
    expect(await call(url, name, body)).toMatchObject({ status, json: { code, call: name } });
  });

  test("is refused when it is too large, before and while it is read", async () => {
    const { url } = await world.server({ maxBodyBytes: 100 });
    const large = { status: 413, json: { code: "too-large" } };
    expect(await call(url, "create_session", { tags: ["x".repeat(200)] })).toMatchObject(large);
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 20; i++) controller.enqueue(new TextEncoder().encode("          "));
        controller.close();
      },
    });
    const options = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: stream,
      duplex: "half",
    };
    const response = await fetch(`${url}/api/v1/create_session`, options as RequestInit);
    expect(response.status).toBe(413);
  });

  test("is refused when it is not JSON by its own word", async () => {
    const { url } = await world.server();
    const protobuf = await call(url, "create_session", "{}", { "content-type": "application/x-protobuf" });
    expect(protobuf).toMatchObject({
      status: 415,
      json: {
        code: "unsupported-media-type",
        error: 'content-type: expected application/json, got "application/x-protobuf"',
      },
    });
  });
});

describe("a model", () => {
  test("that the server does not have is an error of the client that names those it has", async () => {
    const { url } = await world.server();
    await expect(world.client(url, { baseModel: "Qwen" })).rejects.toThrow(
      /^get_server_capabilities: .* has no model Qwen; it has: digits$/,
    );
    const { session } = await rawModel(url);
    const body = { session_id: session, model_seq_id: 1, base_model: "Qwen" };
    expect(await call(url, "create_model", body)).toMatchObject({
      status: 404,
      json: { code: "unknown-base-model" },
    });
  });

  test("beyond the limit of open models is refused", async () => {
    const { url } = await world.server({ maxModels: 1 });
    const { session } = await rawModel(url);
    const second = await call(url, "create_model", {
      session_id: session,
      model_seq_id: 1,
      base_model: "digits",
    });
    expect(await result(url, second)).toMatchObject({ code: "too-many-models" });
  });

  test("of another version of the extension is an error that names both versions", async () => {
    const other: Fetch = async () =>
      Response.json({ supported_models: [], fovea: { protocol: 9, version: "9.0" } });
    await expect(world.client("http://server", { fetch: other, baseModel: "m" })).rejects.toThrow(
      /^get_server_capabilities: .* is Fovea 9.0, whose extension has version 9; expected 1$/,
    );
    const web: Fetch = async () => Response.json({ hello: "world" });
    await expect(world.client("http://server", { fetch: web, baseModel: "m" })).rejects.toThrow(
      /^get_server_capabilities: the server speaks another protocol: supported_models/,
    );
  });
});

describe("numbers of requests", () => {
  const adamParams = { learning_rate: 0.1 };

  test("a request that comes again is the same operation; another one under its number is refused", async () => {
    const engine = wholeFakeEngine();
    const step = vi.spyOn(engine, "step");
    const { url } = await world.server({ engine: () => engine });
    const { model } = await rawModel(url);
    const body = { model_id: model, seq_id: 1, adam_params: adamParams };
    const [first, again] = [await call(url, "optim_step", body), await call(url, "optim_step", body)];
    expect(again.json["request_id"]).toBe(first.json["request_id"]);
    await result(url, first);
    expect(step).toHaveBeenCalledTimes(1);
    const other = await call(url, "optim_step", { ...body, adam_params: { learning_rate: 1 } });
    expect(other).toMatchObject({
      status: 400,
      json: { code: "sequence-conflict", error: expect.stringContaining("do two clients train one model?") },
    });
    expect(step).toHaveBeenCalledTimes(1);
  });

  test("requests are done in the order of their numbers, however they arrive", async () => {
    const done: number[] = [];
    const engine: Engine = {
      ...wholeFakeEngine(),
      step: async ({ learningRate }) => {
        done.push(learningRate);
        return { gradientNorm: 0, applied: true };
      },
    };
    const { url } = await world.server({ engine: () => engine });
    const { model } = await rawModel(url);
    const sent = [3, 2, 1].map((seq_id) =>
      call(url, "optim_step", { model_id: model, seq_id, adam_params: { learning_rate: seq_id } }),
    );
    for (const request of await Promise.all(sent)) await result(url, request);
    expect(done).toEqual([1, 2, 3]);
  });

  test("a request that waits for one that never comes fails in time", async () => {
    const { url } = await world.server({ gapLimitMs: 30 });
    const { model } = await rawModel(url);
    const second = await call(url, "optim_step", { model_id: model, seq_id: 2, adam_params: adamParams });
    expect(await result(url, second)).toMatchObject({ code: "sequence-gap", call: "optim_step" });
  });

  test("a body that cannot be read takes its number, so that later requests continue", async () => {
    const { url } = await world.server();
    const { model } = await rawModel(url);
    const broken = await call(url, "forward_backward", {
      model_id: model,
      seq_id: 1,
      forward_backward_input: {},
    });
    const next = await call(url, "optim_step", { model_id: model, seq_id: 2, adam_params: adamParams });
    expect(await result(url, broken)).toMatchObject({ code: "bad-request", category: "user" });
    expect(await result(url, next)).toMatchObject({ type: "optim_step" });
  });
});

describe("data", () => {
  const post = async (input: object, fovea?: object) => {
    const { url } = await world.server();
    const { model } = await rawModel(url);
    return result(
      url,
      await call(url, "forward_backward", {
        model_id: model,
        forward_backward_input: input,
        ...(fovea && { fovea }),
      }),
    );
  };
  const image = { type: "image", data: "aGVsbG8=", format: "png" };
  const datum = (chunks: readonly object[]) => ({
    model_input: { chunks },
    loss_fn_inputs: { target_tokens: { data: [1] }, weights: { data: [1] } },
  });
  test.each([
    ["an invalid image", [datum([image])], /datum 0, chunk 0: cannot be read as an image/],
    [
      "a pointer to elsewhere",
      [datum([{ type: "image_asset_pointer", location: "file:///etc/passwd", format: "png" }])],
      /fetches nothing/,
    ],
    [
      "a pointer to no image",
      [datum([{ type: "image_asset_pointer", location: "sha256:00", format: "png" }])],
      /the request has no earlier image 00/,
    ],
    [
      "weights of another length",
      [rawDatum([1, 2, 3], { weights: [1] })],
      /datum 0, weights: expected 2 numbers, got 1/,
    ],
    [
      "more targets than input",
      [{ ...rawDatum([1, 2], {}), loss_fn_inputs: { target_tokens: { data: [1, 2, 3] } } }],
      /expected 1 to 1 targets, got 3/,
    ],
    [
      "a weight that is no number",
      [
        {
          ...rawDatum([1, 2], {}),
          loss_fn_inputs: { target_tokens: { data: [2] }, weights: { data: [null] } },
        },
      ],
      /weights: expected finite numbers/,
    ],
  ])("is refused, and nothing is added to the gradient: %s", async (_, data, words) => {
    expect(await post({ data, loss_fn: "cross_entropy" })).toMatchObject({
      category: "user",
      error: expect.stringMatching(words),
    });
  });

  test("that distinguishes more or fewer prompts than it has is refused", async () => {
    expect(await post(forwardInput, { twins: [0, 1, 0, 1] })).toMatchObject({
      category: "user",
      error: expect.stringMatching(/fovea.twins: expected \d numbers, one a datum, got 4/),
    });
  });

  test("of a loss without what it needs is refused, and so are settings that it does not know", async () => {
    expect(await post({ data: [rawDatum([1, 2], {})], loss_fn: "ppo" })).toMatchObject({
      error: "datum 0: ppo needs advantages and logprobs",
    });
    expect(await post({ ...forwardInput, loss_fn_config: { beta: 1 } })).toMatchObject({
      error: expect.stringContaining("cross_entropy does not know beta"),
    });
  });
});

describe("a server in trouble", () => {
  test("whose result never comes is given up after the time allowed", async () => {
    const engine: Engine = { ...wholeFakeEngine(), step: () => new Promise(() => {}) };
    const server = await world.server({ engine: () => engine, pollMs: 10, restLimitMs: 50 });
    const client = await world.client(server.url, { futureLimitMs: 50 });
    await expect(client.step(adam)).rejects.toThrow(/^optim_step 1: no result after 0 s \(future .* at http/);
    // Nor does the server wait for it when it ends.
    const { model } = await rawModel(server.url);
    await call(server.url, "optim_step", { model_id: model, seq_id: 1, adam_params: {} });
    await server.close();
  });

  test("with a full disk says so, takes no step, and continues when there is room", async () => {
    const engine = wholeFakeEngine();
    const save = engine.save.bind(engine);
    const step = vi.spyOn(engine, "step");
    const { url } = await world.server({ engine: () => engine });
    const client = await world.client(url);
    await client.sample({
      prompts: [],
      groupSize: 1,
      maxCompletionTokens: 1,
      temperature: 1,
      topP: 1,
      topK: 0,
      stopTokens: [],
      seed: 0,
    });
    await client.accumulate(sequences, [Float64Array.of(1, 1)]);
    engine.save = noSpace;
    await expect(client.save(temporaryDirectory())).rejects.toThrow(
      /^save_weights 3: .*no space left on the disk$/,
    );
    // A sampling session has these weights, so they would have to be kept before the step.
    await expect(client.step(adam)).rejects.toThrow(/^optim_step 4: .*no space left on the disk$/);
    expect(step).not.toHaveBeenCalled();
    engine.save = save;
    expect(await client.step(adam)).toMatchObject({ applied: true });
    expect(step).toHaveBeenCalledTimes(1);
  });

  test("that has no room in its database is an error at once, does nothing twice, and loses no model", async () => {
    const state = temporaryDirectory();
    const first = await world.server({ state, maxDatabaseBytes: 2 ** 16 });
    const { model } = await rawModel(first.url);
    const sessions = async () => (await call(first.url, "create_session", {})).status;
    for (let status = 200; status === 200; ) status = await sessions();
    expect(await call(first.url, "create_session", {})).toMatchObject({
      status: 507,
      json: { code: "storage", category: "server", call: "create_session" },
    });
    let asked = 0;
    const counting: Fetch = (address, options) => {
      if (address.endsWith("create_session")) asked += 1;
      return fetch(address, options);
    };
    const open = world.client(first.url, { fetch: counting });
    await expect(open).rejects.toThrow(EngineError);
    await expect(open).rejects.toThrow(/^create_session: .* \(507\): no space left on the server's disk$/);
    expect(asked).toBe(1);

    // A result too large for the rest of the file is still given.
    const tokens = Array.from({ length: 2000 }, (_, i) => 1 + (i % 50));
    const body = {
      model_id: model,
      seq_id: 1,
      forward_input: { data: [rawDatum(tokens, {})], loss_fn: "cross_entropy" },
    };
    const forward = await call(first.url, "forward", body);
    const answer = await result(first.url, forward);
    expect(answer).toMatchObject({ type: "forward" });
    expect(await call(first.url, "forward", body)).toEqual(forward);
    expect(await result(first.url, forward)).toEqual(answer);
    await first.close();

    const { url } = await world.server({ state });
    expect(await result(url, forward)).toMatchObject({ code: "unknown-future" });
    const step = await call(url, "optim_step", { model_id: model, seq_id: 2, adam_params: {} });
    expect(await result(url, step)).toMatchObject({ type: "optim_step" });
  });

  test("frees the model of a client that has vanished, and ends what it waited for", async () => {
    const engine: Engine = { ...wholeFakeEngine(), step: () => new Promise(() => {}) };
    const close = vi.spyOn(engine, "close");
    const { url } = await world.server({ engine: () => engine, sessionLimitMs: 60 });
    const { model } = await rawModel(url);
    const body = { model_id: model, seq_id: 1, adam_params: {} };
    const pending = await call(url, "optim_step", body);
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(1));
    expect(await result(url, pending)).toMatchObject({ code: "unknown-session", category: "user" });
    expect(await call(url, "optim_step", body)).toMatchObject({
      status: 404,
      json: { code: "unknown-model" },
    });
  });
});
