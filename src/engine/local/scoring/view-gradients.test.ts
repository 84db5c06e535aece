import { afterAll, describe, expect, test } from "vitest";
import type { ImageAblation } from "../../../credit/index.ts";
import { EngineError } from "../../../errors/index.ts";
import { Rng } from "../../../math/index.ts";
import {
  checkpointDirectory,
  recordedCase,
  recordedPrompt,
  register,
  registerCase,
} from "../../../testing/model-fixtures.ts";
import type { AdamParameters } from "../../engine.ts";
import type { LocalSequence } from "../known-prompts.ts";
import { LocalModel } from "../local-model.ts";

const NAME = "untied-gqa";
const STILL: AdamParameters = {
  learningRate: 0,
  beta1: 0,
  beta2: 0,
  epsilon: 1,
  weightDecay: 0,
  maxGradientNorm: 0,
};
const model = new LocalModel({ model: checkpointDirectory(NAME), threads: 1 });
afterAll(() => model.close());
const sequences = registerCase(model, recordedCase(NAME, "padded-batch"));
const rng = new Rng(2);
const coefficients = sequences.map(({ completion }) => Float64Array.from(completion, () => rng.normal()));
const VALUES = { kind: "replace-values", threshold: 1, mean: "vector" } as const;

describe("the gradient through a view of the images", () => {
  test.each<ImageAblation>([
    { kind: "black" },
    { kind: "diffusion", step: 500, seed: 1 },
    { kind: "discard" },
  ])("is that of its log-probs: $kind, by central differences along it", async (image) => {
    const moved = new LocalModel({ model: checkpointDirectory(NAME), threads: 1 });
    const own = registerCase(moved, recordedCase(NAME, "padded-batch"));
    /** Σ c·log π after a step of this length along the gradient: AdamW with a huge epsilon follows the gradient itself. */
    const stepped = async (distance: number, norm = 1, sign = 1) => {
      moved.load(checkpointDirectory(NAME));
      const signed = coefficients.map((row) => row.map((value) => sign * value));
      await moved.accumulate(own, signed, { image });
      const { gradientNorm } = moved.step({ ...STILL, learningRate: (distance / norm) * 1e6, epsilon: 1e6 });
      const scores = await moved.score(own, { image });
      const total = scores.reduce(
        (sum, { logprobs }, i) =>
          sum + logprobs.reduce((part, value, t) => part + value * coefficients[i]![t]!, 0),
        0,
      );
      return { gradientNorm, total };
    };
    const { gradientNorm } = await stepped(0);
    const step = Math.min(0.02, 0.05 / gradientNorm);
    const [above, below] = [await stepped(step, gradientNorm), await stepped(step, gradientNorm, -1)];
    expect(gradientNorm).toBeGreaterThan(0.01);
    expect([(above.total - below.total) / (2 * step)]).toBeAllclose([gradientNorm], { rtol: 5e-3 });
    await moved.close();
  });

  test("is another one than with the images as given, and none of it is left by scoring", async () => {
    await model.accumulate(sequences, coefficients);
    const given = model.step(STILL).gradientNorm;
    await model.accumulate(sequences, coefficients, { image: { kind: "black" } });
    const black = model.step(STILL).gradientNorm;
    await model.score(sequences, { image: { kind: "black" } });
    expect(model.step(STILL).gradientNorm).toBe(0);
    expect(Math.abs(black - given)).toBeGreaterThan(1e-3);
  });
});

describe("values of image tokens replaced within the model", () => {
  test("move the log-probs of prompts with images, and do not change prompts of text", async () => {
    const given = await model.score(sequences);
    const replaced = await model.score(sequences, { image: VALUES });
    for (const [i, { logprobs }] of replaced.entries()) {
      expect(logprobs).toHaveLength(sequences[i]!.completion.length);
      expect(logprobs.every(Number.isFinite)).toBe(true);
    }
    const apart = replaced.map(({ logprobs }, i) =>
      Math.max(...logprobs.map((value, t) => Math.abs(value - given[i]!.logprobs[t]!))),
    );
    expect(Math.max(...apart)).toBeGreaterThan(1e-4);
    const text = registerCase(model, recordedCase(NAME, "text-only"));
    const plain = await model.score(text);
    for (const [i, { logprobs }] of (await model.score(text, { image: VALUES })).entries()) {
      expect(logprobs).toBeAllclose(plain[i]!.logprobs, { rtol: 0, atol: 2e-5 });
    }
  });

  test("beyond any attention change nothing", async () => {
    const given = await model.score(sequences);
    const replaced = await model.score(sequences, { image: { ...VALUES, threshold: 1e6 } });
    for (const [i, { logprobs }] of replaced.entries()) {
      expect(logprobs).toBeAllclose(given[i]!.logprobs, { rtol: 0, atol: 2e-5 });
    }
  });

  test("do not depend on the batch, nor on the completions beside one of the same prompt", async () => {
    const prompt = register(model, recordedPrompt(recordedCase(NAME, "one-image").sequences[0]!));
    const group = [9, 4, 16].map(
      (length): LocalSequence => ({
        prompt,
        completion: Int32Array.from({ length }, () => rng.integer(88)),
      }),
    );
    const together = await model.score([...group, ...sequences], { image: VALUES });
    for (const [i, sequence] of group.entries()) {
      const [alone] = await model.score([sequence], { image: VALUES });
      expect(together[i]!.logprobs).toBeAllclose(alone!.logprobs, { rtol: 0, atol: 2e-5 });
    }
  });

  test("are refused where there is no such pass", async () => {
    await expect(model.accumulate(sequences, coefficients, { image: VALUES })).rejects.toThrow(EngineError);
    await expect(model.score(sequences, { divergenceFrom: VALUES })).rejects.toThrow("can be scored only");
    await expect(
      model.score(sequences, { image: VALUES, divergenceFrom: { kind: "black" } }),
    ).rejects.toThrow("goes with neither");
  });
});
