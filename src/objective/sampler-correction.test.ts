import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { type Batch, batch, flat, slopes } from "../testing/objective-batch.ts";
import { algorithmNeeds, correctsStaleness } from "./needs.ts";
import { objective } from "./objective.ts";
import { type AlgorithmInput, algorithmSchema, parseAlgorithm, resolveAlgorithm } from "./registry.ts";
import { samplerWeights } from "./sampler-correction.ts";

const tokenKinds = algorithmSchema.options
  .map(({ shape }) => shape.kind.value)
  .filter((kind) => kind !== "dpo");

type Correction = Parameters<typeof samplerWeights>[0];
const correction = (own: Partial<Correction> = {}): Correction => ({
  level: "token",
  beyond: "truncate",
  cap: 3,
  floor: 0,
  ...own,
});
/** log of a ratio at each token, against a sampler that is certain. */
const logs = (...ratios: readonly number[]) => ratios.map(Math.log);
const zeros = (length: number) => new Array<number>(length).fill(0);
const weightsOf = (own: Partial<Correction>, ratios: readonly number[], mask = ratios.map(() => 1)) => {
  const { weights, beyond } = samplerWeights(correction(own), zeros(ratios.length), logs(...ratios), mask);
  return { weights: [...weights], beyond: [...beyond] };
};

/** The batch of the other tests with a sampler that is not quite the old policy. */
function sampled(): (Batch & { completions: { samplerLogprobs: Float64Array }[] })[] {
  const rng = new Rng("sampler");
  return batch().map((group) => ({
    ...group,
    completions: group.completions.map((tokens) => ({
      ...tokens,
      samplerLogprobs: tokens.oldLogprobs.map((logprob) => logprob - rng.normal(0, 0.8)),
    })),
  }));
}

describe("the factors", () => {
  // Ratios 0.25, 1, 2 and 8.
  const ratios = [0.25, 1, 2, 8];

  test("of tokens are cut at the bounds, or set to 0 beyond them", () => {
    expect(weightsOf({ cap: 3 }, ratios).weights).toBeAllclose([0.25, 1, 2, 3]);
    expect(weightsOf({ cap: 3, floor: 0.5 }, ratios)).toEqual({
      weights: [0.5, 1, expect.closeTo(2, 12), 3],
      beyond: [1, 0, 0, 1],
    });
    expect(weightsOf({ cap: 3, floor: 0.5, beyond: "mask" }, ratios)).toEqual({
      weights: [0, 1, expect.closeTo(2, 12), 0],
      beyond: [1, 0, 0, 1],
    });
  });

  test("of a sequence are the product of its counted tokens' ratios, the same at each", () => {
    // 0.25 · 1 · 2 without the last.
    expect(weightsOf({ level: "sequence" }, ratios, [1, 1, 1, 0]).weights.slice(0, 3)).toBeAllclose([
      0.5, 0.5, 0.5,
    ]);
    // 0.25 · 1 · 2 · 8 = 4.
    expect(weightsOf({ level: "sequence" }, ratios).weights).toEqual([3, 3, 3, 3]);
    expect(weightsOf({ level: "sequence", beyond: "mask" }, ratios)).toEqual({
      weights: [0, 0, 0, 0],
      beyond: [1, 1, 1, 1],
    });
  });

  test("stay within the bounds, or are 0, for any log-probs", () => {
    const logprob = fc.double({ min: -700, max: 0, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(logprob, logprob), { minLength: 1, maxLength: 8 }),
        fc.constantFrom("token", "sequence"),
        fc.constantFrom("truncate", "mask"),
        (pairs, level, beyond) => {
          const own = correction({ level, beyond, cap: 2, floor: 0.5 });
          const [sampler, old] = [pairs.map(([s]) => s), pairs.map(([, o]) => o)];
          const { weights } = samplerWeights(
            own,
            sampler,
            old,
            pairs.map(() => 1),
          );
          for (const weight of weights) {
            expect((weight >= 0.5 && weight <= 2) || (beyond === "mask" && weight === 0)).toBe(true);
          }
        },
      ),
    );
  });
});

