import { afterAll, describe, expect, test } from "vitest";
import { CHECKPOINTS, checkpointDirectory, register } from "../../../testing/model-fixtures.ts";
import { recordedGenerations, recordedVisionPrompt } from "../../../testing/vision-fixtures.ts";
import { mismatch } from "../../check/mismatch.ts";
import type { Completion } from "../../engine.ts";
import { freshSmallModel } from "../../small-model.ts";
import { createLocalEngine } from "../create-local-engine.ts";
import { LocalModel, type LocalSampleRequest } from "../local-model.ts";

const { greedy } = recordedGenerations();

/** Ids that are never sampled. */
const SPECIAL: readonly number[] = [91, 92, 93, 94];

const REQUEST = {
  groupSize: 3,
  maxCompletionTokens: 20,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [],
  seed: 3,
  rollout: true,
} as const satisfies Partial<LocalSampleRequest>;

/** Sampled log-probs against scored log-probs. */
async function scoredMismatch(
  model: LocalModel,
  prompts: readonly number[],
  groups: readonly (readonly Completion[])[],
) {
  const sequences = groups.flatMap((group, p) =>
    group.map(({ tokens }) => ({ prompt: prompts[p]!, completion: tokens })),
  );
  const scores = await model.score(sequences);
  return mismatch(
    groups.flat().map(({ logprobs }) => logprobs),
    scores.map(({ logprobs }) => logprobs),
  );
}

describe.each(CHECKPOINTS)("rollouts in 8 bits of %s", (name) => {
  const model = new LocalModel({ model: checkpointDirectory(name), threads: 1, rollouts: "int8" });
  afterAll(() => model.close());
  const recorded = greedy.filter(({ checkpoint }) => checkpoint === name).slice(0, 4);
  const prompts = recorded.map((each) => register(model, recordedVisionPrompt(each)));

  test("have log-probs near the trained model's, and not the same", async () => {
    const found = await scoredMismatch(model, prompts, await model.sample({ ...REQUEST, prompts }));
    expect(found.tokens).toBe(prompts.length * 3 * 20);
    expect(found.mean).toBeGreaterThan(1e-5);
    expect(found.mean).toBeLessThan(0.06);
    expect(found.max).toBeLessThan(1);
  });

  test("are greedily the trained model's likeliest tokens, except for a few that are nearly as likely", async () => {
    const groups = await model.sample({
      ...REQUEST,
      prompts,
      groupSize: 1,
      maxCompletionTokens: 64,
      temperature: 0,
    });
    const sequences = groups.map(([completion], i) => ({
      prompt: prompts[i]!,
      completion: completion!.tokens,
    }));
    // The likeliest token that may be sampled is among them: four ids represent pixels or enclose them.
    const scores = await model.score(sequences, { alternatives: SPECIAL.length + 1 });
    const gaps = scores.flatMap(({ logprobs, alternatives }) =>
      [...logprobs].map((logprob, t) => {
        const first = t * (SPECIAL.length + 1);
        const tokens = [...alternatives!.tokens.subarray(first, first + SPECIAL.length + 1)];
        return (
          alternatives!.logprobs[first + tokens.findIndex((token) => !SPECIAL.includes(token))]! - logprob
        );
      }),
    );
    expect(gaps).toHaveLength(64 * prompts.length);
    expect(gaps.filter((gap) => gap < 1e-6).length).toBeGreaterThan(0.9 * gaps.length);
    expect(Math.max(...gaps)).toBeLessThan(0.5);
  });

  test("follow the weights: after a step they are near the new weights", async () => {
    const [prompt] = prompts;
    const completion = Int32Array.from(recorded[0]!.completion.slice(0, 8));
    await model.accumulate([{ prompt: prompt!, completion }], [new Float64Array(8).fill(1)]);
    const before = await model.score([{ prompt: prompt!, completion }]);
    const adam = {
      learningRate: 0.02,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradientNorm: 0,
    };
    expect(model.step(adam).applied).toBe(true);
    const after = await model.score([{ prompt: prompt!, completion }]);
    expect(Math.abs(after[0]!.logprobs[3]! - before[0]!.logprobs[3]!)).toBeGreaterThan(0.5);
    const found = await scoredMismatch(model, prompts, await model.sample({ ...REQUEST, prompts }));
    expect(found.mean).toBeLessThan(0.1);
  });
});

