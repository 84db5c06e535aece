import { describe, expect, test } from "vitest";
import { ShapeError } from "../errors/index.ts";
import { signalAgreement } from "./agreement.ts";

const credit = (...scores: number[]) => ({
  weights: new Float64Array(scores.length).fill(1),
  scores: Float64Array.from(scores),
});
const ones = (...lengths: number[]) => lengths.map((length) => new Uint8Array(length).fill(1));

describe("signalAgreement", () => {
  test("can be checked on paper", () => {
    const first = [credit(4, 3, 2, 1), credit(1, 2)];
    const second = [credit(4, 1, 2, 3), credit(9, 8)];
    // Two of four: {0, 1} and {0, 3} share one; one of two: {1} and {0} share none. Means 2.5, 1.5 and 2.5, 8.5.
    expect(signalAgreement(first, second, ones(4, 2), 0.5)).toEqual({ overlap: 0.25, correlation: -1 });
  });

  test("of a method with itself is whole, and of its opposite none", () => {
    const first = [credit(1, 2, 3, 4), credit(5, 6, 7, 8)];
    const opposite = first.map(({ scores }) => credit(...scores.map((own) => -own)));
    expect(signalAgreement(first, first, ones(4, 4), 0.5)).toEqual({ overlap: 1, correlation: 1 });
    expect(signalAgreement(first, opposite, ones(4, 4), 0.5)).toEqual({ overlap: 0, correlation: -1 });
  });

  test("takes weights where a method has no scores, and looks at no masked token", () => {
    const first = [{ weights: Float64Array.of(1, 2, Number.NaN) }];
    expect(signalAgreement(first, [credit(0, 5, 9)], [[1, 1, 0]], 0.5)).toEqual({ overlap: 1 });
  });

  test("says nothing of correlation for one completion or constant means; empty completions take no part", () => {
    expect(signalAgreement([credit(1, 2)], [credit(2, 1)], ones(2), 0.5)).toEqual({ overlap: 0 });
    const even = [credit(1, 1), credit(1, 1), credit()];
    expect(signalAgreement(even, even, ones(2, 2, 0), 0.5)).toEqual({ overlap: 1 });
    expect(signalAgreement([], [], [], 0.5)).toEqual({ overlap: 0 });
    expect(() => signalAgreement([], [credit(1)], ones(1), 0.5)).toThrow(ShapeError);
  });
});
