import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NumericError, ShapeError } from "../errors/index.ts";
import { Rng } from "../math/index.ts";
import { partition } from "./partition/partition.ts";
import { rowCosines, similarityGraph } from "./similarity-graph.ts";

describe("similarityGraph", () => {
  test("joins tokens whose cosine exceeds the threshold, and weighs edges in thousandths", () => {
    // Lengths 1, 2 and 1: cosines 0.8, 0.7 and 0.75.
    const gram = [1, 1.6, 0.7, 1.6, 4, 1.5, 0.7, 1.5, 1];
    const graph = similarityGraph(gram, 3);
    expect([...graph.xadj]).toEqual([0, 1, 3, 4]);
    expect([...graph.adjacency]).toEqual([1, 0, 2, 1]);
    expect([...graph.edgeWeights]).toEqual([800, 800, 750, 750]);
    expect([...similarityGraph(gram, 3, { threshold: 0.78 }).edgeWeights]).toEqual([800, 800]);
    expect([...similarityGraph(gram, 3, { weightScale: 10 }).edgeWeights]).toEqual([8, 8, 8, 8]);
  });

  test("leaves rows of zeros alone and never weighs an edge 0", () => {
    expect([...similarityGraph([0, 0, 0, 1], 2, { threshold: 0 }).xadj]).toEqual([0, 0, 0]);
    expect([...similarityGraph([1, 1e-9, 1e-9, 1], 2, { threshold: 0 }).edgeWeights]).toEqual([1, 1]);
  });

  test("makes a sound graph of a matrix that rounding left asymmetric", () => {
    const gram = [1, 0.70001, 0.69999, 1];
    expect(partition(similarityGraph(gram, 2), 2).edgeCut).toBe(700);
    expect(partition(similarityGraph([1, 0.69999, 0.70001, 1], 2), 2).edgeCut).toBe(0);
  });

  test("reads products above the diagonal, for either order of two tokens, also of chosen tokens", () => {
    const gram = [
      1, 0.2, 0.3, 0.4, 0.20001, 2, 0.5, 0.6, 0.30001, 0.50001, 3, 0.7, 0.40001, 0.60001, 0.70001, 4,
    ];
    const all = rowCosines(gram, 4);
    const [some, pairs] = [
      rowCosines(gram, 4, [1, 3]),
      [
        [0, 1],
        [1, 0],
      ] as const,
    ];
    expect(pairs.map(([s, t]) => all.product(s, t))).toEqual([0.2, 0.2]);
    expect(pairs.map(([s, t]) => some.product(s, t))).toEqual([0.6, 0.6]);
    expect([all.product(2, 2), some.product(1, 1)]).toEqual([3, 4]);
    expect([...rowCosines([4, 0, 0, 0], 2).inverseLengths]).toEqual([0.5, 0]);
  });

  test("weighs an edge alike in both its rows where the cosine rounds either way", () => {
    const rng = new Rng(1);
    for (let i = 0; i < 200; i++) {
      const lengths = Array.from({ length: 12 }, () => rng.uniform(0.1, 3));
      // Cosines a rounding away from half a thousandth.
      const gram = lengths.flatMap((a, s) =>
        lengths.map((b, t) => (s === t ? a * b : a * b * (0.8005 + 0.001 * ((s + t) % 7)))),
      );
      expect(() => partition(similarityGraph(gram, 12), 2)).not.toThrow();
    }
  });

  test("does not depend on the lengths of rows", () => {
    const entry = fc.double({ min: 0.05, max: 1, noNaN: true });
    const row = fc.tuple(entry, entry, entry);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (rows) => {
        const gramOf = (scale: (t: number) => number) =>
          rows.flatMap((a, s) =>
            rows.map((b, t) => a.reduce((sum, x, j) => sum + x * b[j]!, 0) * scale(s) * scale(t)),
          );
        const plain = similarityGraph(
          gramOf(() => 1),
          rows.length,
        );
        // Powers of two, so that scaling rounds nothing.
        expect(
          similarityGraph(
            gramOf((t) => 2 ** (t % 5)),
            rows.length,
          ),
        ).toEqual(plain);
      }),
    );
  });

  test("is defined without tokens, and rejects what is no Gram matrix", () => {
    expect(similarityGraph([], 0)).toEqual({
      xadj: Int32Array.of(0),
      adjacency: new Int32Array(),
      edgeWeights: new Int32Array(),
    });
    expect(() => similarityGraph([1, 0], 2)).toThrow(ShapeError);
    expect(() => similarityGraph([1, Number.NaN, 0, 1], 2)).toThrow("row 0, column 1");
    expect(() => similarityGraph([1, -0.5, -0.5, 1], 2)).toThrow(NumericError);
    expect(() => similarityGraph([1], 1, { threshold: 2 })).toThrow(NumericError);
    expect(() => similarityGraph([1], 1, { weightScale: 0 })).toThrow(NumericError);
  });
});