describe("an engine with rollouts in 8 bits", () => {
  const directory = checkpointDirectory("tied-gqa");
  const text = { chunks: [{ kind: "text", tokens: [1, 2, 3, 4] }] } as const;
  const signals = { attention: { row: "own" } } as const;

  test("samples all other requests as one without, and leaves the signals of rollouts to scoring", async () => {
    const [plain, own] = [
      new LocalModel({ model: directory, threads: 1 }),
      new LocalModel({ model: directory, threads: 1, rollouts: "int8" }),
    ];
    const prompts = [plain, own].map((model) => register(model, text));
    const { rollout: _, ...request } = REQUEST;
    const [expected, found] = [
      await plain.sample({ ...request, signals, prompts: [prompts[0]!] }),
      await own.sample({ ...request, signals, prompts: [prompts[1]!] }),
    ];
    expect(found).toEqual(expected);
    expect(found![0]![0]!.signals).toHaveProperty("attention");
    const [[rolled]] = (await own.sample({ ...REQUEST, signals, prompts: [prompts[1]!] })) as [[Completion]];
    expect(rolled.signals?.attention).toBeUndefined();
    // Without the option the request means nothing.
    expect(await plain.sample({ ...REQUEST, signals, prompts: [prompts[0]!] })).toEqual(expected);
    await plain.close();
    await own.close();
  });

  test("samples a completion alike in every batch, and the same again from the same seed", async () => {
    const model = new LocalModel({ model: directory, threads: 1, rollouts: "int8" });
    const prompts = [text, { chunks: [{ kind: "text", tokens: [9, 8] }] } as const].map((prompt) =>
      register(model, prompt),
    );
    const together = await model.sample({ ...REQUEST, prompts, seed: [5, 6] });
    const alone = await model.sample({ ...REQUEST, prompts: [prompts[1]!], seed: [6] });
    expect(alone[0]!.map(({ tokens }) => tokens)).toEqual(together[1]!.map(({ tokens }) => tokens));
    expect(await model.sample({ ...REQUEST, prompts, seed: [5, 6] })).toEqual(together);
    await model.close();
  });

  test("of adapters rounds the frozen weights once, and adds the adapters as they are", async () => {
    const lora = { rank: 4, alpha: 8, modules: ["q_proj", "v_proj", "down_proj"], seed: 1 } as const;
    const model = new LocalModel({ model: directory, threads: 1, rollouts: "int8", lora });
    const prompts = [register(model, text)];
    const completion = Int32Array.of(5, 6, 7, 8);
    const adam = {
      learningRate: 0.1,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradientNorm: 0,
    };
    const first = await model.sample({ ...REQUEST, prompts });
    for (let i = 0; i < 3; i++) {
      await model.accumulate([{ prompt: prompts[0]!, completion }], [new Float64Array(4).fill(1)]);
      model.step(adam);
    }
    const learnt = await model.sample({ ...REQUEST, prompts });
    expect(learnt).not.toEqual(first);
    expect((await scoredMismatch(model, prompts, learnt)).mean).toBeLessThan(0.05);
    await model.close();
  });

  test("says so by its capability, on replicas too; streamed weights refuse it", async () => {
    const engine = await createLocalEngine({
      model: freshSmallModel(0),
      threads: 2,
      replicas: 2,
      rollouts: "int8",
    });
    expect(engine.capabilities.has("int8-rollouts")).toBe(true);
    const groups = await engine.sample({ ...REQUEST, prompts: [text, text], maxCompletionTokens: 4 });
    expect(groups.flat().every(({ tokens }) => tokens.length === 4)).toBe(true);
    await engine.close();
    await expect(createLocalEngine({ model: directory, stream: true, rollouts: "int8" })).rejects.toThrow(
      "rollouts: expected fp32 with stream, which can only score, got int8",
    );
  });
});
