import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError } from "../errors/index.ts";
import type { CompletionReward } from "./completion-reward.ts";
import { orderHelps, tallyRight, temporalRewards } from "./temporal.ts";

const judged = (accuracy: number, format = 0): CompletionReward => ({
  value: accuracy + 0.1 * format,
  parts: { accuracy, format },
  judgement: { extracted: "", score: accuracy, reason: "" },
});
const unjudged: CompletionReward = {
  value: null,
  parts: {},
  judgement: { extracted: "", score: null, reason: "no accepted answer" },
};

const tally = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 0, max: 64 }))
  .map(([size, right]) => ({ right: Math.min(right, size), judged: size }));

describe("whether the order of frames helps", () => {
  test.each([
    // p = 5/8 against p̃ = 2/4
    [5, 8, 2, 4, 1, true],
    // 4/8 against 2/4: as well is enough
    [4, 8, 2, 4, 1, true],
    [3, 8, 2, 4, 1, false],
    // 3/8 = 0.375 against 0.8 · 0.5 = 0.4, and 3/8 against 0.8 · 0.25
    [3, 8, 2, 4, 0.8, false],
    [3, 8, 1, 4, 0.8, true],
    // 7/8 against 4/4: by the code, not by the paper
    [7, 8, 4, 4, 0.8, true],
    [7, 8, 4, 4, 1, false],
    [0, 8, 0, 4, 1, true],
    [0, 8, 4, 4, 0, true],
  ])(
    "%i of %i right in order, %i of %i shuffled, factor %d: %s",
    (right, of, other, from, factor, expected) => {
      const [ordered, shuffled] = [
        { right, judged: of },
        { right: other, judged: from },
      ];
      expect(orderHelps(ordered, shuffled, factor)).toBe(expected);
    },
  );

  test("is as the authors' code has it for groups of 8 and 4", () => {
    for (let right = 0; right <= 8; right++) {
      for (let other = 0; other <= 4; other++) {
        const helps = orderHelps({ right, judged: 8 }, { right: other, judged: 4 }, 0.8);
        expect(helps).toBe(right / 8 >= 0.8 * (other / 4));
      }
    }
  });

  test("is not a matter of rounding: 6 of 10 are 0.8 times 3 of 4", () => {
    expect(0.6 >= 0.8 * 0.75).toBe(false);
    expect(orderHelps({ right: 6, judged: 10 }, { right: 3, judged: 4 }, 0.8)).toBe(true);
    // 0.55·100 is 55.00000000000001 in doubles.
    expect(orderHelps({ right: 11, judged: 20 }, { right: 5, judged: 5 }, 0.55)).toBe(true);
  });

  test("holds of equal shares, stays when more are right in order, and goes when more are right shuffled", () => {
    fc.assert(
      fc.property(
        tally,
        tally,
        fc.double({ min: 0, max: 2, noNaN: true }),
        fc.nat(9),
        (a, b, factor, times) => {
          const copies = { right: a.right * (times + 1), judged: a.judged * (times + 1) };
          expect(orderHelps(a, copies, 1)).toBe(true);
          expect(orderHelps(copies, a, 1)).toBe(true);
          const more = { right: Math.min(a.right + times, a.judged), judged: a.judged };
          if (orderHelps(a, b, factor)) expect(orderHelps(more, b, factor)).toBe(true);
          if (!orderHelps(b, a, factor)) expect(orderHelps(b, more, factor)).toBe(false);
        },
      ),
    );
  });

  test("is false where nothing could be judged, and a factor that is no number or below 0 is refused", () => {
    const [none, some] = [
      { right: 0, judged: 0 },
      { right: 1, judged: 2 },
    ];
    expect(orderHelps(none, some, 1)).toBe(false);
    expect(orderHelps(some, none, 1)).toBe(false);
    expect(() => orderHelps(some, some, Number.NaN)).toThrow(NumericError);
    expect(() => orderHelps(some, some, Infinity)).toThrow(NumericError);
    expect(() => orderHelps(some, some, -1)).toThrow(
      "factor: expected a finite number of at least 0, got -1",
    );
  });
});

test("right are completions of at least half the accuracy, among judged completions", () => {
  const rewards = [judged(1), judged(0, 1), judged(0.5), judged(0.49), unjudged];
  expect(tallyRight(rewards)).toEqual({ right: 2, judged: 4 });
  expect(tallyRight([])).toEqual({ right: 0, judged: 0 });
});

describe("the temporal reward", () => {
  test("is earned by right completions alone, and by none where order does not help", () => {
    const rewards = [judged(1, 1), judged(0, 1), judged(1)];
    const helped = temporalRewards(rewards, true, 0.3);
    expect(helped.map((reward) => reward.value)).toEqual([1.1 + 0.3, 0.1, 1.3]);
    expect(helped.map((reward) => reward.parts["temporal"])).toEqual([1, 0, 1]);
    const unhelped = temporalRewards(rewards, false, 0.3);
    expect(unhelped.map((reward) => reward.value)).toEqual([1.1, 0.1, 1]);
    expect(unhelped.map((reward) => reward.parts)).toEqual(
      rewards.map(({ parts }) => ({ ...parts, temporal: 0 })),
    );
  });

  test("leaves what could not be judged as it is, and what it was given unchanged", () => {
    const given = [unjudged, judged(1)];
    expect(temporalRewards(given, true, 0.3).slice(0, 1)).toEqual([unjudged]);
    expect(given[1]).toEqual(judged(1));
  });
});
