import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { EngineError, ShapeError } from "../../../errors/index.ts";
import {
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
  writeVariant,
} from "../../../testing/model-fixtures.ts";
import type { Completion, Prompt } from "../../engine.ts";
import { LocalModel, type LocalSampleRequest } from "../local-model.ts";
import { ProgramCache } from "../program-cache.ts";

const NAME = "untied-gqa";
const VOCABULARY = 99;
const [VISION_START, VISION_END, IMAGE, VIDEO] = [91, 92, 93, 94] as const;
const BANNED: readonly number[] = [VISION_START, VISION_END, IMAGE, VIDEO];
const ALLOWED = Array.from({ length: VOCABULARY }, (_, token) => token).filter(
  (token) => !BANNED.includes(token),
);

const folder = mkdtempSync(join(tmpdir(), "fovea-sampling-"));
const model = new LocalModel({ model: checkpointDirectory(NAME), threads: 1 });
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

const { sequences } = recordedCase(NAME, "padded-batch");
const [first, second, third] = sequences.map((sequence) => register(model, recordedPrompt(sequence))) as [
  number,
  number,
  number,
];

const sample = (request: Partial<LocalSampleRequest>, from = model): Promise<Completion[][]> =>
  from.sample({
    prompts: [first],
    groupSize: 2,
    maxCompletionTokens: 12,
    temperature: 1,
    topP: 1,
    topK: 0,
    stopTokens: [],
    seed: 5,
    ...request,
  });

const tokensOf = (groups: readonly (readonly Completion[])[]) =>
  groups.map((group) => group.map(({ tokens }) => [...tokens]));

/** Log-probs of every token that can be scored after `prefix`: all except image and video pads, which get −∞. */
async function nextLogprobs(prompt: number, prefix: readonly number[], temperature = 1, from = model) {
  const scored = Array.from({ length: VOCABULARY }, (_, token) => token).filter(
    (token) => token !== IMAGE && token !== VIDEO,
  );
  const scores = await from.score(
    scored.map((token) => ({ prompt, completion: Int32Array.of(...prefix, token) })),
    { temperature },
  );
  const logprobs = new Float64Array(VOCABULARY).fill(Number.NEGATIVE_INFINITY);
  for (const [i, token] of scored.entries()) {
    logprobs[token] = scores[i]!.logprobs.at(-1)!;
  }
  return logprobs;
}

describe("seeds", () => {
  test("the same seed gives the same completions", async () => {
    const request = { prompts: [first, second, third], groupSize: 3 };
    const once = await sample(request);
    expect(await sample(request)).toEqual(once);
  });

  test("another seed gives others", async () => {
    expect(tokensOf(await sample({ seed: 6 }))).not.toEqual(tokensOf(await sample({ seed: 5 })));
  });

  test("completions of one group, and of one prompt twice, differ", async () => {
    const groups = tokensOf(await sample({ prompts: [first, first], groupSize: 3 })).flat();
    expect(new Set(groups.map(String)).size).toBe(6);
  });

  test("a prompt's completions do not depend on the batch's other prompts", async () => {
    const [, alone] = tokensOf(await sample({ prompts: [third, second] }));
    const [, among] = tokensOf(await sample({ prompts: [first, second, first, third, first] }));
    expect(among).toEqual(alone);
  });

  test("a prompt with a seed of its own has the completions that it has alone with it", async () => {
    const prompts = [first, second, third, second];
    const seed = [7, 8, 9, 10];
    const together = tokensOf(await sample({ prompts, seed }));
    for (const [p, prompt] of prompts.entries()) {
      expect(tokensOf(await sample({ prompts: [prompt], seed: seed[p]! }))).toEqual([together[p]]);
    }
    const others = { prompts: [third, second, first], seed: [9, 11, 7] };
    const [asThird, , asFirst] = tokensOf(await sample(others));
    expect([asFirst, asThird]).toEqual([together[0], together[2]]);
  });

  test("seeds for another number of prompts are refused", async () => {
    await expect(sample({ prompts: [first, second], seed: [1] })).rejects.toThrow(
      new ShapeError("sample: seed: expected one for each of 2 prompts, got 1"),
    );
  });

  test("a larger group begins with the smaller one's completions, and a lower limit only cuts them", async () => {
    const [large] = tokensOf(await sample({ groupSize: 5, maxCompletionTokens: 20 }));
    const [small] = tokensOf(await sample({ groupSize: 2 }));
    expect(small).toEqual(large!.slice(0, 2).map((tokens) => tokens.slice(0, 12)));
  });
});

