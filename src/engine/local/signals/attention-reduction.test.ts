import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fisherRaoDistance, attentionSignals as pureSignals } from "../../../credit/index.ts";
import { Rng } from "../../../math/index.ts";
import { attentionSignals, RowReducer, shiftFromChord } from "./attention-reduction.ts";

describe("the angle of a chord", () => {
  test.each([
    [0, 0],
    [2, Math.PI],
    [2 - Math.SQRT2, Math.PI / 2],
    [2.0001, Math.PI],
    [-1e-12, 0],
  ])("a squared chord of %d is a shift of %d", (chord, shift) => {
    expect(shiftFromChord(chord)).toBeCloseTo(shift, 12);
  });

  test("is the Fisher-Rao distance", () => {
    const positive = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(positive, positive, (p, q) => {
        const normal = (values: number[]) => {
          const total = values.reduce((sum, value) => sum + value, 0);
          return values.map((value) => Math.sqrt(value / total));
        };
        const [a, b] = [normal(p), normal(q)];
        const chord = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
        expect(shiftFromChord(chord)).toBeCloseTo(fisherRaoDistance(p, q), 10);
      }),
    );
  });
});

test("a shift is 0 for the first token and beside a row without mass", () => {
  const visual = { mass: [0.5, 0, 0.5, 0.5], chord: [1, 1, 1] };
  const { visualShift, visualMass } = attentionSignals(visual, { mass: [], chord: [] });
  expect(visualMass).toEqual(Float64Array.of(0.5, 0, 0.5, 0.5));
  expect(visualShift.subarray(0, 3)).toEqual(new Float64Array(3));
  expect(visualShift[3]).toBeCloseTo(2 * Math.acos(0.5), 12);
});

/**
 * Rows as decoding gives them, for the second of two prompts: 6 prompt slots of which 2 are padding and 2 are image
 * keys, then a cache of 5 slots, then the query's own key.
 */
const [PROMPT, CACHE, TOKENS] = [6, 5, 4];
const KIND = [0, 0, 1, 2, 2, 1];
const SUPPORT = Float32Array.from([1, 1, 1, 1, 1, 1, ...KIND.map((kind) => (kind === 2 ? 1 : 0))]);

/** Attention on the prompt and on `tokens` completion keys, normalised; the image keys get nothing if `blind`. */
function randomRow(rng: Rng, tokens: number, blind: boolean): number[] {
  const kinds = [...KIND, ...new Array<number>(tokens).fill(1)];
  const raw = kinds.map((kind) => (kind === 0 || (blind && kind === 2) ? 0 : rng.uniform() ** 3));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => Math.fround(value / total));
}

function decodeRow(row: readonly number[], cached: number): Float32Array {
  const data = new Float32Array(3 + PROMPT + CACHE + 1).fill(9);
  data.set(row.slice(0, PROMPT + cached), 3);
  data[3 + PROMPT + CACHE] = row[PROMPT + cached] ?? 9;
  return data;
}

describe.each([
  ["own", 1],
  ["predicting", 0],
] as const)("%s rows, reduced one at a time,", (row, offset) => {
  test.each([-1, 0, 2])(
    "have the signals of the reference (row %d without attention on the image)",
    (blind) => {
      const rng = new Rng(4);
      const rows = Array.from({ length: TOKENS }, (_, t) => randomRow(rng, t + offset, t === blind));
      const reducer = new RowReducer(SUPPORT, PROMPT, 1, TOKENS);
      for (const [t, values] of rows.entries()) {
        const cached = t + offset - 1;
        expect(reducer.length).toBe(t);
        if (cached < 0) {
          reducer.push(Float32Array.from([9, 9, ...values]), 2, 0, -1);
        } else {
          reducer.push(decodeRow(values, cached), 3, cached, PROMPT + CACHE);
        }
      }
      const keys = PROMPT + TOKENS;
      const kind = [...KIND, ...new Array<number>(TOKENS).fill(1)];
      const flat = rows.flatMap((values) => [...values, ...new Array<number>(keys - values.length).fill(0)]);
      const expected = pureSignals(flat, { tokens: TOKENS, keys }, kind, PROMPT - 1 + offset);
      const found = reducer.finish();
      for (const signal of ["visualMass", "textMass", "visualShift", "textShift"] as const) {
        expect(found[signal], `${row} ${signal}`).toBeAllclose(expected[signal], { rtol: 0, atol: 1e-7 });
      }
    },
  );
});
