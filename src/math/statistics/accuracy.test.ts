import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../random.ts";
import { accuracyDifference } from "./accuracy-difference.ts";
import { accuracyInterval } from "./accuracy-interval.ts";
import { newcombeInterval } from "./newcombe.ts";
import { wilsonInterval } from "./wilson.ts";

const rng = () => new Rng(0);
const answers = fc.array(fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 4 }), {
  maxLength: 8,
});
const few = { resamples: 60 };

describe("accuracyInterval", () => {
  test("of one answer each is Wilson's", () => {
    const interval = accuracyInterval([[1], [1], [0], [1]], rng());
    expect(interval).toEqual({ ...wilsonInterval(3, 4), problems: 4, method: "wilson" });
  });

  test("is Wilson's over problems, not answers, where more answers say nothing new", () => {
    const eight = (score: number) => new Array<number>(8).fill(score);
    const interval = accuracyInterval([eight(1), eight(1), eight(0)], rng());
    expect(interval).toEqual({ ...wilsonInterval(2, 3), problems: 3, method: "wilson" });
    expect(accuracyInterval([eight(1), eight(1)], rng())).toMatchObject({
      high: 1,
      low: wilsonInterval(2, 2).low,
    });
  });

  test("weighs every problem alike, with any number of answers", () => {
    expect(accuracyInterval([[1, 1, 1, 1], [0], [0, 1]], rng(), few).estimate).toBe(0.5);
  });

  test("is Hoeffding's where problems do not differ: ±√(ln 40 / 2P)", () => {
    const { low, high, method } = accuracyInterval(new Array(50).fill([0, 1]), rng());
    expect(method).toBe("hoeffding");
    expect(low).toBeCloseTo(0.5 - Math.sqrt(Math.log(40) / 100), 12);
    expect(high).toBeCloseTo(0.5 + Math.sqrt(Math.log(40) / 100), 12);
    expect(accuracyInterval([[0, 1]], rng())).toMatchObject({ estimate: 0.5, low: 0, high: 1 });
  });

  test("never leaves [0, 1], for any answers", () => {
    fc.assert(
      fc.property(answers, fc.nat(), (scores, seed) => {
        const { estimate, low, high } = accuracyInterval(scores, new Rng(seed), { ...few, level: 0.999 });
        expect(0 <= low && low <= high && high <= 1).toBe(true);
        expect(0 <= estimate && estimate <= 1).toBe(true);
      }),
    );
  });

  test("is the same for the same seed, and knows nothing without problems", () => {
    const scores = [[1, 0], [1], [0]];
    expect(accuracyInterval(scores, new Rng(5), few)).toEqual(accuracyInterval(scores, new Rng(5), few));
    expect(accuracyInterval([], rng())).toEqual({
      estimate: 0,
      low: 0,
      high: 1,
      problems: 0,
      method: "wilson",
    });
  });

  test("rejects problems without answers, scores beyond the scale and impossible options", () => {
    expect(() => accuracyInterval([[1], []], rng())).toThrow(
      "scores[1]: expected at least one score, got none",
    );
    expect(() => accuracyInterval([[1], [0, 50]], rng())).toThrow(
      "scores[1][1]: expected a score in [0, 1], got 50",
    );
    expect(() => accuracyInterval([[1], [Number.NaN]], rng())).toThrow(NumericError);
    expect(() => accuracyInterval([[1]], rng(), { level: 95 })).toThrow(NumericError);
    expect(() => accuracyInterval([[0, 1]], rng(), { level: 95 })).toThrow(NumericError);
    expect(() => accuracyInterval([[0, 1], [1]], rng(), { resamples: 0 })).toThrow(NumericError);
  });

  // Right with a chance that differs by problem: what eight answers to 60 problems are like.
  test("covers the population's accuracy about as often as it says, as an interval over all answers does not", () => {
    const own = new Rng("coverage");
    const trials = 300;
    let covered = 0;
    let coveredByAnswers = 0;
    for (let trial = 0; trial < trials; trial++) {
      const scores = Array.from({ length: 60 }, () => {
        // Uniform squared has mean 1/3.
        const chance = own.uniform() ** 2;
        return Array.from({ length: 8 }, () => Number(own.uniform() < chance));
      });
      const { low, high } = accuracyInterval(scores, own, { resamples: 400 });
      if (low <= 1 / 3 && 1 / 3 <= high) covered++;
      const all = scores.flat();
      const naive = wilsonInterval(all.filter((score) => score === 1).length, all.length);
      if (naive.low <= 1 / 3 && 1 / 3 <= naive.high) coveredByAnswers++;
    }
    expect(covered / trials).toBeGreaterThan(0.91);
    expect(covered / trials).toBeLessThan(0.985);
    expect(coveredByAnswers / trials).toBeLessThan(0.8);
  });
});

