import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../errors/index.ts";
import { batch, flat, slopes } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";

/** A batch in which credit adds something else to the advantage of each token. */
const raised = () =>
  batch().map(({ rewards, completions }) => ({
    rewards,
    completions: completions.map((tokens, i) => ({
      ...tokens,
      advantageBonus: tokens.mask.map((_, t) => (t % 2 === 0 ? -0.3 : 0.2) * (i + 1)),
    })),
  }));

describe("an addition to the advantage", () => {
  test.each<AlgorithmInput>([
    { kind: "grpo", klCoefficient: 0.1 },
    { kind: "dapo" },
    { kind: "sapo" },
    { kind: "ppo" },
  ])("%j has the coefficients that central differences find", (config) => {
    const groups = raised();
    const { coefficients } = objective(config, groups);
    const found = slopes(config, groups, ({ logprobs }, t, step) => {
      logprobs[t]! += step;
    });
    expect(flat(coefficients)).toBeAllclose(found, { rtol: 1e-5, atol: 1e-7 });
  });

  test("is the advantage itself where it says so: weight 0 and the addition are another advantage", () => {
    const one = { logprobs: [-1, -2], oldLogprobs: [-1.1, -2], mask: [1, 1] };
    const config = { kind: "grpo", klCoefficient: 0, advantageScale: "none" } as const;
    const plain = objective(config, [{ rewards: [1, 0], completions: [one, one] }]);
    const moved = objective(config, [
      {
        rewards: [0, 1],
        completions: [
          { ...one, advantageBonus: [1, 1] },
          { ...one, advantageBonus: [-1, -1] },
        ],
      },
    ]);
    expect(moved.loss).toBeCloseTo(plain.loss, 12);
    expect(flat(moved.coefficients)).toBeAllclose(flat(plain.coefficients));
  });

  test("is refused where it is no number, of another length, uneven under a ratio of the sequence, or of pairs", () => {
    const one = { logprobs: [-1, -2], oldLogprobs: [-1, -2], refLogprobs: [-1, -2], mask: [1, 1] };
    const of = (config: AlgorithmInput, advantageBonus: number[]) =>
      objective(config, [{ rewards: [1, 0], completions: [{ ...one, advantageBonus }, one] }]);
    expect(() => of({ kind: "grpo" }, [1])).toThrow(ShapeError);
    expect(() => of({ kind: "grpo" }, [1, Number.NaN])).toThrow(NumericError);
    expect(() => of({ kind: "gspo", form: "sequence" }, [1, 2])).toThrow(ConfigError);
    expect(() => of({ kind: "gspo", form: "sequence" }, [1, 1])).not.toThrow();
    expect(() => of({ kind: "dpo" }, [1, 1])).toThrow(ConfigError);
  });
});