describe("the choice of tokens", () => {
  test("temperature 0 takes the likeliest token at each step and reports its log-prob at temperature 1", async () => {
    const [group] = await sample({ temperature: 0, maxCompletionTokens: 4, groupSize: 2 });
    const { tokens, logprobs } = group![0]!;
    expect(group![1]!.tokens).toEqual(tokens);
    for (const [t, token] of tokens.entries()) {
      const next = await nextLogprobs(first, [...tokens.slice(0, t)]);
      const best = Math.max(...ALLOWED.map((each) => next[each]!));
      expect(next[token]).toBe(best);
      expect(logprobs[t]).toBeCloseTo(best, 4);
    }
  });

  test("the top 1 and a tiny nucleus are greedy", async () => {
    const prompts = [first, second, third];
    const greedy = tokensOf(await sample({ prompts, temperature: 0 }));
    expect(tokensOf(await sample({ prompts, topK: 1 }))).toEqual(greedy);
    expect(tokensOf(await sample({ prompts, topP: 1e-6 }))).toEqual(greedy);
  });

  test("top-k and top-p draw from the likeliest only, and log-probs remain log-probs of the whole distribution", async () => {
    const next = await nextLogprobs(first, []);
    const order = ALLOWED.toSorted((a, b) => next[b]! - next[a]!);
    const draws = async (options: Partial<LocalSampleRequest>) =>
      (await sample({ groupSize: 256, maxCompletionTokens: 1, ...options }))[0]!;
    const top = await draws({ topK: 4 });
    expect(new Set(top.map(({ tokens }) => tokens[0]))).toEqual(new Set(order.slice(0, 4)));
    for (const { tokens, logprobs } of top) {
      expect(logprobs[0]).toBeCloseTo(next[tokens[0]!]!, 4);
    }
    const allowed = ALLOWED.reduce((sum, token) => sum + Math.exp(next[token]!), 0);
    let mass = 0;
    let size = 0;
    while (mass < 0.3 * allowed) {
      mass += Math.exp(next[order[size++]!]!);
    }
    const nucleus = new Set(order.slice(0, size));
    expect(size).toBeGreaterThan(2);
    const drawn = new Set((await draws({ topP: 0.3 })).map(({ tokens }) => tokens[0]!));
    expect([...drawn].filter((token) => !nucleus.has(token))).toEqual([]);
    expect(drawn.size).toBe(nucleus.size);
  });

  test.each([1, 0.7])("frequencies follow the distribution at temperature %f", async (temperature) => {
    const next = await nextLogprobs(second, [], temperature);
    const counts = new Float64Array(VOCABULARY);
    const draws = 4096;
    const request = { prompts: [second], groupSize: 512, maxCompletionTokens: 1, temperature };
    for (let round = 0; round < draws / 512; round++) {
      for (const { tokens } of (await sample({ ...request, seed: round }))[0]!) {
        counts[tokens[0]!]! += 1;
      }
    }
    const allowed = ALLOWED.reduce((sum, token) => sum + Math.exp(next[token]!), 0);
    // Tokens expected fewer than 5 times share a cell.
    const cells: { expected: number; found: number }[] = [];
    const rare = { expected: 0, found: 0 };
    for (const token of ALLOWED) {
      const expected = (draws * Math.exp(next[token]!)) / allowed;
      if (expected >= 5) {
        cells.push({ expected, found: counts[token]! });
      } else {
        rare.expected += expected;
        rare.found += counts[token]!;
      }
    }
    cells.push(rare);
    const statistic = cells.reduce((sum, { expected, found }) => sum + (found - expected) ** 2 / expected, 0);
    // The 99.9 % point of chi-square by Wilson and Hilferty's approximation.
    const freedom = cells.length - 1;
    const limit = freedom * (1 - 2 / (9 * freedom) + 3.09 * Math.sqrt(2 / (9 * freedom))) ** 3;
    expect(freedom).toBeGreaterThan(10);
    expect(statistic).toBeLessThan(limit);
  });

  test.each([1, 0.7])("entropy is that of the whole distribution at temperature %f", async (temperature) => {
    const [[completion]] = (await sample({ prompts: [second], maxCompletionTokens: 1, temperature })) as [
      [Completion],
    ];
    const next = await nextLogprobs(second, [], temperature);
    const known = [...next].filter(Number.isFinite);
    const rest = 1 - known.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
    const ofKnown = known.reduce((sum, logprob) => sum - Math.exp(logprob) * logprob, 0);
    // Image and video pads cannot be scored; two tokens that share `rest` have an entropy between these.
    const low = ofKnown - rest * Math.log(rest);
    expect(completion.entropy[0]).toBeGreaterThan(low - 1e-4);
    expect(completion.entropy[0]).toBeLessThan(low + rest * Math.LN2 + 1e-4);
  });
});

