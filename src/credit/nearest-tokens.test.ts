import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../math/index.ts";
import { NearestLists, nearestOf } from "./nearest-tokens.ts";
import { matrixOfCosines, type RowCosines, rowCosines } from "./similarity-graph.ts";

/** Inner products of rows of few different lengths and directions, so that cosines tie. */
function gramOf(tokens: number, seed: number): Float64Array {
  const rng = new Rng(seed);
  const rows = Array.from({ length: tokens }, () => [rng.integer(3), rng.integer(3), rng.integer(3)]);
  return Float64Array.from(rows.flatMap((a) => rows.map((b) => a.reduce((sum, x, j) => sum + x * b[j]!, 0))));
}

/** Token by token, all others sorted. */
function sorted(gram: ArrayLike<number>, tokens: number, s: number, count: number): [number, number][] {
  const inverse = (t: number) => (gram[t * tokens + t]! > 0 ? 1 / Math.sqrt(gram[t * tokens + t]!) : 0);
  return Array.from({ length: tokens }, (_, t): [number, number] => {
    const [a, b] = [Math.min(s, t), Math.max(s, t)];
    return [t, Math.min(1, gram[a * tokens + b]! * inverse(a) * inverse(b))];
  })
    .filter(([t]) => t !== s)
    .sort(([a, one], [b, other]) => other - one || a - b)
    .slice(0, count);
}

/** The nearest tokens that the pass over all pairs collects. */
function nearestTokens(cosines: RowCosines, chosen: readonly number[], width: number) {
  const lists = new NearestLists(cosines.rows, width);
  matrixOfCosines(cosines, {}, lists);
  return nearestOf(lists, chosen);
}

describe("nearest tokens", () => {
  test("are nearest first, of equal cosines the earlier token first, and −1 where there are no more", () => {
    const cosines = rowCosines([1, 0.9, 0.8, 0.9, 1, 0, 0.8, 0, 1], 3);
    const { tokens, cosines: found } = nearestTokens(cosines, [0, 2], 3);
    expect([...tokens]).toEqual([1, 2, -1, 0, 1, -1]);
    expect([...found]).toEqual([0.9, 0.8, 0, 0.8, 0, 0]);
    expect(nearestTokens(cosines, [1], 0).tokens).toHaveLength(0);
    expect(nearestTokens(cosines, [], 4).tokens).toHaveLength(0);
  });

  test("are bitwise identical to a sort, for any choice of tokens", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 150 }),
        fc.nat(1000),
        fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 7, max: 160 })),
        (tokens, seed, width) => {
          const gram = gramOf(tokens, seed);
          const rng = new Rng(seed);
          const chosen = Array.from({ length: tokens }, (_, t) => t).filter(() => rng.uniform() < 0.5);
          const found = nearestTokens(rowCosines(gram, tokens), chosen, width);
          for (const [i, token] of chosen.entries()) {
            const expected = sorted(gram, tokens, token, width);
            const places = Array.from({ length: width }, (_, r) => i * width + r);
            expect(places.map((at) => found.tokens[at])).toEqual(
              places.map((_, r) => expected[r]?.[0] ?? -1),
            );
            expect(places.map((at) => found.cosines[at])).toEqual(
              places.map((_, r) => expected[r]?.[1] ?? 0),
            );
          }
        },
      ),
    );
  });

  test("read nothing of rows that were left out", () => {
    const gram = Float64Array.from(gramOf(6, 1), (value, at) =>
      at % 6 === 2 || Math.floor(at / 6) === 2 ? Number.NaN : value,
    );
    const { tokens } = nearestTokens(rowCosines(gram, 6, [0, 1, 3, 4, 5]), [0, 4], 4);
    expect(tokens.every((token) => token >= 0)).toBe(true);
    expect(() => nearestTokens(rowCosines(gramOf(3, 1).fill(Number.NaN, 1, 2), 3), [0], 1)).toThrow(
      "row 0, column 1",
    );
  });
});
