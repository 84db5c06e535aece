import { mkdtempSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { AdamParameters, Prompt, SampleRequest } from "../engine.ts";
import { adamStep } from "./adam-step.ts";
import { createFakeEngine } from "./fake-engine.ts";

const prompt: Prompt = { chunks: [{ kind: "text", tokens: [3, 1] }] };
const adam: AdamParameters = {
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: 0,
};
const request: SampleRequest = {
  prompts: [prompt],
  groupSize: 4,
  maxCompletionTokens: 6,
  temperature: 1,
  topP: 1,
  topK: 0,
  stopTokens: [0],
  seed: 3,
  signals: { attention: { row: "own" } },
};
const engine = () => createFakeEngine({ vocabSize: 5, seed: 1, banned: [4] });
const tokensOf = (groups: readonly (readonly { readonly tokens: Int32Array }[])[]) =>
  groups.map((group) => group.map(({ tokens }) => [...tokens]));

describe("the fake engine", () => {
  test("samples the same tokens from the same seed, and others from another", async () => {
    const first = await engine().sample(request);
    expect(tokensOf(await engine().sample(request))).toEqual(tokensOf(first));
    expect(tokensOf(await engine().sample({ ...request, seed: 4 }))).not.toEqual(tokensOf(first));
  });

  test("has samplers that keep the weights of their time", async () => {
    const one = engine();
    const sampler = await one.sampler();
    const before = await one.sample(request);
    await one.accumulate([{ prompt, completion: Int32Array.of(1, 2) }], [Float64Array.of(1, 1)]);
    await one.step(adam);
    expect(await sampler.sample(request)).toEqual(before);
    expect(await one.sample(request)).not.toEqual(before);
    expect(await (await one.sampler()).sample(request)).toEqual(await one.sample(request));
  });

  test("never samples a banned id, ends at a stop token, and says why it ended", async () => {
    const [group = []] = await engine().sample({ ...request, groupSize: 200 });
    for (const { tokens, stopReason } of group) {
      expect([...tokens]).not.toContain(4);
      expect(tokens.indexOf(0)).toBe(stopReason === "stop" ? tokens.length - 1 : -1);
      expect(tokens.length).toBeLessThanOrEqual(6);
    }
    expect(new Set(group.map(({ stopReason }) => stopReason))).toEqual(new Set(["stop", "length"]));
  });

  test("scores what it sampled with the same log-probs and signals", async () => {
    const subject = engine();
    const [[completion] = []] = await subject.sample({ ...request, temperature: 0.7 });
    const [score] = await subject.score([{ prompt, completion: completion!.tokens }], {
      temperature: 0.7,
      signals: { attention: { row: "own" } },
    });
    expect(score!.logprobs).toBeAllclose(completion!.logprobs);
    expect(score!.signals!.attention!.visualShift).toBeAllclose(completion!.signals!.attention!.visualShift);
  });

  test("keeps to the k likeliest and to the nucleus", async () => {
    const greedy = await engine().sample({ ...request, temperature: 0 });
    for (const narrow of [{ topK: 1 }, { topP: 1e-9 }]) {
      expect(tokensOf(await engine().sample({ ...request, ...narrow }))).toEqual(tokensOf(greedy));
    }
  });

  test("raises log-probs with a positive coefficient, and lowers log-probs with a negative coefficient", async () => {
    const subject = engine();
    const sequences = [
      { prompt, completion: Int32Array.of(1, 2) },
      { prompt, completion: Int32Array.of(3, 3) },
    ];
    const before = await subject.score(sequences);
    await subject.accumulate(sequences, [Float64Array.of(1, 1), Float64Array.of(-1, -1)]);
    expect(await subject.step(adam)).toMatchObject({ applied: true });
    const after = await subject.score(sequences);
    expect(after[0]!.logprobs[0]).toBeGreaterThan(before[0]!.logprobs[0]!);
    expect(after[1]!.logprobs[0]).toBeLessThan(before[1]!.logprobs[0]!);
  });

  test("has the gradient that differences of the scored log-probs have", async () => {
    const sequence = { prompt, completion: Int32Array.of(2, 2, 0) };
    const coefficient = Float64Array.of(0.5, -1, 2);
    const total = async (rate: number) => {
      const subject = engine();
      await subject.accumulate([sequence], [coefficient], { temperature: 0.8 });
      // With β₁ = β₂ = 0 and a large ε, Adam's step is rate·g/ε: plain gradient ascent.
      await subject.step({ ...adam, learningRate: rate, beta1: 0, beta2: 0, epsilon: 1e6 });
      const [score] = await subject.score([sequence], { temperature: 0.8 });
      return score!.logprobs.reduce((sum, logprob, t) => sum + logprob * coefficient[t]!, 0);
    };
    const subject = engine();
    await subject.accumulate([sequence], [coefficient], { temperature: 0.8 });
    const { gradientNorm } = await subject.step(adam);
    const slope = ((await total(1)) - (await total(-1))) / 2;
    expect(slope * 1e6).toBeCloseTo(gradientNorm ** 2, 4);
  });

  test("has the gradient of values and entropies that differences of the scores have", async () => {
    const sequence = { prompt, completion: Int32Array.of(2, 2, 0) };
    const [none, values, entropies] = [
      new Float64Array(3),
      Float64Array.of(1, -0.5, 2),
      Float64Array.of(0.3, 2, -1),
    ];
    const options = { temperature: 0.8, valueCoefficients: [values], entropyCoefficients: [entropies] };
    const moved = async (rate: number) => {
      const subject = engine();
      await subject.accumulate([sequence], [none], options);
      await subject.step({ ...adam, learningRate: rate, beta1: 0, beta2: 0, epsilon: 1e6 });
      const [score] = await subject.score([sequence], { temperature: 0.8, values: true, entropy: true });
      return none.reduce(
        (sum, _, t) => sum + values[t]! * score!.values![t]! + entropies[t]! * score!.entropy![t]!,
        0,
      );
    };
    const subject = engine();
    await subject.accumulate([sequence], [none], options);
    const { gradientNorm } = await subject.step(adam);
    expect(gradientNorm).toBeGreaterThan(1);
    expect(((await moved(1)) - (await moved(-1))) * 5e5).toBeCloseTo(gradientNorm ** 2, 4);
  });

  test.each(["sharpness", "divergence"] as const)(
    "makes up %s as well, the same from both",
    async (measure) => {
      const subject = engine();
      const signals = { attention: { row: "own", measure } } as const;
      const [[completion] = []] = await subject.sample({ ...request, signals });
      const [score] = await subject.score([{ prompt: request.prompts[0]!, completion: completion!.tokens }], {
        signals,
      });
      expect(score!.signals).toEqual(completion!.signals);
      expect(score!.signals!.attention![measure]!.visual).toHaveLength(completion!.tokens.length);
    },
  );

  test("scores the entropy that it sampled with, and calibrated attention that is a Gram matrix", async () => {
    const subject = engine();
    const calibrated = { row: "own", layers: 2, biasCorrection: true } as const;
    const [[completion] = []] = await subject.sample({ ...request, signals: { calibrated } });
    const [score] = await subject.score([{ prompt, completion: completion!.tokens }], {
      entropy: true,
      signals: { calibrated },
    });
    expect(score!.entropy).toBeAllclose(completion!.entropy);
    expect(score!.signals).toEqual(completion!.signals);
    const curved = { calibrated: { ...calibrated, biasCurve: { exponential: 2 } } };
    const [other] = await subject.score([{ prompt, completion: completion!.tokens }], { signals: curved });
    expect(other!.signals!.calibrated!.gram).not.toEqual(score!.signals!.calibrated!.gram);
    const { connectivity, gram } = score!.signals!.calibrated!;
    const length = connectivity.length;
    for (let s = 0; s < length; s++) {
      for (let t = 0; t < length; t++) {
        expect(gram[s * length + t]).toBe(gram[t * length + s]);
        expect(gram[s * length + t]! ** 2).toBeLessThanOrEqual(
          gram[s * (length + 1)]! * gram[t * (length + 1)]! + 1e-12,
        );
      }
    }
  });

  test("takes an ablated image for another one, and a prompt without images for the same", async () => {
    const subject = engine();
    const pixels = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) };
    const shown: Prompt = { chunks: [...prompt.chunks, { kind: "image", image: pixels }] };
    const completion = Int32Array.of(1, 2);
    const noise = { kind: "noise", sigma: 200, seed: 0 } as const;
    const [given] = await subject.score([{ prompt: shown, completion }], { divergenceFrom: noise });
    const [ablated] = await subject.score([{ prompt: shown, completion }], { image: noise });
    expect(ablated!.logprobs).not.toEqual(given!.logprobs);
    expect(given!.ablatedLogprobs).toEqual(ablated!.logprobs);
    expect(Math.min(...given!.divergence!)).toBeGreaterThan(0);
    const [blind] = await subject.score([{ prompt, completion }], { divergenceFrom: noise });
    expect(blind!.divergence).toEqual(new Float64Array(2));
  });

  test("skips a step whose gradient is not finite, and clears it", async () => {
    const subject = engine();
    const sequence = { prompt, completion: Int32Array.of(1) };
    const report = await subject.accumulate([sequence], [Float64Array.of(Number.NaN)]);
    expect(report.finite).toBe(false);
    const before = await subject.score([sequence]);
    expect((await subject.step(adam)).applied).toBe(false);
    expect(await subject.score([sequence])).toEqual(before);
    expect((await subject.step(adam)).gradientNorm).toBe(0);
  });

  test("continues from what it saved as if it had never stopped", async () => {
    const directory = mkdtempSync(join(tmpdir(), "fovea-fake-"));
    const sequence = { prompt, completion: Int32Array.of(1, 2) };
    const learn = async (subject: ReturnType<typeof engine>) => {
      await subject.accumulate([sequence], [Float64Array.of(1, 0.3)]);
      await subject.step(adam);
    };
    const first = engine();
    await learn(first);
    await first.save(directory);
    await learn(first);
    const second = createFakeEngine({ vocabSize: 5, seed: 99, banned: [4] });
    await second.load(directory);
    await learn(second);
    expect(await second.score([sequence])).toEqual(await first.score([sequence]));
  });

  test("keeps the reference while it learns", async () => {
    const subject = engine();
    const sequence = { prompt, completion: Int32Array.of(1) };
    await subject.setReference();
    const frozen = await subject.score([sequence], { weights: "reference" });
    await subject.accumulate([sequence], [Float64Array.of(1)]);
    await subject.step(adam);
    expect(await subject.score([sequence], { weights: "reference" })).toEqual(frozen);
    expect(await subject.score([sequence])).not.toEqual(frozen);
  });

  test("refuses coefficients of another length, and a cut-off file", async () => {
    const subject = engine();
    const sequence = { prompt, completion: Int32Array.of(1, 2) };
    await expect(subject.accumulate([sequence], [Float64Array.of(1)])).rejects.toThrow(
      "expected shape [2], got [1]",
    );
    const directory = mkdtempSync(join(tmpdir(), "fovea-fake-"));
    await subject.save(directory);
    truncateSync(join(directory, "fake-policy.bin"), 8);
    await expect(subject.load(directory)).rejects.toThrow("got 8");
  });
});

test("the first step of AdamW has the learning rate's length for a gradient of any length", () => {
  const weights = Float64Array.of(1, 1);
  adamStep(weights, new Float64Array(5), Float64Array.of(3, -0.01), 3, { ...adam, weightDecay: 0.5 });
  expect(weights).toBeAllclose([0.95 + 0.1, 0.95 - 0.1], { atol: 1e-6 });
});
