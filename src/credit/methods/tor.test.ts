import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { recordedBatches } from "../../testing/recorded-credit.ts";
import { type TorInput, tor } from "./tor.ts";

const completion = (entropy: number[], gap: number[], mask?: number[]): TorInput => ({
  entropy,
  logprobs: entropy.map(() => -1),
  ablatedLogprobs: gap.map((nats) => -1 - nats),
  mask,
});
const weightsOf = (...args: Parameters<typeof tor>) => tor(...args).map(({ weights }) => [...weights]);

describe("tor", () => {
  test("chooses over the whole batch, reasoning before vision", () => {
    // Of ten tokens three each: entropies 9, 8, 7 and gaps 9, 8, 7; the tokens of entropy 9 and 8 are the second one's.
    const batch = [
      completion([7, 0, 1, 2, 3], [0, 9, 0, 0, 0]),
      completion([9, 8, 0, 1, 2], [8, 0, 7, 0, 0]),
    ];
    expect(weightsOf(batch)).toEqual([
      [1, 0.5, 0, 0, 0],
      [1, 1, 0.5, 0, 0],
    ]);
  });

  describe.each(recordedBatches)("agrees with numpy: $name", ({ completions, tor: recorded }) => {
    test.each(recorded)("share $share, visual weight $visualWeight", ({ share, visualWeight, weights }) => {
      const inputs = completions.map(({ entropy, given, ablated, mask }) => ({
        entropy,
        logprobs: given,
        ablatedLogprobs: ablated,
        mask,
      }));
      const options = { reasoningShare: share, visualShare: share, visualWeight, ties: "earlier" } as const;
      expect(weightsOf(inputs, options)).toEqual(weights);
    });
  });

  test("ties at the threshold go by their rule", () => {
    const flat = [completion([0, 0, 0, 0], [0, 0, 0, 0])];
    const options = { reasoningShare: 0.25, visualShare: 0 };
    expect(weightsOf(flat, { ...options, ties: "all" })).toEqual([[1, 1, 1, 1]]);
    expect(weightsOf(flat, { ...options, ties: "earlier" })).toEqual([[1, 0, 0, 0]]);
    const drawn = Array.from({ length: 40 }, (_, seed) =>
      weightsOf(flat, { ...options, ties: "random" }, new Rng(seed))[0]!.indexOf(1),
    );
    expect(new Set(drawn)).toEqual(new Set([0, 1, 2, 3]));
  });

  test("with equal views only ties give visual tokens, and shares of 0 give none", () => {
    const blind = [completion([3, 2, 1], [0, 0, 0])];
    expect(weightsOf(blind, { visualWeight: 0 })).toEqual([[1, 0, 0]]);
    expect(weightsOf(blind, { reasoningShare: 0, visualShare: 0 })).toEqual([[0, 0, 0]]);
    expect(weightsOf(blind, { reasoningShare: 1 })).toEqual([[1, 1, 1]]);
    expect(tor(blind)[0]!.scores).toEqual(new Float64Array(3));
  });

  test("masked tokens and empty completions count in no share", () => {
    const batch = [completion([9, 1, 2], [9, 1, 2], [0, 1, 1]), completion([], [])];
    expect(weightsOf(batch, { reasoningShare: 0.5, visualShare: 0.5 })).toEqual([[0, 0, 1], []]);
    expect(tor([])).toEqual([]);
  });

  test("rejects impossible signals and options", () => {
    expect(() => tor([completion([1], [1, 2])])).toThrow(ShapeError);
    expect(() => tor([completion([Number.NaN], [1])])).toThrow(NumericError);
    expect(() => tor([completion([1], [1])], { reasoningShare: 2 })).toThrow(NumericError);
    expect(() => tor([completion([1], [1])], { visualWeight: -1 })).toThrow(NumericError);
  });
});