describe("the end of a completion", () => {
  test("is the first stop token, which is kept, or the limit", async () => {
    const request = { prompts: [first, second, third], groupSize: 4, maxCompletionTokens: 24 };
    const free = await sample(request);
    const stopTokens = [free[0]![1]!.tokens[7]!, free[2]![0]!.tokens[18]!];
    const stopped = await sample({ ...request, stopTokens });
    for (const [p, group] of stopped.entries()) {
      for (const [g, { tokens, logprobs, entropy, stopReason }] of group.entries()) {
        const whole = free[p]![g]!.tokens;
        const end = whole.findIndex((token) => stopTokens.includes(token));
        expect([...tokens]).toEqual([...(end < 0 ? whole : whole.slice(0, end + 1))]);
        expect(stopReason).toBe(end < 0 ? "length" : "stop");
        expect([logprobs.length, entropy.length]).toEqual([tokens.length, tokens.length]);
      }
    }
    const reasons = stopped.flat().map(({ stopReason }) => stopReason);
    expect(new Set(reasons)).toEqual(new Set(["stop", "length"]));
  });

  test("is a stop token even where the limit falls on it", async () => {
    const [[completion]] = (await sample({ maxCompletionTokens: 3 })) as [[Completion]];
    const stopTokens = [completion.tokens[2]!];
    const [[same]] = (await sample({ maxCompletionTokens: 3, stopTokens })) as [[Completion]];
    expect(same.tokens.at(-1)).toBe(stopTokens[0]);
    expect(same.stopReason).toBe("stop");
  });

  test("no prompts, no completions", async () => {
    expect(await sample({ prompts: [] })).toEqual([]);
  });
});

describe("image and video ids are never drawn", () => {
  /** A model whose head prefers the special ids by far: each of them follows a direction of the hidden state. */
  function preferring(strength: number): LocalModel {
    const directory = writeVariant(NAME, join(folder, `banned-${strength}`), (weights) => {
      const { data, shape } = weights.get("lm_head.weight")!;
      const width = shape[1]!;
      for (const [i, token] of BANNED.entries()) {
        const row = data.subarray(token * width, (token + 1) * width).fill(0);
        row[i >> 1] = i % 2 === 0 ? strength : -strength;
      }
    });
    return new LocalModel({ model: directory, threads: 1 });
  }

  test.each([20, 2000])("even where they have nearly all the probability (strength %d)", async (strength) => {
    const biased = preferring(strength);
    const prompt = register(biased, recordedPrompt(sequences[0]!));
    const next = await nextLogprobs(prompt, [], 1, biased);
    expect(ALLOWED.reduce((sum, token) => sum + Math.exp(next[token]!), 0)).toBeLessThan(0.05);
    const request = { prompts: [prompt], groupSize: 16, maxCompletionTokens: 24 };
    const settings = [{}, { temperature: 0 }, { topK: 3 }, { topP: 0.5 }];
    for (const setting of settings) {
      for (const { tokens } of (await sample({ ...request, ...setting }, biased))[0]!) {
        expect(tokens).toHaveLength(24);
        expect(tokens.filter((token) => BANNED.includes(token))).toHaveLength(0);
      }
    }
    await biased.close();
  });
});

