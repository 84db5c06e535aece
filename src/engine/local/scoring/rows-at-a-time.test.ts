/**
 * The head on some rows at a time, small batches, and layers computed again give the numbers of the whole batch at
 * once.
 */
import { afterAll, describe, expect, test, vi } from "vitest";
import { EngineError } from "../../../errors/index.ts";
import { Rng } from "../../../math/index.ts";
import {
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
} from "../../../testing/model-fixtures.ts";
import type { AccumulateOptions, ScoreRequest } from "../../engine.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { LocalModel } from "../local-model.ts";
import type { ReplicaOptions } from "../local-options.ts";
import { MemoryPlan } from "../memory/memory-plan.ts";
import { ProgramCache } from "../program-cache.ts";

const MIB = 2 ** 20;
const RUNTIME = 96 * MIB;
const STILL = { learningRate: 0, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, maxGradientNorm: 0 };
const FLOAT32 = { rtol: 0, atol: 2e-5 };

describe.each(["tied-gqa", "untied-gqa"] as const)("%s", (name) => {
  const recorded = recordedCase(name, "padded-batch").sequences;
  const rng = new Rng(4);
  const completions = [9, 16, 5, 12, 3, 16].map((length) =>
    Int32Array.from({ length }, () => rng.integer(88)),
  );
  const like = () => completions.map(({ length }) => Float64Array.from({ length }, () => rng.normal()));
  const [coefficients, valueCoefficients, entropyCoefficients] = [like(), like(), like()];

  /** Opens the model with so many bytes for its numbers, batches and programs. */
  function open(bytes: number, options: Partial<ReplicaOptions> = {}) {
    const model = new LocalModel({
      model: checkpointDirectory(name),
      threads: 1,
      valueHead: true,
      machine: { budget: RUNTIME + bytes, process: 0 },
      ...options,
    });
    const prompts = recorded.map((sequence) => register(model, recordedPrompt(sequence)));
    const sequences = completions.map(
      (completion, i): LocalSequence => ({ prompt: prompts[Math.floor(i / 2)]!, completion }),
    );
    return { model, sequences };
  }

  const whole = open(1024 * MIB);
  const weights = 4 * whole.model.trainedSize();
  /** With gradients and two moments. */
  const fixed = 4 * weights;
  afterAll(() => whole.model.close());

  const asked: ScoreRequest = {
    temperature: 0.8,
    entropy: true,
    values: true,
    likeliest: true,
    alternatives: 3,
    divergenceFrom: { kind: "black" },
    signals: { attention: { row: "own" } },
  };

  type Opened = ReturnType<typeof open>;

  async function gradientsOf({ model, sequences }: Opened, options: AccumulateOptions) {
    await model.accumulate(sequences, coefficients, options);
    const copies = new Map([...model.gradients()].map(([key, { data }]) => [key, data.slice()]));
    model.step(STILL);
    return copies;
  }

  /** @returns the largest difference of a parameter's gradient over its norm */
  function difference(
    found: ReadonlyMap<string, Float32Array>,
    expected: ReadonlyMap<string, Float32Array>,
  ): number {
    const norm = (data: Float32Array) => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
    expect([...found.keys()]).toEqual([...expected.keys()]);
    return Math.max(
      ...[...found].map(([key, data]) => {
        const other = expected.get(key)!;
        const apart = norm(data.map((value, i) => value - other[i]!));
        return apart === 0 ? 0 : apart / norm(other);
      }),
    );
  }

  const OPTIONS: AccumulateOptions = { temperature: 0.8, valueCoefficients, entropyCoefficients };

  test("log-probs, entropies, values, divergences and alternatives some rows at a time", async () => {
    const expected = await whole.model.score(whole.sequences, asked);
    // Images take 37 KB, the vision tower works in 45. An eighth of what is left holds the logits of a few rows of 96 words.
    const small = open(weights + 90_000);
    const found = await small.model.score(small.sequences, asked);
    for (const [i, score] of found.entries()) {
      const other = expected[i]!;
      for (const numbers of ["logprobs", "entropy", "values", "divergence", "ablatedLogprobs"] as const) {
        expect(score[numbers]).toBeAllclose(other[numbers]!, FLOAT32);
      }
      expect(score.likeliest).toEqual(other.likeliest);
      expect(score.alternatives!.tokens).toEqual(other.alternatives!.tokens);
      expect(score.alternatives!.logprobs).toBeAllclose(other.alternatives!.logprobs, FLOAT32);
      expect(score.signals).toEqual(other.signals);
    }
    await small.model.close();
  });

  test("the gradient with the head some rows at a time, in batches that fit", async () => {
    const expected = await gradientsOf(whole, OPTIONS);
    for (const mebibytes of [0.6, 1, 3]) {
      const small = open(fixed + mebibytes * MIB);
      expect(difference(await gradientsOf(small, OPTIONS), expected)).toBeLessThan(1e-5);
      await small.model.close();
    }
  });

  test("the gradient with layers computed again, bitwise", async () => {
    const anew = open(1024 * MIB, { checkpointing: "blocks" });
    expect(await gradientsOf(anew, OPTIONS)).toEqual(await gradientsOf(whole, OPTIONS));
    await anew.model.close();
  });

  test("gradients add up over calls", async () => {
    const once = await gradientsOf(whole, OPTIONS);
    await whole.model.accumulate(whole.sequences, coefficients, OPTIONS);
    const twice = await gradientsOf(whole, OPTIONS);
    const doubled = new Map([...once].map(([key, data]) => [key, data.map((value) => 2 * value)]));
    expect(difference(twice, doubled)).toBeLessThan(1e-6);
  });

  test("a sequence that does not fit alone is refused before anything is added", async () => {
    const tiny = open(fixed + 50_000);
    const refused = tiny.model.accumulate(tiny.sequences, coefficients);
    await expect(refused).rejects.toThrow(EngineError);
    await expect(refused).rejects.toThrow(
      /^accumulate: memory: expected at least .*: weights .*, gradients .*, moments .*, activations of one completion of \d+ tokens after a prompt of \d+ /,
    );
    for (const { data } of tiny.model.gradients().values()) {
      expect(data.every((value) => value === 0)).toBe(true);
    }
    await tiny.model.close();
  });

  test("a batch whose way has no room any more takes the next one, and keeps it", async () => {
    const { model, sequences } = open(1024 * MIB);
    const get = vi.spyOn(ProgramCache.prototype, "get");
    let room = Number.POSITIVE_INFINITY;
    const asked: number[] = [];
    vi.spyOn(MemoryPlan.prototype, "fits").mockImplementation(({ activations, programs }) => {
      asked.push(activations + programs);
      return activations + programs <= room;
    });
    const one = sequences.slice(0, 1);
    const way = async () => {
      get.mockClear();
      await model.accumulate(one, coefficients.slice(0, 1));
      return get.mock.calls.flatMap(([key]) => /^train (\w+)/.exec(key)?.[1] ?? []);
    };
    expect(await way()).toEqual(["whole"]);
    room = asked[0]! - 1;
    const [next] = await way();
    expect(["none", "blocks"]).toContain(next);
    room = Number.POSITIVE_INFINITY;
    expect(await way()).toEqual([next]);
    vi.restoreAllMocks();
    await model.close();
  });

  test("a run whose completions cannot fit is refused before it begins", async () => {
    const { model } = open(fixed + 2 * MIB);
    model.requireRoom({ completionTokens: 16, reference: false });
    expect(() => model.requireRoom({ completionTokens: 4096, reference: false })).toThrow(
      /^train: memory: expected at least .* activations of one completion of 4096 tokens/,
    );
    expect(() => model.requireRoom({ completionTokens: 16, reference: true })).not.toThrow();
    await model.close();
  });
});

test("weights that do not fit are refused before they are read", () => {
  const machine = { budget: RUNTIME + 1000, process: 0 };
  expect(() => new LocalModel({ model: checkpointDirectory("tied-gqa"), machine })).toThrow(
    /^memory: expected at least /,
  );
});
