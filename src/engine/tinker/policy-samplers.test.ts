import { afterEach, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Engine, SampleRequest } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const prompt = { chunks: [{ kind: "text" as const, tokens: [3, 1] }] };
const request: SampleRequest = {
  prompts: [prompt],
  groupSize: 3,
  maxCompletionTokens: 4,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [11],
  seed: 5,
};
const sequence = { prompt, completion: Int32Array.of(2, 7, 11) };
const adam = {
  learningRate: 0.5,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 0,
};

type Json = Readonly<Record<string, unknown>>;

/**
 * A client of a server whose sampling sessions have the weights in training, as do sessions that were used before on
 * SkyRL's JAX backend.
 *
 * @param name the server's name for itself
 */
async function client(name: string): Promise<{ readonly engine: Engine; readonly calls: string[] }> {
  const { url } = await world.server({
    isExtended: false,
    engine: () => createFakeEngine({ vocabSize: 12, promptRows: 1, seed: 5 }),
  });
  const calls: string[] = [];
  const modelOf = new Map<unknown, unknown>();
  const post = async (path: string, body: Json): Promise<Json> => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Json;
  };
  const present = async (model_id: unknown): Promise<unknown> => {
    const body = { model_id, sampling_session_seq_id: 1000 + calls.length };
    const { request_id } = await post("save_weights_for_sampler", body);
    return (await post("retrieve_future", { request_id }))["sampling_session_id"];
  };
  const wrapped: Fetch = async (address, options) => {
    const { pathname } = new URL(address);
    if (pathname === "/") return Response.json({ name });
    if (typeof options.body !== "string") return fetch(address, options);
    const call = pathname.split("/").at(-1)!;
    const body = JSON.parse(options.body) as Json;
    if (call !== "retrieve_future") calls.push(call);
    if (call === "asample") {
      const newest = await present(modelOf.get(body["sampling_session_id"]));
      return fetch(address, { ...options, body: JSON.stringify({ ...body, sampling_session_id: newest }) });
    }
    const response = await fetch(address, options);
    if (call === "save_weights_for_sampler") {
      const { request_id } = (await response.clone().json()) as Json;
      const { sampling_session_id } = await post("retrieve_future", { request_id });
      modelOf.set(sampling_session_id, body["model_id"]);
    }
    return response;
  };
  const engine = await world.client(url, { fetch: wrapped, loraRank: 2, lossReduction: "mean" });
  return { engine, calls };
}

async function step(engine: Engine): Promise<void> {
  await engine.accumulate([sequence], [Float64Array.of(1, 1, 1)]);
  await engine.step(adam);
}

/** Answers of samplers from three points in time, each sampler first asked at its own point. */
async function answers(engine: Engine) {
  const samplers = [];
  const atOnce = [];
  for (let time = 0; time < 3; time++) {
    if (time > 0) await step(engine);
    const sampler = await engine.sampler();
    samplers.push(sampler);
    atOnce.push(await sampler.sample(request));
  }
  const later = await Promise.all(samplers.map((own) => own.sample(request)));
  return { samplers, atOnce, later };
}

describe("a sampler on SkyRL's JAX backend, whose sampling sessions have the weights that are trained", () => {
  const SKYRL = "Tinker API Mock";
  const made = (calls: readonly string[]) => calls.filter((call) => call === "create_model").length;

  test("keeps the weights of its time, which a plain sampling session there does not", async () => {
    const plain = await answers((await client("another")).engine);
    expect(plain.later).toEqual([plain.atOnce[2], plain.atOnce[2], plain.atOnce[2]]);
    expect(plain.atOnce[0]).not.toEqual(plain.atOnce[2]);

    const { engine } = await client(SKYRL);
    const own = await answers(engine);
    expect(own.later).toEqual(own.atOnce);
    expect(own.atOnce).toEqual(plain.atOnce);
    expect(await engine.sample(request)).toEqual(own.atOnce[2]);
  });

  test("has a model of its own, which another is given once all who held it have let go", async () => {
    const { engine, calls } = await client(SKYRL);
    const first = await engine.sampler();
    const again = await engine.sampler();
    expect(made(calls)).toBe(2);

    first.release?.();
    first.release?.();
    await step(engine);
    const second = await engine.sampler();
    expect(made(calls)).toBe(3);
    const held = await again.sample(request);

    again.release?.();
    await step(engine);
    const third = await engine.sampler();
    expect(made(calls)).toBe(3);
    expect(await third.sample(request)).toEqual(await engine.sample(request));
    expect(await second.sample(request)).not.toEqual(held);
  });

  test("is made again after a run went back to a checkpoint", async () => {
    const { engine } = await client(SKYRL);
    const start = await (await engine.sampler()).sample(request);
    const directory = temporaryDirectory();
    await engine.save(directory);
    await step(engine);
    await engine.load(directory);
    expect(await (await engine.sampler()).sample(request)).toEqual(start);
  });
});

describe("a model's place on SkyRL's JAX backend, which holds what gradient the model before it left", () => {
  test("is cleared before the first step and before a checkpoint is loaded, whose moments come after", async () => {
    const { engine, calls } = await client("Tinker API Mock");
    expect(calls.slice(-3)).toEqual(["save_weights", "optim_step", "load_weights"]);
    const straight = (await client("another")).engine;
    for (const own of [engine, straight]) await step(own);
    const directory = temporaryDirectory();
    await engine.save(directory);
    calls.length = 0;
    await engine.load(directory);
    expect(calls).toEqual(["unload_model", "create_model", "optim_step", "load_weights"]);
    for (const own of [engine, straight]) await step(own);
    expect(await engine.score([sequence])).toEqual(await straight.score([sequence]));
  });
});
