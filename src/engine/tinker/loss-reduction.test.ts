import { afterEach, describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { TinkerWorld } from "../../testing/tinker-fixtures.ts";
import type { Engine, Sequence } from "../engine.ts";
import { createFakeEngine } from "../fake/fake-engine.ts";
import type { Fetch } from "./tinker-options.ts";

const world = new TinkerWorld();
afterEach(() => world.close());

const fake = () => createFakeEngine({ vocabSize: 12, promptRows: 1, seed: 5 });
const prompt = { chunks: [{ kind: "text" as const, tokens: [3, 1] }] };
const sequences: readonly Sequence[] = [[3, 4, 0], [5], [0, 0, 2, 7]].map((tokens) => ({
  prompt,
  completion: Int32Array.from(tokens),
}));
/** Of either sign; the first sequence's coefficients sum to less than 0, the second's are 0. */
const coefficients = [[-0.5, 0.2, -0.1], [0], [0.3, -0.2, 0.1, 0.4]].map((own) => Float64Array.from(own));
const adam = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 0,
};

/** An engine whose step divides by the number of sequences since the last one. */
function meanOfSequences(engine: Engine): Engine {
  let kept: (readonly [Sequence, Float64Array])[] = [];
  return {
    ...engine,
    async accumulate(given, own) {
      kept.push(...given.map((sequence, i) => [sequence, own[i]!] as const));
      return { tokens: 1, finite: true };
    },
    async step(parameters) {
      await engine.accumulate(
        kept.map(([sequence]) => sequence),
        kept.map(([, own]) => own.map((value) => value / kept.length)),
      );
      kept = [];
      return engine.step(parameters);
    },
  };
}

interface Body {
  readonly forward_backward_input?: {
    readonly loss_fn: string;
    readonly data: { readonly loss_fn_inputs: Record<string, { data: number[] }> }[];
  };
}
interface Answer {
  metrics?: object;
  readonly loss_fn_outputs?: Record<string, object>[];
}

/**
 * A server of the plain protocol that reports no batch's loss, and divides by the weights of each sequence if asked
 * to.
 *
 * @param name the server's name for itself
 */
async function client(
  divides: boolean,
  engine: () => Engine,
  lossReduction?: "sum" | "mean",
  name = "another",
) {
  const losses: string[] = [];
  const calls: string[] = [];
  const wrapped: Fetch = async (address, options) => {
    if (new URL(address).pathname === "/") return Response.json({ name });
    calls.push(address.split("/").at(-1)!);
    const body = JSON.parse((options.body as string | undefined) ?? "{}") as Body;
    const { loss_fn, data = [] } = body.forward_backward_input ?? {};
    if (loss_fn !== undefined) losses.push(loss_fn);
    for (const { loss_fn_inputs } of divides ? data : []) {
      const weights = loss_fn_inputs["weights"]!;
      const sum = Math.max(
        weights.data.reduce((a, b) => a + b, 0),
        1e-9,
      );
      weights.data = weights.data.map((own) => own / sum);
    }
    const changed = options.body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(address, { ...options, ...changed });
    const answer = (await response.json()) as Answer;
    if (answer.loss_fn_outputs !== undefined) answer.metrics = {};
    for (const output of answer.loss_fn_outputs ?? []) output["elementwise_loss"] ??= { data: [0] };
    return new Response(JSON.stringify(answer), { status: response.status });
  };
  const { url } = await world.server({ isExtended: false, engine });
  const options = { fetch: wrapped, loraRank: 2, ...(lossReduction && { lossReduction }) };
  return { losses, calls, engine: await world.client(url, options) };
}

/** Log-probs after two steps. */
async function trained(engine: Engine): Promise<number[]> {
  for (let round = 0; round < 2; round++) {
    await engine.accumulate(sequences, coefficients);
    await engine.step(adam);
  }
  const scores = await engine.score(sequences);
  return scores.flatMap(({ logprobs }) => [...logprobs]);
}

