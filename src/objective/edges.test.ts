import { describe, expect, test } from "vitest";
import { flat } from "../testing/objective-batch.ts";
import { objective } from "./objective.ts";
import type { AlgorithmInput } from "./registry.ts";

/**
 * A group of one-token completions: the first with this ratio and a reward above, at or below the mean of the rest.
 */
function groupsWith(ratio: number, reward: number) {
  // Powers of 2 whose logarithms differ by exactly that of the ratio.
  const completion = (own: number) => {
    const old = own < 1 ? 0.5 : 0.25;
    return { logprobs: [Math.log(old * own)], oldLogprobs: [Math.log(old)], mask: [1] };
  };
  return [{ rewards: [reward, 1, 0], completions: [completion(ratio), completion(1), completion(1)] }];
}

/** Coefficient of the first completion, and −∂loss/∂log π on either side, in that order. */
function slopes(config: AlgorithmInput, ratio: number, reward: number) {
  const step = 1e-7;
  const loss = (moved: number) => {
    const groups = groupsWith(ratio, reward);
    groups[0]!.completions[0]!.logprobs[0]! += moved;
    return objective(config, groups).loss;
  };
  return {
    coefficient: flat(objective(config, groupsWith(ratio, reward)).coefficients)[0]!,
    below: -(loss(0) - loss(-step)) / step,
    above: -(loss(step) - loss(0)) / step,
  };
}
const clipped: AlgorithmInput[] = [
  { kind: "grpo", clipLow: 0.5, clipHigh: 1 },
  { kind: "dr-grpo", clipLow: 0.5, clipHigh: 1 },
  { kind: "dapo", clipLow: 0.5, clipHigh: 1 },
  { kind: "gspo", clipLow: 0.5, clipHigh: 1 },
  { kind: "gspo", form: "sequence", clipLow: 0.5, clipHigh: 1 },
  { kind: "ppo", clipLow: 0.5, clipHigh: 1 },
];
const every: AlgorithmInput[] = [...clipped, { kind: "sapo" }, { kind: "cispo" }, { kind: "reinforce" }];
const near = (slope: number) => ({ near: (other: number) => expect(slope).toBeCloseTo(other, 6) });

describe("exactly on a bound of the ratio", () => {
  test.each(clipped)("%o: above it nothing is gained, below it the coefficient holds", (config) => {
    const { coefficient, below, above } = slopes(config, 2, 5);
    expect(coefficient).toBeGreaterThan(0);
    near(below).near(coefficient);
    near(above).near(0);
  });

  test.each(clipped)("%o: at the lower bound the same for a completion worse than its group", (config) => {
    const { coefficient, below, above } = slopes(config, 0.5, -5);
    expect(coefficient).toBeLessThan(0);
    near(below).near(0);
    near(above).near(coefficient);
  });

  test.each(clipped)("%o: the bound on the pessimistic side does not act", (config) => {
    for (const [ratio, reward] of [
      [2, -5],
      [0.5, 5],
    ] as const) {
      const { coefficient, below, above } = slopes(config, ratio, reward);
      expect(coefficient).not.toBe(0);
      near(below).near(coefficient);
      near(above).near(coefficient);
    }
  });

  test("dual clip: beyond the bound a worse completion is no longer pushed down", () => {
    const { coefficient, below, above } = slopes({ kind: "grpo", clipHigh: 1, dualClip: 2 }, 2, -5);
    near(below).near(coefficient);
    near(above).near(0);
  });
});

describe("at advantage 0", () => {
  test.each(every)("%o has coefficient 0 and slope 0 on either side, for any ratio", (config) => {
    for (const ratio of [0.5, 1, 2, 30]) {
      const { coefficient, below, above } = slopes(config, ratio, 0.5);
      expect(coefficient).toBe(0);
      near(below).near(0);
      near(above).near(0);
    }
  });
});
