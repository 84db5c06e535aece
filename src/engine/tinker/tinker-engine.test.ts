import { afterEach, describe, expect, test } from "vitest";
import { TinkerWorld, wholeFakeEngine } from "../../testing/tinker-fixtures.ts";
import { temporaryDirectory } from "../../testing/tiny-run.ts";
import type { Engine, Prompt, SampleRequest } from "../engine.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const image = { width: 56, height: 28, data: new Uint8Array(56 * 28 * 3).map((_, i) => i % 251) };
const prompts: readonly Prompt[] = [
  { chunks: [{ kind: "text", tokens: [3, 1] }] },
  {
    chunks: [
      { kind: "text", tokens: [7] },
      { kind: "image", image },
      { kind: "text", tokens: [8, 9] },
    ],
  },
];
const request: SampleRequest = {
  prompts,
  groupSize: 3,
  maxCompletionTokens: 5,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [0],
  seed: 4_000_000_001,
  signals: { attention: { row: "own" } },
};
const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
};

/** What an engine answers over two steps of training with everything that it is asked for. */
async function transcript(engine: Engine) {
  const answers: unknown[] = [];
  for (const temperature of [1, 0.7]) {
    const groups = await engine.sample({ ...request, temperature });
    const sequences = groups.flatMap((group, p) =>
      group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
    );
    await engine.setReference();
    const scores = await engine.score(sequences, {
      temperature,
      entropy: true,
      values: true,
      divergenceFrom: { kind: "discard" },
      signals: {
        attention: { row: "own", measure: "sharpness" },
        calibrated: { row: "own", layers: 2, biasCorrection: true },
      },
    });
    const coefficients = sequences.map(({ completion }, i) =>
      Float64Array.from(completion, (_, t) => Math.sin(3 * i + t)),
    );
    const { tokens, finite } = await engine.accumulate(sequences, coefficients, {
      temperature,
      valueCoefficients: coefficients,
      entropyCoefficients: coefficients,
    });
    const step = await engine.step(adam);
    const after = await engine.score(sequences);
    const reference = await engine.score(sequences, { weights: "reference" });
    answers.push(groups, scores, { tokens, finite }, step, after, reference);
  }
  return answers;
}

describe("an engine behind the protocol", () => {
  test("answers as the engine at the server does, number for number", async () => {
    const server = await world.server();
    const client = await world.client(server.url, { valueHead: true });
    expect([...client.capabilities].sort()).toEqual([...wholeFakeEngine().capabilities].sort());
    const there = await transcript(client);
    const here = await transcript(wholeFakeEngine());
    expect(there).toEqual(here);
  });

  test("tells the trainer's log-probs beside the gradient", async () => {
    const client = await world.client((await world.server()).url);
    const sequences = [{ prompt: prompts[0]!, completion: Int32Array.of(2, 5) }];
    const [score] = await client.score(sequences);
    const { logprobs } = await client.accumulate(sequences, [Float64Array.of(1, 1)]);
    expect(logprobs).toEqual([score!.logprobs]);
  });

  test("saves and loads at the server, with the optimiser's state or without", async () => {
    const client = await world.client((await world.server()).url);
    const sequences = [{ prompt: prompts[1]!, completion: Int32Array.of(2, 5, 0) }];
    const one = async () => {
      await client.accumulate(sequences, [Float64Array.of(1, -0.5, 2)]);
      await client.step(adam);
      return (await client.score(sequences))[0]!.logprobs;
    };
    await one();
    const [whole, bare] = [temporaryDirectory(), temporaryDirectory()];
    await client.save(whole);
    await client.save(bare, { optimizer: false });
    const next = await one();
    await client.load(whole);
    expect(await one()).toEqual(next);
    await client.load(bare);
    expect(await one()).not.toEqual(next);
  });
});
