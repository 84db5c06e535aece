import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import { biasCurve } from "./bias-curve.ts";
import { calibratedGram } from "./calibrated-gram.ts";

interface Case {
  name: string;
  rows: number[];
  tokens: number;
  keys: number;
  kind: number[];
  first: number;
  biasCorrection: boolean;
  connectivity: number[];
  gram: number[];
}
const path = new URL("../../fixtures/credit/at-rl.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;

const rows = [0.6, 0.4, 0.2, 0.8];
const shape = { tokens: 2, keys: 2 };
const kind = Uint8Array.of(2, 1);

describe("biasCurve", () => {
  test("has values that can be checked on paper", () => {
    const first = 1 + 0.15 * Math.exp(-2) + 0.05 * Math.cos(Math.PI / 2);
    const second = 1 + 0.15 * Math.exp(-4) - 0.05;
    const mean = (first + second) / 2;
    expect(biasCurve(2)).toBeAllclose([first / mean, second / mean]);
    expect([...biasCurve(1)]).toEqual([1]);
    expect(biasCurve(0)).toHaveLength(0);
  });

  test("follows its parameters, one by one", () => {
    const half = Math.exp(-1);
    const end = Math.exp(-2);
    const mean = (2 + 0.3 * (half + end)) / 2;
    expect(biasCurve(2, { exponential: 0.3, decay: 2, cosine: 0 })).toBeAllclose([
      (1 + 0.3 * half) / mean,
      (1 + 0.3 * end) / mean,
    ]);
    expect(biasCurve(2, { exponential: 0, cosine: 0.5 })).toBeAllclose([1 / 0.75, 0.5 / 0.75]);
    expect(biasCurve(7, { exponential: 0.15, decay: 4, cosine: 0.05 })).toEqual(biasCurve(7));
    expect(biasCurve(7, { decay: undefined })).toEqual(biasCurve(7));
    expect([...biasCurve(3, { exponential: 0, cosine: 0 })]).toEqual([1, 1, 1]);
  });

  test("is positive everywhere its parameters may go", () => {
    const parameters = fc.record({
      exponential: fc.double({ min: 0, max: 1e6, noNaN: true }),
      decay: fc.double({ min: 0, max: 1e3, noNaN: true }),
      cosine: fc.double({ min: -0.99, max: 0.99, noNaN: true }),
    });
    fc.assert(
      fc.property(parameters, fc.integer({ min: 1, max: 50 }), (shape, keys) => {
        for (const bias of biasCurve(keys, shape)) expect(bias > 0 && bias < Infinity).toBe(true);
      }),
    );
  });

  test.each([{ exponential: -0.1 }, { decay: Number.NaN }, { cosine: 1 }, { decay: Infinity }])(
    "rejects %o",
    (wrong) => {
      expect(() => biasCurve(3, wrong)).toThrow(NumericError);
      expect(() => calibratedGram(rows, shape, kind, { biasCurve: wrong })).toThrow(NumericError);
    },
  );

  test("averages to 1 and falls from the first key to the last", () => {
    for (const keys of [2, 7, 100, 4096]) {
      const curve = biasCurve(keys);
      expect(curve.reduce((sum, bias) => sum + bias, 0) / keys).toBeCloseTo(1, 12);
      for (let j = 1; j < keys; j++) expect(curve[j]).toBeLessThan(curve[j - 1]!);
    }
  });
});

describe("calibratedGram", () => {
  test("has values that can be checked on paper", () => {
    const { connectivity, gram } = calibratedGram(rows, shape, kind, { biasCorrection: false });
    expect(connectivity).toBeAllclose([0.6, 0.2]);
    expect(gram).toBeAllclose([0.52, 0.44, 0.44, 0.68]);
    const [first, second] = biasCurve(2) as unknown as [number, number];
    const calibrated = calibratedGram(rows, shape, kind);
    expect(calibrated.connectivity).toBeAllclose([0.6 / first, 0.2 / first]);
    expect(calibrated.gram[1]).toBeCloseTo(0.12 / first ** 2 + 0.32 / second ** 2, 14);
  });

  test.each(cases)("agrees with numpy: $name", (recorded) => {
    const { tokens, keys, first, biasCorrection } = recorded;
    const found = calibratedGram(recorded.rows, { tokens, keys }, Uint8Array.from(recorded.kind), {
      first,
      biasCorrection,
    });
    expect(found.connectivity).toBeAllclose(recorded.connectivity, { rtol: 1e-12 });
    expect(found.gram).toBeAllclose(recorded.gram, { rtol: 1e-12 });
  });

  test("divides by the curve that it is given", () => {
    const parameters = { exponential: 0.5, decay: 1, cosine: -0.2 };
    const curve = biasCurve(2, parameters);
    const { connectivity, gram } = calibratedGram(rows, shape, kind, { biasCurve: parameters });
    expect(connectivity).toBeAllclose([0.6 / curve[0]!, 0.2 / curve[0]!]);
    expect(gram[1]).toBeCloseTo(0.12 / curve[0]! ** 2 + 0.32 / curve[1]! ** 2, 14);
    const paper = { exponential: 0.15, decay: 4, cosine: 0.05 };
    expect(calibratedGram(rows, shape, kind, { biasCurve: paper })).toEqual(
      calibratedGram(rows, shape, kind),
    );
  });

  test("is the same with padding anywhere, for any values of the rows there", () => {
    const entry = fc.double({ min: 0, max: 1, noNaN: true });
    const matrix = fc.array(fc.tuple(entry, entry, entry), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(matrix, entry, (values, noise) => {
        const tokens = values.length;
        const plain = calibratedGram(values.flat(), { tokens, keys: 3 }, [2, 1, 1]);
        const padded = values.flatMap(([a, b, c]) => [noise, a, noise, b, c, noise]);
        expect(calibratedGram(padded, { tokens, keys: 6 }, [0, 2, 0, 1, 1, 0])).toEqual(plain);
      }),
    );
  });

  test("ignores keys after a row's own query, when the query's place is given", () => {
    const kinds = Uint8Array.of(2, 1, 1);
    const size = { tokens: 2, keys: 3 };
    const causal = calibratedGram([0.5, 0.5, 0, 0.2, 0.3, 0.5], size, kinds, { first: 1 });
    expect(calibratedGram([0.5, 0.5, 9, 0.2, 0.3, 0.5], size, kinds, { first: 1 })).toEqual(causal);
    expect(calibratedGram([0.5, 0.5, 0, 0.2, 0.3, 0.5], size, kinds)).toEqual(causal);
  });

  test("scales with its rows: connectivity as they do, products by the square", () => {
    const plain = calibratedGram(rows, shape, kind);
    const tripled = calibratedGram(
      rows.map((x) => 3 * x),
      shape,
      kind,
    );
    expect(tripled.connectivity).toBeAllclose(plain.connectivity.map((x) => 3 * x));
    expect(tripled.gram).toBeAllclose(plain.gram.map((x) => 9 * x));
  });

  test("is defined without tokens, without image keys and with padding only", () => {
    expect(calibratedGram([], { tokens: 0, keys: 3 }, [1, 2, 1]).gram).toHaveLength(0);
    expect([...calibratedGram(rows, shape, [1, 1]).connectivity]).toEqual([0, 0]);
    expect([...calibratedGram(rows, shape, [0, 0]).gram]).toEqual([0, 0, 0, 0]);
  });

  test("rejects lengths that do not fit and entries that are no masses", () => {
    expect(() => calibratedGram(rows.slice(1), shape, kind)).toThrow(ShapeError);
    expect(() => calibratedGram(rows, shape, [1])).toThrow(ShapeError);
    expect(() => calibratedGram(rows, shape, kind, { first: 1 })).toThrow(ShapeError);
    expect(() => calibratedGram(rows, shape, [2, 3])).toThrow(NumericError);
    for (const bad of [Number.NaN, -0.1, Infinity]) {
      expect(() => calibratedGram([0.6, 0.4, 0.2, bad], shape, kind)).toThrow("token 1, key 1");
    }
  });
});