describe("coefficients on a server that takes means over weights and sequences", () => {
  test("give the gradients of their sum, for coefficients of either sign", async () => {
    const { losses, engine } = await client(true, () => meanOfSequences(fake()));
    expect(await trained(engine)).toBeAllclose(await trained(fake()), { rtol: 1e-9, atol: 1e-9 });
    expect(losses.slice(-2)).toEqual(["cispo", "cispo"]);
  });

  test("are measured once, beside the model that is trained", async () => {
    const { losses, engine } = await client(true, () => meanOfSequences(fake()));
    const before = (await engine.score(sequences)).map(({ logprobs }) => [...logprobs]);
    await engine.accumulate(sequences, coefficients);
    await engine.step({ ...adam, learningRate: 0 });
    expect((await engine.score(sequences)).map(({ logprobs }) => [...logprobs])).toEqual(before);
    expect(losses).toEqual(["cross_entropy", "cross_entropy", "cross_entropy", "cispo", "cispo"]);
  });

  test.each([
    ["another", 1],
    ["Tinker API Mock", 0],
  ])(
    "whose measurement releases its model, where the server continues without it: %s",
    async (name, released) => {
      const { calls } = await client(true, () => meanOfSequences(fake()), undefined, name);
      expect(calls.filter((call) => call === "create_model")).toHaveLength(2);
      expect(calls.filter((call) => call === "unload_model")).toHaveLength(released);
    },
  );

  test("would be other gradients as the weights of a cross-entropy", async () => {
    const { engine } = await client(true, () => meanOfSequences(fake()), "sum");
    const [first] = await trained(engine);
    expect(Math.abs(first! - (await trained(fake()))[0]!)).toBeGreaterThan(0.01);
  });

  test("need no measurement where the configuration says so", async () => {
    const { losses, engine } = await client(true, () => meanOfSequences(fake()), "mean");
    expect(await trained(engine)).toBeAllclose(await trained(fake()), { rtol: 1e-9, atol: 1e-9 });
    expect(losses).toEqual(["cispo", "cispo"]);
  });
});

describe("how a server adds up losses", () => {
  test("is measured as a sum where it is one, though the server reports no batch's loss", async () => {
    const { losses, engine } = await client(false, fake);
    expect(await trained(engine)).toEqual(await trained(fake()));
    expect(losses.slice(-2)).toEqual(["cross_entropy", "cross_entropy"]);
  });

  test("is an error with the numbers where it is neither sum nor mean", async () => {
    await expect(client(true, fake)).rejects.toThrow(
      /^forward_backward: expected gradients of a sum or of a mean .* set engine.lossReduction$/,
    );
  });
});

describe("a reference on SkyRL, whose samplers have the weights that are trained", () => {
  const SKYRL = "Tinker API Mock";
  const logprobs = async (engine: Engine, weights: "policy" | "reference") =>
    (await engine.score(sequences, { weights })).flatMap((score) => [...score.logprobs]);

  test("is a separate model on the backend that takes means, and remains so when a run continues", async () => {
    const { engine } = await client(true, () => meanOfSequences(fake()), "mean", SKYRL);
    expect([...engine.capabilities].sort()).toEqual(["image-ablation", "overlap", "reference"]);
    const start = await logprobs(engine, "policy");
    await engine.setReference();
    const after = await trained(engine);
    expect(after).not.toEqual(start);
    expect(await logprobs(engine, "reference")).toEqual(start);
    expect(await logprobs(engine, "policy")).toEqual(after);

    const directory = temporaryDirectory();
    await engine.save(directory);
    await trained(engine);
    await engine.load(directory);
    expect(await logprobs(engine, "reference")).toEqual(start);
    expect(await logprobs(engine, "policy")).toEqual(after);
  });

  test("is not offered on the backend that sums, which trains one model", async () => {
    const { engine } = await client(false, fake, "sum", SKYRL);
    expect([...engine.capabilities]).toEqual(["image-ablation"]);
  });
});
