import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalCeiling, Rng } from "../math/index.ts";
import { keepMass } from "./keep-mass.ts";
import { minMax } from "./min-max.ts";
import { topOfBatch, topShare } from "./top-share.ts";
import { scheduledWeights } from "./weight-schedule.ts";

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 20 });

describe("minMax", () => {
  test("is 0 at the least, 1 at the greatest, and linear between", () => {
    expect([...minMax([1, 3, 2])]).toEqual([0, 1, 0.5]);
    fc.assert(
      fc.property(numbers, (scores) => {
        const found = minMax(scores);
        expect(Math.min(...found)).toBe(0);
        expect([0, 1]).toContain(Math.max(...found));
      }),
    );
  });

  test("is 0 where all are equal, and looks at no masked token", () => {
    expect([...minMax([5, 5])]).toEqual([0, 0]);
    expect([...minMax([1, Number.NaN, 3], [1, 0, 1])]).toEqual([0, 0, 1]);
    expect([...minMax([])]).toEqual([]);
  });
});

describe("keepMass", () => {
  test("has mean 1, in proportion to what was given", () => {
    expect([...keepMass([1, 0, 2])]).toEqual([1, 0, 2]);
    expect([...keepMass([1, 9, 3], [1, 0, 1])]).toEqual([0.5, 0, 1.5]);
  });

  test("is 1 where nothing has weight", () => {
    expect([...keepMass([0, 0])]).toEqual([1, 1]);
    expect([...keepMass([0, 7], [1, 0])]).toEqual([1, 0]);
  });
});

test("scheduled weights are 1 at the start and the method's own at the end", () => {
  expect([...scheduledWeights([0, 2], 0)]).toEqual([1, 1]);
  expect([...scheduledWeights([0, 2], 0.5)]).toEqual([0.5, 1.5]);
  expect([...scheduledWeights([0, 2], 1, [1, 0])]).toEqual([0, 0]);
});

describe("topOfBatch", () => {
  test("takes the share of all tokens together, the earlier of equal scores first", () => {
    const batch = [{ scores: [1, 5, 5] }, { scores: [5, 0], mask: [1, 0] }];
    expect(topOfBatch(batch, 0.5, "earlier").map((own) => [...own])).toEqual([
      [0, 1, 1],
      [0, 0],
    ]);
    expect(topOfBatch(batch, 0.5, "all").map((own) => [...own])).toEqual([
      [0, 1, 1],
      [1, 0],
    ]);
    expect(topOfBatch(batch, 0, "all").flatMap((own) => [...own])).toEqual([0, 0, 0, 0, 0]);
    expect(topOfBatch([], 0.5, new Rng(0))).toEqual([]);
  });

  test("at random keeps the right number, none below a token left out, and each of equal tokens sometimes", () => {
    const scores = [1, 3, 2, 2, 2, 2, 0];
    const drawn = Array.from({ length: 60 }, (_, seed) => topOfBatch([{ scores }], 3 / 7, new Rng(seed))[0]!);
    for (const own of drawn) {
      expect(own.filter((one) => one === 1)).toHaveLength(3);
      expect([own[0], own[1], own[6]]).toEqual([0, 1, 0]);
    }
    for (const place of [2, 3, 4, 5])
      expect(new Set(drawn.map((own) => own[place]))).toEqual(new Set([0, 1]));
  });

  test("keeps what a sort of all tokens keeps, ties and lots included", () => {
    const few = fc.array(
      fc.array(fc.tuple(fc.constantFrom(-2, -0, 0, 0.5, 3), fc.constantFrom(0, 1, 1, 1)), { maxLength: 12 }),
      { maxLength: 5 },
    );
    const rules = fc.constantFrom("earlier", "all", "random" as const);
    fc.assert(
      fc.property(few, fc.nat(100), rules, fc.nat(), (rows, percent, ties, seed) => {
        const batch = rows.map((row) => ({
          scores: row.map(([score, mask]) => (mask === 0 ? Number.NaN : score)),
          mask: row.map(([, mask]) => mask),
        }));
        const tokens = batch.flatMap(({ scores, mask }, i) =>
          scores.map((score, t) => ({ i, t, score })).filter(({ t }) => mask[t] === 1),
        );
        const [one, other] = [new Rng(seed), new Rng(seed)];
        if (ties === "random") one.shuffle(tokens);
        tokens.sort((a, b) => b.score - a.score);
        const count = decimalCeiling(percent / 100, tokens.length);
        const last = tokens[count - 1]?.score;
        const expected = batch.map(({ scores }) => new Float64Array(scores.length));
        for (const [place, { i, t, score }] of tokens.entries()) {
          if (place < count || (ties === "all" && score === last)) expected[i]![t] = 1;
        }
        expect(topOfBatch(batch, percent / 100, ties === "random" ? other : ties)).toEqual(expected);
        expect(other.state()).toEqual(one.state());
      }),
    );
  });

  test("of one completion is the top share of it", () => {
    fc.assert(
      fc.property(numbers, fc.nat(100), (scores, percent) => {
        expect(topOfBatch([{ scores }], percent / 100, "earlier")[0]).toEqual(
          topShare(scores, percent / 100),
        );
      }),
    );
  });
});
