import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { batch, flat, slopes } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import { type PerceptionTerm, perceptionTerm } from "./perception.ts";
import type { AlgorithmInput } from "./registry.ts";

interface Recorded {
  name: string;
  completions: { given: number[]; ablated: number[] }[];
  papo: {
    coefficient: number;
    bound: number;
    entropyPenalty: number;
    terms: { value: number[]; derivative: number[]; divergence: number[] }[];
  }[];
}
const path = new URL("../../fixtures/credit/rivals.json", import.meta.url);
const batches: Recorded[] = JSON.parse(readFileSync(path, "utf8")).batches;

/** A batch whose log-probs with the ablated image lie around those given, so that some tokens reach the bound. */
function perceived(options: { bound: number; entropyPenalty?: number }) {
  return batch().map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens) => ({
      ...tokens,
      perception: {
        ablatedLogprobs: tokens.refLogprobs.map((logprob, t) => logprob - t),
        coefficients: tokens.mask.map((_, t) => (t === 1 ? 0 : 0.3)),
        bound: options.bound,
        entropyPenalty: options.entropyPenalty ?? 0,
      },
    })),
  }));
}

describe("perceptionTerm", () => {
  test("is k3 and its slope, as can be checked on paper", () => {
    const term = { ablatedLogprobs: [Math.log(0.25)], coefficients: [2], bound: 10, entropyPenalty: 0.5 };
    const { value, derivative, divergence } = perceptionTerm(term, Math.log(0.5), 0);
    expect(divergence).toBeCloseTo(0.5 + Math.LN2 - 1, 12);
    expect(value).toBeCloseTo(2 * (0.5 + Math.LN2 - 1) + 0.5 * Math.log(0.5), 12);
    expect(derivative).toBeCloseTo(2 * 0.5 + 0.5, 12);
  });

  test("stops at the bound, with no gradient beyond it, however far the log-probs are apart", () => {
    const term = { ablatedLogprobs: [0, -3], coefficients: [1, 1], bound: 0.2, entropyPenalty: 0 };
    expect(perceptionTerm(term, -900, 0)).toEqual({ value: 0.2, derivative: 0, divergence: 0.2 });
    expect(perceptionTerm(term, 0, 1)).toEqual({ value: 0.2, derivative: 0, divergence: 0.2 });
    const { divergence: bound } = perceptionTerm({ ...term, bound: 9 }, -2, 1);
    expect(perceptionTerm({ ...term, bound }, -2, 1)).toEqual({
      value: bound,
      derivative: 0,
      divergence: bound,
    });
  });

  describe.each(batches)("agrees with torch, value and gradient: $name", ({ completions, papo }) => {
    test.each(papo)("γ $coefficient, bound $bound, η $entropyPenalty", (recorded) => {
      completions.forEach(({ given, ablated }, i) => {
        const term = {
          ...recorded,
          ablatedLogprobs: ablated,
          coefficients: given.map(() => recorded.coefficient),
        };
        const found = given.map((logprob, t) => perceptionTerm(term, logprob, t));
        const expected = recorded.terms[i]!;
        expect(found.map(({ value }) => value)).toBeAllclose(expected.value, { rtol: 1e-9, atol: 1e-12 });
        expect(found.map(({ derivative }) => derivative)).toBeAllclose(expected.derivative, {
          rtol: 1e-9,
          atol: 1e-12,
        });
        expect(found.map(({ divergence }) => divergence)).toBeAllclose(expected.divergence, {
          rtol: 1e-9,
          atol: 1e-12,
        });
      });
    });
  });
});

describe("objective with a perception term", () => {
  test.each<[AlgorithmInput, { bound: number; entropyPenalty?: number }]>([
    [{ kind: "grpo", klCoefficient: 0.1 }, { bound: 10 }],
    [{ kind: "dapo" }, { bound: 0.2, entropyPenalty: 0.03 }],
    [{ kind: "gspo", form: "sequence" }, { bound: 1 }],
    [{ kind: "sapo" }, { bound: 10, entropyPenalty: 0.05 }],
  ])("%j %j has the coefficients that central differences find", (config, options) => {
    const groups = perceived(options);
    if (config.kind === "gspo") {
      for (const { completions } of groups) for (const { weights } of completions) weights.fill(1);
    }
    const { coefficients, metrics } = objective(config, groups);
    const found = slopes(config, groups, ({ logprobs }, t, step) => {
      logprobs[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(found, { rtol: 1e-5, atol: 1e-8 });
    expect(metrics.perceptionKl).toBeGreaterThan(0);
  });

  test("adds the term to what is maximised, in the aggregation of the algorithm", () => {
    const completion = { logprobs: [-1, -1], oldLogprobs: [-1, -1], mask: [1, 1] };
    const perception = { ablatedLogprobs: [-2, -1], coefficients: [0.1, 0.1], bound: 10, entropyPenalty: 0 };
    const groups = [{ rewards: [1, 1], completions: [{ ...completion, perception }, completion] }];
    const { loss, coefficients, metrics } = objective({ kind: "grpo" }, groups);
    const k3 = Math.exp(-1);
    expect(loss).toBeCloseTo(-(0.1 * k3) / 4, 12);
    expect(flat(coefficients)).toBeAllclose([(0.1 * (1 - k3)) / 4, 0, 0, 0]);
    expect(metrics.perceptionKl).toBeCloseTo(k3 / 2, 12);
  });

  test("with coefficients of 0 is the objective without it", () => {
    const groups = perceived({ bound: 10 }).map(({ rewards, completions }) => ({
      rewards,
      completions: completions.map((tokens) => ({
        ...tokens,
        perception: { ...tokens.perception, coefficients: tokens.mask.map(() => 0) },
      })),
    }));
    const plain = objective({ kind: "grpo" }, batch());
    expect(flat(objective({ kind: "grpo" }, groups).coefficients)).toEqual(flat(plain.coefficients));
    expect(plain.metrics.perceptionKl).toBe(0);
  });

  test("rejects terms that do not fit, and algorithms without a place for one", () => {
    const withTerm = (rest: Partial<PerceptionTerm>) => {
      const perception = { ablatedLogprobs: [-1], coefficients: [1], bound: 1, entropyPenalty: 0, ...rest };
      const completion = { logprobs: [-1], oldLogprobs: [-1], refLogprobs: [-1], mask: [1] };
      return [{ rewards: [1, 0], completions: [{ ...completion, perception }, completion] }];
    };
    expect(() => objective({ kind: "grpo" }, withTerm({ ablatedLogprobs: [] }))).toThrow(ShapeError);
    expect(() => objective({ kind: "grpo" }, withTerm({ coefficients: [Number.NaN] }))).toThrow(NumericError);
    expect(() => objective({ kind: "grpo" }, withTerm({ bound: -1 }))).toThrow("perception.bound");
    expect(() => objective({ kind: "grpo" }, withTerm({ entropyPenalty: Infinity }))).toThrow(NumericError);
    expect(() => objective({ kind: "dpo" }, withTerm({}))).toThrow(ConfigError);
    expect(() => objective({ kind: "dpo" }, withTerm({}))).toThrow("no place for a perception term");
  });
});
