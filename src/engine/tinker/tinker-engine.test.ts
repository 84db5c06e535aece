import { afterEach, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld, wholeFakeEngine } from "../../testing/tinker-fixtures.ts";
import type { Engine, Prompt, SampleRequest } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { Fetch } from "./tinker-options.ts";

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

/** Answers of an engine over two steps of training, to every kind of request. */
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
      nucleusEntropy: 0.9,
      values: true,
      alternatives: 3,
      divergenceFrom: { kind: "discard" },
      signals: {
        hiddenCosine: { layers: "all", pairing: "pairwise" },
        attention: { row: "own", measure: "sharpness" },
        calibrated: {
          row: "own",
          layers: 2,
          biasCorrection: true,
          ...(temperature < 1 && { biasCurve: { decay: 1, cosine: 0.4 } }),
        },
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
    const beyond = ["group-divergence", "hidden-images", "value-replacement", "video", "watch"];
    const own = [...wholeFakeEngine().capabilities].filter((name) => !beyond.includes(name));
    expect([...client.capabilities].sort()).toEqual(own.sort());
    const there = await transcript(client);
    const here = await transcript(wholeFakeEngine());
    expect(there).toEqual(here);
    await expect(client.score([], { image: { kind: "mask-attention" } })).rejects.toThrow("hidden-images");
  });

  test("returns the trainer's log-probs beside the gradient", async () => {
    const client = await world.client((await world.server()).url);
    const sequences = [{ prompt: prompts[0]!, completion: Int32Array.of(2, 5) }];
    const [score] = await client.score(sequences);
    const { logprobs } = await client.accumulate(sequences, [Float64Array.of(1, 1)]);
    expect(logprobs).toEqual([score!.logprobs]);
  });

  test("refuses more batches ahead than the server keeps weights for, with the number", async () => {
    const { url } = await world.server();
    const client = await world.client(url);
    const run = { completionTokens: 5, reference: false };
    await client.requireRoom!({ ...run, staleness: 4 });
    await expect(client.requireRoom!({ ...run, staleness: 5 })).rejects.toThrow(
      `train.maxStaleness: expected at most 4, as many earlier weights as ${url} keeps to sample from, got 5`,
    );
    const plain = await world.client((await world.server({ isExtended: false })).url);
    await plain.requireRoom!({ ...run, staleness: 5 });
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

  test("on a server of the plain protocol gives the same gradients, steps and references", async () => {
    // Where a prompt ends must not matter, as it does not to a language model.
    const engine = () => createFakeEngine({ vocabSize: 12, promptRows: 1, seed: 5 });
    const client = await world.client((await world.server({ isExtended: false, engine })).url);
    expect([...client.capabilities].sort()).toEqual(["image-ablation", "overlap", "reference"]);
    const sequences = prompts.flatMap((prompt) =>
      [[3, 4, 0], [5], [0, 0, 2]].map((tokens) => ({ prompt, completion: Int32Array.from(tokens) })),
    );
    const answers = async (engine: Engine) => {
      const all: unknown[] = [];
      for (let round = 0; round < 2; round++) {
        if (round === 0) await engine.setReference();
        await engine.accumulate(
          sequences,
          sequences.map(({ completion }, i) => Float64Array.from(completion, (_, t) => Math.cos(i + t))),
        );
        all.push(await engine.step(adam), await engine.score(sequences));
        all.push(await engine.score(sequences, { weights: "reference" }));
      }
      return all;
    };
    expect(await answers(client)).toEqual(await answers(engine()));
  });

  test("on a server of the plain protocol refuses what it lacks, naming the call", async () => {
    const client = await world.client((await world.server({ isExtended: false })).url);
    const sequences = [{ prompt: prompts[0]!, completion: Int32Array.of(2, 5) }];
    const two = [Float64Array.of(1, 1)];
    await expect(client.score(sequences, { entropy: true })).rejects.toThrow(
      /^forward: .* offers no entropy$/,
    );
    await expect(client.score(sequences, { divergenceFrom: { kind: "black" } })).rejects.toThrow(
      /^forward: .* offers no divergences/,
    );
    await expect(client.accumulate(sequences, two, { valueCoefficients: two })).rejects.toThrow(
      /^forward_backward: .* offers no value head$/,
    );
    await expect(client.sample({ ...request, temperature: 0.7 })).rejects.toThrow(
      /^asample: .* expected sampling.temperature 1, got 0.7$/,
    );
    const groups = await client.sample({ ...request, signals: {} });
    for (const { entropy, logprobs } of groups.flat()) expect(entropy).toEqual(logprobs.map((own) => -own));
  });

  test.each([true, false])(
    "samples from earlier weights while later calls change them (extension: %s)",
    async (isExtended) => {
      const { url } = await world.server({ isExtended });
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      // Samples come to the server only after the step.
      let isHeld = false;
      const slow: Fetch = async (address, options) => {
        if (isHeld && address.endsWith("asample")) await held;
        return fetch(address, options);
      };
      const client = await world.client(url, { fetch: slow });
      const asked = isExtended ? request : { ...request, signals: {} };
      const before = await client.sample(asked);
      const sampler = await client.sampler();
      isHeld = true;
      const late = sampler.sample(asked);
      await client.accumulate(
        [{ prompt: prompts[0]!, completion: Int32Array.of(2, 5) }],
        [Float64Array.of(1, 1)],
      );
      expect((await client.step(adam)).applied).toBe(true);
      release();
      expect(await late).toEqual(before);
      expect(await client.sample(asked)).not.toEqual(before);
      expect(await sampler.sample(asked)).toEqual(before);
    },
  );

  test("sends a batch that is too large for one request in parts", async () => {
    const server = await world.server();
    const sizes: number[] = [];
    const counting: Fetch = (address, options) => {
      if (address.endsWith("forward_backward")) sizes.push((options.body as Uint8Array).byteLength);
      return fetch(address, options);
    };
    const sequences = Array.from({ length: 12 }, (_, i) => ({
      prompt: prompts[1]!,
      completion: Int32Array.of(i, 5, 6),
    }));
    const step = async (engine: Engine) => {
      await engine.accumulate(
        sequences,
        sequences.map(() => Float64Array.of(1, -1, 0.5)),
      );
      return engine.step(adam);
    };
    const whole = await step(await world.client(server.url));
    expect(await step(await world.client(server.url, { fetch: counting, maxRequestBytes: 1500 }))).toEqual(
      whole,
    );
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThan(1800);
  });

  test("asks for numbers of pairs of tokens in parts whose answers are not too large", async () => {
    const server = await world.server();
    let requests = 0;
    const counting: Fetch = (address, options) => {
      if (address.includes("/forward")) requests++;
      return fetch(address, options);
    };
    const sequences = Array.from({ length: 6 }, (_, i) => ({
      prompt: prompts[1]!,
      completion: Int32Array.from({ length: 20 }, (_, t) => (i + t) % 7),
    }));
    const asked = { signals: { calibrated: { row: "own", layers: 1, biasCorrection: true } } } as const;
    const whole = await (await world.client(server.url)).score(sequences, asked);
    const engine = await world.client(server.url, { fetch: counting, maxRequestBytes: 7000 });
    expect(await engine.score(sequences, {})).toHaveLength(6);
    expect(requests).toBe(1);
    expect(await engine.score(sequences, asked)).toEqual(whole);
    expect(requests).toBe(1 + 3);
  });
});
