import { describe, expect, test } from "vitest";
import { statisticsCases } from "../../../testing/statistics-fixtures.ts";
import { incompleteBeta } from "./incomplete-beta.ts";
import { normalProbability, normalQuantile } from "./normal.ts";
import { studentProbability, studentQuantile } from "./student-t.ts";

interface Case {
  readonly of: keyof typeof functions;
  readonly at: readonly [number, number];
  readonly scipy: number;
  readonly exact: number;
}

const functions = {
  normal: (x: number) => normalProbability(x),
  "normal-quantile": (p: number) => normalQuantile(p),
  student: studentProbability,
  "student-quantile": studentQuantile,
  binomial: (k: number, n: number) => (k === n ? 1 : incompleteBeta(0.5, 0.5, n - k, k + 1)),
};

describe("distribution functions and quantiles equal scipy's, and values of 40 digits, to a relative 1e-10", () => {
  const cases = statisticsCases<Case>("distributions");
  for (const name of Object.keys(functions) as Case["of"][]) {
    const own = cases.filter((one) => one.of === name);
    test(`${name}, ${own.length} cases`, () => {
      expect(own.length).toBeGreaterThan(10);
      for (const { at, scipy, exact } of own) {
        const value = functions[name](...at);
        expect([value, value], JSON.stringify(at)).toBeAllclose([scipy, exact], { rtol: 1e-10, atol: 0 });
      }
    });
  }
});
