import { afterEach, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Engine, SampleRequest } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import { PROTOBUF, readForwardRequest } from "./protobuf/index.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const prompt = { chunks: [{ kind: "text" as const, tokens: [3, 1] }] };
const sequence = { prompt, completion: Int32Array.of(2, 7, 11) };
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
const fake = () => createFakeEngine({ vocabSize: 12, promptRows: 1, seed: 5 });

/**
 * A client of a server with the rules of SkyRL 0.4.0: data only in messages, no address for `forward`, weights loaded
 * only as a model's first request. Source: `load_weights`, `_read_forward_backward_request` and the addresses of
 * skyrl/tinker/api.py.
 */
async function client(reduction: "sum" | "mean") {
  const { url } = await world.server({ isExtended: false, engine: fake, maxModels: 16 });
  const requests = new Map<string, string[]>();
  const models = { made: 0, ended: 0 };
  const refused = (status: number, detail: string) => Promise.resolve(Response.json({ detail }, { status }));
  const route: Fetch = async (address, options) => {
    const { pathname } = new URL(address);
    const call = pathname.split("/").at(-1)!;
    if (pathname === "/") return Response.json({ name: "Tinker API Mock", version: "0.0.1" });
    if (call === "forward") return refused(404, "Not Found");
    const isMessage = new Headers(options.headers).get("content-type") === PROTOBUF;
    if (call === "forward_backward" && !isMessage) {
      return refused(415, `forward_backward requires a ${PROTOBUF} body (tinker SDK >= 0.25.0)`);
    }
    const { model_id: model } = isMessage
      ? readForwardRequest(options.body as Uint8Array)
      : (JSON.parse((options.body as string | undefined) ?? "{}") as { readonly model_id?: string });
    if (call === "create_model") models.made += 1;
    if (call === "unload_model") models.ended += 1;
    else if (model !== undefined) {
      const before = requests.get(model) ?? [];
      if (call === "load_weights" && before.length > 0) {
        return refused(400, `LoadWeights is not permitted with seq_id ${before.length + 1}`);
      }
      requests.set(model, [...before, call]);
    }
    return fetch(address, options);
  };
  const options = { fetch: route, loraRank: 2, lossReduction: reduction } as const;
  return { engine: await world.client(url, options), models, requests };
}

async function step(engine: Engine): Promise<void> {
  await engine.accumulate([sequence], [Float64Array.of(1, -0.5, 1)]);
  await engine.step({
    learningRate: 0.5,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradientNorm: 0,
  });
}

const logprobs = async (engine: Engine, weights: "policy" | "reference" = "policy") =>
  (await engine.score([sequence], { weights }))[0]!.logprobs;

describe("weights are loaded only as a model's first request", () => {
  test.each(["sum", "mean"] as const)(
    "when a run goes back to a checkpoint: a server of a %s",
    async (reduction) => {
      const { engine, requests } = await client(reduction);
      const straight = fake();
      for (const own of [engine, straight]) await step(own);
      const directory = temporaryDirectory();
      await engine.save(directory);
      await step(engine);
      await engine.load(directory);
      const loaded = [...requests.values()].find((calls) => calls.includes("load_weights"));
      expect(loaded?.[0]).toBe("load_weights");
      for (const own of [engine, straight]) await step(own);
      // Numbers of the plain protocol have single precision.
      expect(await logprobs(engine)).toBeAllclose(await logprobs(straight), { atol: 1e-5 });
    },
  );

  test("for a reference and for samplers of earlier weights, whose models are new each time", async () => {
    const { engine, models } = await client("mean");
    const start = await logprobs(engine);
    await engine.setReference();
    const first = await engine.sampler();
    const then = await first.sample(request);
    await step(engine);
    expect(await logprobs(engine, "reference")).toEqual(start);
    expect(await logprobs(engine)).not.toEqual(start);
    expect(await first.sample(request)).toEqual(then);

    first.release?.();
    const made = models.made;
    const ended = models.ended;
    const second = await engine.sampler();
    expect({ made: models.made - made, ended: models.ended - ended }).toEqual({ made: 1, ended: 1 });
    expect(await second.sample(request)).toEqual(await engine.sample(request));
  });
});