describe("accuracyDifference", () => {
  test("of one answer each is Newcombe's interval and McNemar's test", () => {
    const difference = accuracyDifference([[1], [1], [1], [0]], [[1], [0], [0], [0]], rng());
    const table = { both: 1, onlyFirst: 2, onlySecond: 0, neither: 1 };
    expect(difference).toEqual({
      ...newcombeInterval(table),
      problems: 4,
      method: "newcombe",
      pValue: expect.closeTo(0.5, 12),
      test: "mcnemar-exact",
    });
  });

  test("of several answers pairs problems: noise that both share is not counted", () => {
    // Problems from never to always right, the first model one answer of eight better on most.
    const scores = (right: number) => Array.from({ length: 8 }, (_, n) => Number(n < right));
    const second = Array.from({ length: 40 }, (_, p) => scores(p % 8));
    const first = Array.from({ length: 40 }, (_, p) => scores((p % 8) + (p % 5 === 0 ? 0 : 1)));
    const difference = accuracyDifference(first, second, rng(), { resamples: 2000 });
    expect(difference.estimate).toBeCloseTo(0.1, 12);
    expect(difference).toMatchObject({ method: "bootstrap", test: "sign-flip-monte-carlo", problems: 40 });
    expect(difference.low).toBeGreaterThan(0.08);
    expect(difference.high).toBeLessThan(0.12);
    expect(difference.pValue).toBe(1 / 2001);
    const [one, other] = [accuracyInterval(first, rng()), accuracyInterval(second, rng())];
    expect(one.low).toBeLessThan(other.high);
  });

  test("takes another number of answers, and counts all flips of few problems", () => {
    const difference = accuracyDifference(
      [
        [1, 1],
        [0, 1],
        [1, 0],
      ],
      [[0], [0], [1]],
      rng(),
      few,
    );
    expect(difference.estimate).toBeCloseTo(1 / 3, 12);
    expect(difference.test).toBe("sign-flip-exact");
    // Differences 1, ½, −½: of eight flips two reach 1 and two reach 2, each way.
    expect(difference.pValue).toBe(6 / 8);
  });

  test("of equal answers is 0 with p 1 and an interval", () => {
    const scores = [
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    const { estimate, low, high, pValue, method } = accuracyDifference(scores, scores, rng());
    expect([estimate, low, high, pValue, method]).toEqual([0, -1, 1, 1, "hoeffding"]);
  });

  test("never leaves [−1, 1], and mirrors its estimate with the order", () => {
    const pairs = fc.array(
      fc.tuple(
        fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 3 }),
        fc.array(fc.constantFrom(0, 0.5, 1), { minLength: 1, maxLength: 3 }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(pairs, fc.nat(), (drawn, seed) => {
        const [first, second] = [drawn.map(([one]) => one), drawn.map(([, two]) => two)];
        const forward = accuracyDifference(first, second, new Rng(seed), few);
        const backward = accuracyDifference(second, first, new Rng(seed), few);
        expect(-1 <= forward.low && forward.low <= forward.high && forward.high <= 1).toBe(true);
        expect(backward.estimate).toBeCloseTo(-forward.estimate, 12);
        expect(backward.pValue).toBe(forward.pValue);
        expect(forward.pValue > 0 && forward.pValue <= 1).toBe(true);
      }),
    );
  });

  test("knows nothing without problems, and rejects evaluations of other problems", () => {
    expect(accuracyDifference([], [], rng())).toEqual({
      estimate: 0,
      low: -1,
      high: 1,
      problems: 0,
      method: "newcombe",
      pValue: 1,
      test: "mcnemar-exact",
    });
    expect(() => accuracyDifference([[1]], [[1], [0]], rng())).toThrow(ShapeError);
    expect(() => accuracyDifference([[1]], [[2]], rng())).toThrow(
      "second[0][0]: expected a score in [0, 1], got 2",
    );
  });
});

describe("values that are equal except for rounding", () => {
  test("have Hoeffding's interval, not one without width", () => {
    const two = accuracyDifference(
      [
        [1, 1, 0],
        [1, 1, 1],
      ],
      [
        [1, 0, 0],
        [1, 1, 0],
      ],
      new Rng(0),
    );
    expect(two).toMatchObject({ method: "hoeffding", low: -1, high: 1 });
    const one = accuracyInterval([[0.1 + 0.2], [0.3]], new Rng(0));
    expect(one.method).toBe("hoeffding");
    expect(one.high - one.low).toBeGreaterThan(0.5);
  });

  test("are no difference: their signs do not count", () => {
    const first = Array.from({ length: 8 }, () => [0.1, 0.2]);
    const second = Array.from({ length: 8 }, () => [0.3, 0]);
    const found = accuracyDifference(first, second, new Rng(0));
    expect(found).toMatchObject({ pValue: 1, estimate: 0, method: "hoeffding" });
  });
});
