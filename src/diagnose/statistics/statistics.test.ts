import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ShapeError } from "../../errors/index.ts";
import { cliffsDelta, RankedScores } from "./area-under-curve.ts";
import { classScore, confusionMatrix } from "./confusion.ts";
import { GroupedSums } from "./grouped-sums.ts";

describe("the area under the curve", () => {
  test.each<[string, number[], number[], number]>([
    ["of a perfect score is 1", [1, 2, 3, 4], [0, 0, 1, 1], 1],
    ["of a reversed score is 0", [4, 3, 2, 1], [0, 0, 1, 1], 0],
    ["of a constant is one half", [5, 5, 5], [0, 1, 1], 0.5],
    // Pairs (2,1) (2,2) (3,1) (3,2): 1 + ½ + 1 + 1 of 4.
    ["counts ties half", [1, 2, 2, 3], [0, 0, 1, 1], 0.875],
    ["counts pairs, not classes", [1, 4, 2, 3], [0, 0, 0, 1], 2 / 3],
  ])("%s", (_, scores, positive, area) => {
    expect(new RankedScores(scores, positive).area()).toBeCloseTo(area, 12);
  });

  test("is NaN where one kind is absent", () => {
    expect(new RankedScores([1, 2], [1, 1]).area()).toBeNaN();
    expect(new RankedScores([], []).area()).toBeNaN();
    expect(() => new RankedScores([1, Number.NaN], [0, 1])).toThrow(
      "scores[1]: expected a finite number, got NaN",
    );
    expect(new RankedScores([-Infinity, Infinity], [0, 1]).area()).toBe(1);
  });

  const items = fc.array(
    fc.record({
      score: fc.integer({ min: 0, max: 4 }),
      positive: fc.integer({ min: 0, max: 1 }),
      weight: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 25 },
  );

  test("is the share of pairs won, and a weight is so many copies", () => {
    fc.assert(
      fc.property(items, (drawn) => {
        const copies = drawn.flatMap((item) => new Array<typeof item>(item.weight).fill(item));
        let won = 0;
        let pairs = 0;
        for (const high of copies.filter(({ positive }) => positive === 1)) {
          for (const low of copies.filter(({ positive }) => positive === 0)) {
            won += high.score > low.score ? 1 : high.score === low.score ? 0.5 : 0;
            pairs++;
          }
        }
        const ranked = new RankedScores(
          drawn.map(({ score }) => score),
          drawn.map(({ positive }) => positive),
        );
        const area = ranked.area((i) => drawn[i]!.weight);
        if (pairs === 0) expect(area).toBeNaN();
        else expect(area).toBeCloseTo(won / pairs, 10);
      }),
    );
  });

  test("gives Cliff's δ: 0.875 is 0.75", () => {
    expect(cliffsDelta(0.875)).toBe(0.75);
  });

  test("refuses lists of different lengths", () => {
    expect(() => new RankedScores([1], [])).toThrow(ShapeError);
  });
});

describe("a confusion matrix", () => {
  const counts = confusionMatrix([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 0, 0], 3);

  test("counts true classes down and assigned classes across", () => {
    expect(counts).toEqual([
      [2, 1, 0],
      [1, 1, 0],
      [1, 0, 0],
    ]);
  });

  test("gives precision, recall and F1 of a class", () => {
    // Class 0: 2 hits, 4 assigned, 3 true.
    expect(classScore(counts, 0)).toEqual({ precision: 2 / 4, recall: 2 / 3, f1: 4 / 7 });
    expect(classScore(counts, 2)).toEqual({ precision: Number.NaN, recall: 0, f1: 0 });
  });

  test("refuses lists of different lengths", () => {
    expect(() => confusionMatrix([0], [], 1)).toThrow(ShapeError);
  });
});

test("sums by unit give the mean of what is drawn", () => {
  const sums = new GroupedSums(3);
  for (const [unit, value] of [
    [0, 1],
    [0, 3],
    [2, 8],
  ] as const) {
    sums.add(unit, value);
  }
  expect([sums.items, sums.units]).toEqual([3, 2]);
  expect(sums.mean([1, 1, 1])).toBe(4);
  expect(sums.mean([2, 5, 1])).toBe(16 / 5);
  expect(sums.mean([0, 1, 0])).toBeNaN();
});
