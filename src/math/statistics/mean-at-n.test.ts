import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../../errors/index.ts";
import { statisticsCases } from "../../testing/statistics-fixtures.ts";
import { meanAtN } from "./mean-at-n.ts";

interface Case {
  /** A text of 0 and 1 for each problem. */
  readonly scores: readonly string[];
  readonly mean: number;
  readonly runs: readonly number[];
  readonly variance: number;
}

describe("meanAtN", () => {
  test("of two answers to two problems by hand: runs of 1 and ½, variance ⅛", () => {
    expect(
      meanAtN([
        [1, 0],
        [1, 1],
      ]),
    ).toEqual({ mean: 0.75, runs: [1, 0.5], variance: 0.125, standardDeviation: Math.sqrt(0.125) });
  });

  test.each(statisticsCases<Case>("mean-at-n").map((one, i) => [i, one] as const))(
    "is numpy's, case %i",
    (_, one) => {
      const { mean, runs, variance } = meanAtN(one.scores.map((row) => Array.from(row, Number)));
      expect(runs).toBeAllclose(one.runs);
      expect([mean, variance]).toBeAllclose([one.mean, one.variance], { rtol: 1e-10, atol: 1e-16 });
    },
  );

  test("of one answer each has no variance", () => {
    expect(meanAtN([[1], [0], [0.5]])).toEqual({ mean: 0.5, runs: [0.5], variance: 0, standardDeviation: 0 });
  });

  test("rejects problems with another number of answers, none, and scores that are no numbers", () => {
    expect(() => meanAtN([[1, 0], [1]])).toThrow(ShapeError);
    expect(() => meanAtN([])).toThrow(NumericError);
    expect(() => meanAtN([[]])).toThrow(NumericError);
    expect(() => meanAtN([[1], [Number.NaN]])).toThrow("scores[1][0]: expected a finite number, got NaN");
  });
});
