import { afterEach, expect, test } from "vitest";
import { ALL_SIGNALS, made, withSignals } from "../../testing/server-with-signals.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { SampleRequest } from "../engine.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const request: SampleRequest = {
  prompts: [
    { chunks: [{ kind: "text", tokens: [3, 1, 4] }] },
    { chunks: [{ kind: "text", tokens: [7, 1] }] },
  ],
  groupSize: 2,
  maxCompletionTokens: 3,
  temperature: 0.9,
  topP: 1,
  topK: 0,
  stopTokens: [],
  seed: 1,
};

async function client(said: object = ALL_SIGNALS) {
  const { asked, wrapped } = withSignals(said, ["entropy"], {});
  const server = await world.server({ isExtended: false });
  return { asked, engine: await world.client(server.url, { fetch: wrapped }) };
}

test("entropies that are asked for are scored at the temperature of the sampling, completion by completion", async () => {
  const { engine, asked } = await client();
  const completions = (await engine.sample({ ...request, entropy: true })).flat();
  expect(asked[0]!.forward_input.loss_fn_config).toEqual({ "fovea.entropy": 1, "fovea.temperature": 0.9 });
  expect(completions).toHaveLength(4);
  for (const [i, { entropy, tokens }] of completions.entries()) {
    expect(entropy).toEqual(Float64Array.from(made("entropy", i, tokens.length).data));
    expect(asked[0]!.forward_input.data[i]!.loss_fn_inputs["target_tokens"]!.data).toEqual([...tokens]);
  }
});

test("nothing is scored unless they are asked for", async () => {
  const { engine, asked } = await client();
  const completions = (await engine.sample(request)).flat();
  expect(asked).toHaveLength(0);
  for (const { entropy, logprobs } of completions) expect(entropy).toEqual(logprobs.map((value) => -value));
});

test("they are refused by a server that has none, and with weights that later calls change", async () => {
  const { engine } = await client({ ...ALL_SIGNALS, capabilities: ["temperature"] });
  await expect(engine.sample({ ...request, entropy: true })).rejects.toThrow(
    /^forward: .* offers no entropy$/,
  );
  const { engine: whole } = await client();
  const sampler = await whole.sampler();
  await expect(sampler.sample({ ...request, entropy: true })).rejects.toThrow(
    /^asample: .* offers no entropies of earlier weights$/,
  );
});
