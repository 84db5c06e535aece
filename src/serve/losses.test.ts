import { describe, expect, test } from "vitest";
import type { wire } from "../engine/index.ts";
import { lossTerms } from "./losses.ts";

const logprobs = Float64Array.of(-0.2, -1.5, -3, -0.7, -2.2);
const inputs = {
  weights: Float64Array.of(1, 1, 0.5, 1, 2),
  advantages: Float64Array.of(1, -1, 0.3, 2, -0.5),
  oldLogprobs: Float64Array.of(-0.25, -1, -3.4, -0.7, -2.9),
};
const config = (loss: wire.LossFunction) => (loss === "dro" ? { beta: 0.2 } : {});
const total = (loss: wire.LossFunction, at: Float64Array) =>
  lossTerms(loss, config(loss), at, inputs, "test").elementwise.reduce((a, b) => a + b, 0);

describe("built-in losses", () => {
  test.each(["cross_entropy", "importance_sampling", "ppo", "dro"] as const)(
    "%s falls in the log-probs as its coefficients say, by central differences",
    (loss) => {
      const { coefficients } = lossTerms(loss, config(loss), logprobs, inputs, "test");
      const h = 1e-6;
      const differences = logprobs.map((_, t) => {
        const moved = (by: number) => total(loss, logprobs.with(t, logprobs[t]! + by));
        return -(moved(h) - moved(-h)) / (2 * h);
      });
      expect(coefficients).toBeAllclose(differences, { rtol: 1e-6, atol: 1e-8 });
    },
  );

  test("cispo weighs the log-prob by the clipped ratio, through which no gradient goes", () => {
    const own = {
      weights: Float64Array.of(1, 1),
      advantages: Float64Array.of(2, 2),
      oldLogprobs: Float64Array.of(-1, -1),
    };
    const { coefficients, elementwise } = lossTerms(
      "cispo",
      {},
      Float64Array.of(-1 + Math.log(3), -1),
      own,
      "test",
    );
    expect(coefficients).toBeAllclose([1.2 * 2, 2]);
    expect(elementwise).toBeAllclose([-1.2 * 2 * (-1 + Math.log(3)), 2]);
  });

  test("ppo has no gradient where the clipped term is the smaller one", () => {
    const at = (ratio: number, advantage: number) =>
      lossTerms(
        "ppo",
        { clip_low_threshold: 0.8, clip_high_threshold: 1.28 },
        Float64Array.of(Math.log(ratio)),
        {
          weights: Float64Array.of(1),
          advantages: Float64Array.of(advantage),
          oldLogprobs: Float64Array.of(0),
        },
        "test",
      );
    expect(at(1.3, 1).coefficients).toEqual(Float64Array.of(0));
    expect(at(1.3, 1).elementwise).toBeAllclose([-1.28]);
    expect(at(1.3, -1).coefficients).toBeAllclose([-1.3]);
    expect(at(0.7, -1).elementwise).toBeAllclose([0.8]);
    expect(at(0.7, 1).coefficients).toBeAllclose([0.7]);
  });

  test.each(["importance_sampling", "ppo", "cispo", "dro"] as const)(
    "%s counts nothing where weight or advantage is 0, at any ratio",
    (loss) => {
      const own = {
        weights: Float64Array.of(0, 1),
        advantages: Float64Array.of(1, 0),
        oldLogprobs: Float64Array.of(-1000, -1000),
      };
      const { coefficients, elementwise } = lossTerms(
        loss,
        { beta: 0 },
        Float64Array.of(-1, -1),
        own,
        "test",
      );
      expect([...coefficients, ...elementwise].map(Math.abs)).toEqual([0, 0, 0, 0]);
    },
  );
});
