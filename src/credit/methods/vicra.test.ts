import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../../errors/index.ts";
import { type VicraInput, type VicraOptions, vicra } from "./vicra.ts";

interface Recorded {
  name: string;
  completions: { given: number[]; ablated: number[]; divergence: number[]; mask: number[] }[];
  vicra: Record<string, { grounding: number[]; weights: number[] }[]>;
}
const path = new URL("../../../fixtures/credit/rivals.json", import.meta.url);
const batches: Recorded[] = JSON.parse(readFileSync(path, "utf8")).batches;
const variants: [string, VicraOptions][] = [
  ["probability equation", {}],
  ["probability listing", { variant: "listing" }],
  ["divergence equation", { score: "divergence" }],
  ["divergence listing", { score: "divergence", variant: "listing" }],
];

const logprob = fc.double({ min: -30, max: 0, noNaN: true });
const tokens = fc.array(fc.tuple(logprob, logprob, fc.boolean()), { minLength: 1, maxLength: 20 });
const input = (rows: [number, number, boolean][]): VicraInput & { mask: number[] } => ({
  logprobs: rows.map(([given]) => given),
  logprobsWithoutImage: rows.map(([, without]) => without),
  mask: rows.map(([, , counts]) => (counts ? 1 : 0)),
});
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("vicra", () => {
  test("has weights that can be checked on paper", () => {
    const half = Math.log(0.5);
    const { weights, grounding } = vicra({
      logprobs: [Math.log(0.75), half, Math.log(0.25)],
      logprobsWithoutImage: [Math.log(0.25), half, half],
    });
    expect(grounding).toBeAllclose([0.5, 0, -0.25], { atol: 1e-15 });
    expect(weights).toBeAllclose([1.5 - 0.25 / 3, 1 - 0.25 / 3, 0.75 - 0.25 / 3]);
  });

  test("takes the divergence for the score where that is asked for", () => {
    const given = { logprobs: [-1, -1], logprobsWithoutImage: [-9, -1], divergence: [0.5, 0.1] };
    expect(vicra(given, { score: "divergence" }).weights).toBeAllclose([1.2, 0.8]);
  });

  describe.each(batches)("agrees with numpy: $name", ({ completions, vicra: recorded }) => {
    test.each(variants)("%s", (name, options) => {
      completions.forEach(({ given, ablated, divergence, mask }, i) => {
        const credit = vicra({ logprobs: given, logprobsWithoutImage: ablated, divergence, mask }, options);
        expect(credit.grounding).toBeAllclose(recorded[name]![i]!.grounding, { atol: 1e-14 });
        expect(credit.weights).toBeAllclose(recorded[name]![i]!.weights, { atol: 1e-14 });
      });
    });
  });

  test("has weights that sum to the number of tokens that count", () => {
    fc.assert(
      fc.property(tokens, (rows) => {
        const completion = input(rows);
        expect(sum(vicra(completion).weights)).toBeCloseTo(sum(completion.mask), 10);
      }),
    );
  });

  test("orders weights as the image makes tokens likelier, and never clamps", () => {
    fc.assert(
      fc.property(tokens, (rows) => {
        const completion = { ...input(rows), mask: undefined };
        const { weights, grounding } = vicra(completion);
        for (let t = 1; t < rows.length; t++) {
          expect(weights[t]! - weights[0]!).toBeCloseTo(grounding[t]! - grounding[0]!, 12);
        }
      }),
    );
    const hidden = vicra({ logprobs: [-50, 0, 0], logprobsWithoutImage: [0, -50, -50] });
    expect(hidden.weights[0]!).toBeCloseTo(1 - 1 - 1 / 3, 12);
  });

  test("as in the listing, lets a completion of negative grounding lose weight", () => {
    const wrong = { logprobs: [Math.log(0.25)], logprobsWithoutImage: [Math.log(0.75)] };
    expect(vicra(wrong).weights).toBeAllclose([1]);
    expect(vicra(wrong, { variant: "listing" }).weights).toBeAllclose([0.5], { atol: 1e-7 });
  });

  test("gives masked tokens weight 0 and lets them influence no other", () => {
    const padded = vicra({
      logprobs: [-1, -2, Number.NaN],
      logprobsWithoutImage: [-2, -2, 7],
      mask: [1, 1, 0],
    });
    const plain = vicra({ logprobs: [-1, -2], logprobsWithoutImage: [-2, -2] });
    expect([...padded.weights]).toEqual([...plain.weights, 0]);
    expect(padded.grounding[2]).toBe(0);
  });

  test("is uniform for one token, without an image's effect, and without tokens", () => {
    expect([...vicra({ logprobs: [-1], logprobsWithoutImage: [-4] }).weights]).toEqual([1]);
    expect([...vicra({ logprobs: [-1, -2], logprobsWithoutImage: [-1, -2] }).weights]).toEqual([1, 1]);
    expect(vicra({ logprobs: [], logprobsWithoutImage: [] }).weights).toHaveLength(0);
    const none = vicra({ logprobs: [-1], logprobsWithoutImage: [-2], mask: [0] }, { variant: "listing" });
    expect([...none.weights]).toEqual([0]);
  });

  test("rejects wrong lengths and numbers that are no log-probs or divergences", () => {
    const good = { logprobs: [-1, -2], logprobsWithoutImage: [-1, -2] };
    expect(() => vicra({ ...good, logprobsWithoutImage: [-1] })).toThrow(ShapeError);
    expect(() => vicra({ ...good, mask: [1] })).toThrow(ShapeError);
    expect(() => vicra({ ...good, mask: [1, 2] })).toThrow("mask[1]: expected 0 or 1, got 2");
    // @ts-expect-error: false is not 0, and would count
    expect(() => vicra({ ...good, mask: [true, false] })).toThrow(NumericError);
    expect(() => vicra(good, { score: "divergence" })).toThrow(ShapeError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => vicra(good, { score: "kl" })).toThrow('"probability", "divergence"');
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => vicra(good, { variant: "paper" })).toThrow(ConfigError);
    for (const wrong of [Number.NaN, -Infinity, Infinity, 0.5]) {
      expect(() => vicra({ ...good, logprobs: [-1, wrong] })).toThrow(NumericError);
      expect(() => vicra({ ...good, logprobsWithoutImage: [wrong, -1] })).toThrow("logprobsWithoutImage[0]");
    }
    for (const wrong of [Number.NaN, Infinity, -0.5]) {
      expect(() => vicra({ ...good, divergence: [0, wrong] }, { score: "divergence" })).toThrow(NumericError);
    }
  });
});