describe("the objective with them", () => {
  test("has each token's surrogate times its factor", () => {
    // Advantages ±0.5, ratios to the sampler e and 1, a mean over two tokens.
    const one = (sampler: number) => ({
      logprobs: [-1],
      oldLogprobs: [-1],
      samplerLogprobs: [sampler],
      mask: [1],
    });
    const groups = [{ rewards: [1, 0], completions: [one(-2), one(-1)] }];
    const run = (own: object) =>
      objective({ kind: "grpo", advantageScale: "none", samplerCorrection: own } as AlgorithmInput, groups);
    expect(flat(run({ cap: 2 }).coefficients)).toBeAllclose([0.5, -0.25]);
    expect(flat(run({ cap: 10 }).coefficients)).toBeAllclose([0.25 * Math.E, -0.25]);
    const masked = run({ cap: 2, beyond: "mask" });
    expect(flat(masked.coefficients)).toEqual([0, -0.25]);
    expect(masked.metrics.correction).toEqual({ mean: 0.5, beyondShare: 0.5 });
    expect(objective({ kind: "grpo" }, groups).metrics.correction).toBeUndefined();
  });

  test.each(tokenKinds.filter((kind) => !["cispo", "reinforce", "gspo", "ppo"].includes(kind)))(
    "of %s has the derivative that central differences find",
    (kind) => {
      for (const own of [
        { level: "token" },
        { level: "sequence", cap: 2 },
        { level: "token", beyond: "mask", cap: 1.5, floor: 0.5 },
      ] as const) {
        const config = { kind, klCoefficient: 0.1, samplerCorrection: own } as AlgorithmInput;
        const groups = sampled();
        const found = slopes(config, groups, ({ logprobs }, t, step) => {
          logprobs[t]! += step;
        });
        expect(flat(objective(config, groups).coefficients)).toBeAllclose(found, { rtol: 1e-5, atol: 1e-8 });
        expect(found).not.toBeAllclose(
          flat(objective({ kind, klCoefficient: 0.1 } as AlgorithmInput, groups).coefficients),
        );
      }
    },
  );

  test.each(tokenKinds)("of %s is unchanged where sampler and trainer agree", (kind) => {
    const groups = batch().map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({
        ...tokens,
        weights: undefined,
        samplerLogprobs: tokens.oldLogprobs,
        values: kind === "ppo" ? tokens.refLogprobs : undefined,
      })),
    }));
    const plain = objective({ kind } as AlgorithmInput, groups);
    const own = objective({ kind, samplerCorrection: {} } as AlgorithmInput, groups);
    expect(own.coefficients).toEqual(plain.coefficients);
    expect(own.loss).toBe(plain.loss);
    expect(own.metrics.correction).toEqual({ mean: 1, beyondShare: 0 });
  });

  test("leaves the KL term as it is", () => {
    const config = { kind: "grpo", klCoefficient: 0.3 } as const;
    const groups = sampled().map((group) => ({ ...group, rewards: [1, 1, 1] }));
    const own = objective({ ...config, samplerCorrection: { beyond: "mask", cap: 0.5 } }, groups);
    expect(own.coefficients).toEqual(objective(config, groups).coefficients);
  });

  test("needs the sampler's log-probs, finite, and bounds in order", () => {
    const config: AlgorithmInput = { kind: "grpo", samplerCorrection: {} };
    expect(() => objective(config, batch())).toThrow(ConfigError);
    expect(() => objective(config, batch())).toThrow(
      "algorithm.samplerCorrection needs samplerLogprobs, got none (completion 0 of group 0)",
    );
    const groups = sampled();
    groups[1]!.completions[1]!.samplerLogprobs[0] = Number.NaN;
    expect(() => objective(config, groups)).toThrow(NumericError);
    expect(() => objective(config, groups)).toThrow(
      "samplerLogprobs[0]: expected a finite number, got NaN (completion 1 of group 1)",
    );
    expect(() => parseAlgorithm({ kind: "dapo", samplerCorrection: { cap: 1, floor: 2 } })).toThrow(
      "algorithm.samplerCorrection: expected floor to be at most cap",
    );
  });

  test("lets REINFORCE learn from stale batches, and asks for the trainer's log-probs", () => {
    expect(correctsStaleness(resolveAlgorithm({ kind: "reinforce" }))).toBe(false);
    expect(correctsStaleness(resolveAlgorithm({ kind: "reinforce", samplerCorrection: {} }))).toBe(true);
    expect(algorithmNeeds(resolveAlgorithm({ kind: "grpo" })).trainerLogprobs).toBe(false);
    expect(algorithmNeeds(resolveAlgorithm({ kind: "grpo", samplerCorrection: {} })).trainerLogprobs).toBe(
      true,
    );
  });
});