describe("where memory is short", () => {
  const text = (...tokens: number[]): Prompt => ({ chunks: [{ kind: "text", tokens }] });
  const MIB = 2 ** 20;
  const weights = statSync(join(checkpointDirectory(NAME), "model.safetensors")).size;
  /** A model with so many bytes for programs, more or less, and the keys of its programs. */
  function narrow(room: number) {
    const machine = { budget: weights + 96 * MIB + room, process: 0 };
    const small = new LocalModel({ model: checkpointDirectory(NAME), threads: 1, machine });
    const get = vi.spyOn(ProgramCache.prototype, "get");
    const keys = (kind: string) => get.mock.calls.map(([key]) => key).filter((key) => key.startsWith(kind));
    return { small, keys, clear: () => get.mockClear() };
  }
  afterEach(() => vi.restoreAllMocks());

  test("prompts go through in several runs, and completions are the same", async () => {
    const { small, keys, clear } = narrow(200_000);
    const texts = [28, 25, 9].map((length) => text(...Array.from({ length }, (_, i) => (7 * i) % 80)));
    const request = { groupSize: 1, maxCompletionTokens: 4, seed: 3 };
    const whole = await sample({ ...request, prompts: texts.map((own) => register(model, own)) });
    const prompts = texts.map((own) => register(small, own));
    clear();
    expect(tokensOf(await sample({ ...request, prompts }, small))).toEqual(tokensOf(whole));
    expect(keys("prefill")).toEqual(["prefill 2x32 0 0", "prefill 2x32 0 0"]);
    await small.close();
  });

  test("a prompt that does not fit by itself is refused before sampling, with numbers and settings", async () => {
    const { small, keys, clear } = narrow(60_000);
    const [short, long] = [3, 500].map((length) =>
      register(small, text(...Array.from({ length }, (_, i) => (7 * i) % 80))),
    );
    clear();
    const sampled = sample({ groupSize: 1, maxCompletionTokens: 4, prompts: [short!, long!] }, small);
    await expect(sampled).rejects.toThrow(EngineError);
    await expect(sampled).rejects.toThrow(
      /^sample: memory: expected at least \d+ MiB free for a prompt of 500 tokens, got 0 MiB: allow more by engine\.memory, leave such prompts out by data\.maxPromptTokens/,
    );
    expect(keys("prefill")).toEqual([]);
    expect(await sample({ groupSize: 1, maxCompletionTokens: 4, prompts: [short!] }, small)).toHaveLength(1);
    await small.close();
  });

  test("a group is sampled in parts, and completions are the same", async () => {
    const { small, keys, clear } = narrow(60_000);
    const prompt = register(small, text(1, 2, 3));
    const whole = await sample({ groupSize: 24, prompts: [register(model, text(1, 2, 3))] });
    clear();
    expect(tokensOf(await sample({ groupSize: 24, prompts: [prompt] }, small))).toEqual(tokensOf(whole));
    expect(new Set(keys("decode"))).toEqual(new Set([expect.stringContaining('"groupSize":4,')]));
    await small.close();
  });
});

test("weights that are not finite are reported, not sampled from", async () => {
  const directory = writeVariant(NAME, join(folder, "broken"), (weights) => {
    weights.get("model.norm.weight")!.data[0] = Number.NaN;
  });
  const broken = new LocalModel({ model: directory, threads: 1 });
  const prompt = register(broken, recordedPrompt(sequences[1]!));
  await expect(sample({ prompts: [prompt] }, broken)).rejects.toThrow("expected finite log-probs, got NaN");
  await expect(sample({ prompts: [prompt], temperature: 0 }, broken)).rejects.toThrow(
    "are the weights finite?",
  );
  await broken.close();
});
