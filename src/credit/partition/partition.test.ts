import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, ShapeError } from "../../errors/index.ts";
import { Rng } from "../../math/index.ts";
import { checksum, completionGraph, type GraphRecipe, recipeGraph } from "../../testing/partition-graphs.ts";
import { partition, partitionMatrix } from "./partition.ts";

interface Case {
  /** Of a recipe, or of the completion whose place is `size`. */
  kind: GraphRecipe["kind"] | "completion";
  size: number[];
  seed: number;
  parts: number;
  vertices: number;
  edges: number;
  checksum: number;
  /** METIS as PyMetis calls it, and the better of its two ways. */
  edgeCut: number;
  leastCut: number;
}
function fixture(name: string) {
  const path = new URL(`../../../fixtures/partition/${name}`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}
const cases: Case[] = fixture("partition.json").cases;
const completions: { tokens: number; triangle: string }[] = fixture("completions.json").graphs;

function recordedGraph({ kind, size, seed }: Case) {
  if (kind !== "completion") return recipeGraph({ kind, size, seed });
  const { tokens, triangle } = completions[size[0]!]!;
  return completionGraph(tokens, triangle);
}

/** From edges [a, b, weight]. */
function graphOf(vertices: number, edges: readonly (readonly [number, number, number])[]) {
  const rows = Array.from({ length: vertices }, (): [number, number][] => []);
  for (const [a, b, weight] of edges) {
    rows[a]!.push([b, weight]);
    rows[b]!.push([a, weight]);
  }
  const xadj = new Int32Array(vertices + 1);
  for (const [v, row] of rows.entries()) xadj[v + 1] = xadj[v]! + row.length;
  return {
    xadj,
    adjacency: Int32Array.from(rows.flat(), ([neighbour]) => neighbour),
    edgeWeights: Int32Array.from(rows.flat(), ([, weight]) => weight),
  };
}

function sizes(part: Int32Array, parts: number): number[] {
  const count = new Array<number>(parts).fill(0);
  for (const p of part) count[p]!++;
  return count;
}

const limit = (vertices: number, parts: number) => Math.ceil((1.03 * vertices) / parts - 1e-9);

const edgeList = fc.integer({ min: 0, max: 40 }).chain((vertices) =>
  fc.record({
    vertices: fc.constant(vertices),
    edges:
      vertices < 2
        ? fc.constant<[number, number, number][]>([])
        : fc.uniqueArray(
            fc
              .tuple(fc.nat(vertices - 1), fc.nat(vertices - 1), fc.nat(50))
              .filter(([a, b]) => a !== b)
              .map(([a, b, w]): [number, number, number] => [Math.min(a, b), Math.max(a, b), w]),
            { maxLength: 120, selector: ([a, b]) => a * vertices + b },
          ),
    parts: fc.integer({ min: 1, max: 12 }),
    seed: fc.nat(1000),
  }),
);

describe("partition", () => {
  test("cuts the light edge of a path of three", () => {
    const graph = graphOf(4, [
      [0, 1, 9],
      [1, 2, 1],
      [2, 3, 9],
    ]);
    const { part, edgeCut } = partition(graph, 2);
    expect(edgeCut).toBe(1);
    expect(part[0]).toBe(part[1]);
    expect(part[2]).toBe(part[3]);
    expect(part[0]).not.toBe(part[2]);
  });

  test("finds four cliques that hang together by single edges", () => {
    const edges: [number, number, number][] = [];
    for (let a = 0; a < 40; a++) {
      for (let b = a + 1; b < 40; b++) if (a % 4 === b % 4) edges.push([a, b, 5]);
    }
    const graph = graphOf(40, [...edges, [0, 1, 4], [1, 2, 4], [2, 3, 4]]);
    const { part, edgeCut } = partition(graph, 4);
    expect(edgeCut).toBe(12);
    for (let v = 0; v < 40; v++) expect(part[v]).toBe(part[v % 4]);
  });

  test("keeps each part within 1.03 of the mean, rounded up, and none empty", () => {
    fc.assert(
      fc.property(edgeList, ({ vertices, edges, parts, seed }) => {
        const graph = graphOf(vertices, edges);
        const { part, edgeCut } = partition(graph, parts, { seed });
        const count = sizes(part, parts);
        if (vertices >= parts) {
          expect(Math.min(...count)).toBeGreaterThan(0);
          expect(Math.max(...count)).toBeLessThanOrEqual(limit(vertices, parts));
        }
        expect(edgeCut).toBe(edges.reduce((sum, [a, b, w]) => sum + (part[a] === part[b] ? 0 : w), 0));
      }),
    );
  });

  test("cuts no less with one try than with many, and not much more", () => {
    const graphs = cases.filter(({ vertices }) => vertices <= 200);
    const ratios = graphs.map((one) => {
      const graph = recordedGraph(one);
      const { edgeCut } = partition(graph, one.parts, { tries: 1 });
      return (edgeCut + 1) / (partition(graph, one.parts).edgeCut + 1);
    });
    expect(Math.min(...ratios)).toBeGreaterThanOrEqual(1);
    expect(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toBeLessThan(0.03);
  });

  test("gives the same parts for the same seed and for rows in another order", () => {
    fc.assert(
      fc.property(edgeList, ({ vertices, edges, parts, seed }) => {
        const first = partition(graphOf(vertices, edges), parts, { seed });
        const again = partition(graphOf(vertices, edges.toReversed()), parts, { seed });
        expect(again).toEqual(first);
      }),
    );
  });

  test("gives the same parts when all weights grow tenfold", () => {
    fc.assert(
      fc.property(edgeList, ({ vertices, edges, parts, seed }) => {
        const heavy = edges.map(([a, b, w]): [number, number, number] => [a, b, 10 * w]);
        const plain = partition(graphOf(vertices, edges), parts, { seed });
        expect(partition(graphOf(vertices, heavy), parts, { seed })).toEqual({
          part: plain.part,
          edgeCut: 10 * plain.edgeCut,
        });
      }),
    );
  });

  test("is defined without vertices, without edges, for one vertex and for more parts than vertices", () => {
    const none = { xadj: Int32Array.of(0), adjacency: new Int32Array(), edgeWeights: new Int32Array() };
    expect(partition(none, 3)).toEqual({ part: new Int32Array(), edgeCut: 0 });
    expect(partition({ ...none, xadj: new Int32Array() }, 1)).toEqual({ part: new Int32Array(), edgeCut: 0 });
    expect(partition(graphOf(1, []), 2)).toEqual({ part: Int32Array.of(0), edgeCut: 0 });
    const edgeless = partition(graphOf(25, []), 4);
    expect(edgeless.edgeCut).toBe(0);
    expect(Math.max(...sizes(edgeless.part, 4))).toBeLessThanOrEqual(limit(25, 4));
    const three = graphOf(3, [
      [0, 1, 2],
      [1, 2, 3],
    ]);
    expect(partition(three, 7)).toEqual({ part: Int32Array.of(0, 1, 2), edgeCut: 5 });
    expect(partition(three, 1)).toEqual({ part: Int32Array.of(0, 0, 0), edgeCut: 0 });
  });

  test("splits a graph of equal weights evenly", () => {
    const edges: [number, number, number][] = [];
    for (let a = 0; a < 12; a++) for (let b = a + 1; b < 12; b++) edges.push([a, b, 1]);
    const { part, edgeCut } = partition(graphOf(12, edges), 3);
    expect(Math.max(...sizes(part, 3))).toBeLessThanOrEqual(5);
    expect(edgeCut).toBeLessThanOrEqual(48);
  });

  test("adds up weights beyond 32 bits", () => {
    const big = 2 ** 31 - 1;
    const graph = graphOf(3, [
      [0, 1, big],
      [1, 2, big],
      [0, 2, big],
    ]);
    expect(partition(graph, 3).edgeCut).toBe(3 * big);
  });

  test.each([
    ["rows that do not start at 0", { xadj: Int32Array.of(1, 1, 2) }],
    ["rows that fall", { xadj: Int32Array.of(0, 3, 2) }],
    ["rows that end elsewhere than the entries", { xadj: Int32Array.of(0, 1, 1) }],
    ["a neighbour that does not exist", { adjacency: Int32Array.of(2, 0) }],
    ["a negative neighbour", { adjacency: Int32Array.of(-1, 0) }],
    ["an edge from a vertex to itself", { adjacency: Int32Array.of(0, 0) }],
    ["a negative weight", { edgeWeights: Int32Array.of(-1, -1) }],
    ["weights that differ between the rows", { edgeWeights: Int32Array.of(1, 2) }],
    ["too few weights", { edgeWeights: Int32Array.of(1) }],
    ["an edge in one row only", { xadj: Int32Array.of(0, 1, 1), adjacency: [1], edgeWeights: [1] }],
    [
      "an edge twice",
      { xadj: Int32Array.of(0, 2, 4), adjacency: [1, 1, 0, 0], edgeWeights: Int32Array.of(1, 1, 1, 1) },
    ],
    ["entries without vertices", { xadj: new Int32Array() }],
  ])("rejects %s", (_, wrong) => {
    const sound = { xadj: [0, 1, 2], adjacency: [1, 0], edgeWeights: [1, 1] };
    const { xadj, adjacency, edgeWeights } = { ...sound, ...wrong };
    const graph = {
      xadj: Int32Array.from(xadj),
      adjacency: Int32Array.from(adjacency),
      edgeWeights: Int32Array.from(edgeWeights),
    };
    // Two vertices are many neighbours for a fourth of a part: a dense graph is checked by another way.
    expect(() => partition(graph, 2)).toThrow(ShapeError);
    expect(() => partition(graph, 4)).toThrow(ShapeError);
  });

  test("names an edge that is listed twice in a sparse graph too", () => {
    const twice = {
      xadj: Int32Array.of(0, 2, 4),
      adjacency: Int32Array.of(1, 1, 0, 0),
      edgeWeights: Int32Array.of(1, 1, 1, 1),
    };
    expect(() => partition(twice, 1)).toThrow("got 0–1 twice");
  });

  test.each([0, -1, 1.5, Number.NaN])("rejects %f parts", (parts) => {
    expect(() => partition(graphOf(3, []), parts)).toThrow(ConfigError);
  });

  test("rejects a seed that is no integer", () => {
    expect(() => partition(graphOf(3, []), 2, { seed: 0.5 })).toThrow(ConfigError);
    expect(() => partition(graphOf(3, []), 2, { tries: 0 })).toThrow(ConfigError);
  });
});

/** Weights of nearly every pair, in clusters. */
const denseMatrix = fc
  .record({
    vertices: fc.integer({ min: 12, max: 70 }),
    partSize: fc.integer({ min: 1, max: 6 }),
    clusters: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(1000),
  })
  .map(({ vertices, partSize, clusters, seed }) => {
    const rng = new Rng(seed);
    const edges: [number, number, number][] = [];
    for (let a = 0; a < vertices; a++) {
      for (let b = a + 1; b < vertices; b++) {
        const weight = a % clusters === b % clusters ? 700 + rng.integer(300) : rng.integer(400);
        if (weight > 20) edges.push([a, b, weight]);
      }
    }
    return { vertices, edges, parts: Math.max(2, Math.floor(vertices / partSize)), seed };
  });

describe("partition of dense graphs", () => {
  test("keeps the bound, leaves no part empty, counts its cut, and gives the same parts for any order of rows", () => {
    fc.assert(
      fc.property(denseMatrix, ({ vertices, edges, parts, seed }) => {
        const found = partition(graphOf(vertices, edges), parts, { seed });
        const count = sizes(found.part, parts);
        expect(Math.min(...count)).toBeGreaterThan(0);
        expect(Math.max(...count)).toBeLessThanOrEqual(limit(vertices, parts));
        const cut = edges.reduce((sum, [a, b, w]) => sum + (found.part[a] === found.part[b] ? 0 : w), 0);
        expect(found.edgeCut).toBe(cut);
        expect(partition(graphOf(vertices, edges.toReversed()), parts, { seed })).toEqual(found);
      }),
    );
  });

  test("finds clusters of the size of parts in a graph where every pair is joined", () => {
    const edges: [number, number, number][] = [];
    for (let a = 0; a < 120; a++) {
      for (let b = a + 1; b < 120; b++) edges.push([a, b, a % 12 === b % 12 ? 990 : 710]);
    }
    const { part } = partition(graphOf(120, edges), 12, { tries: 1 });
    for (let v = 0; v < 120; v++) expect(part[v]).toBe(part[v % 12]);
  });

  test("is that of the matrix", () => {
    fc.assert(
      fc.property(denseMatrix, ({ vertices, edges, parts, seed }) => {
        const weights = new Int32Array(vertices * vertices);
        for (const [a, b, w] of edges) {
          weights[a * vertices + b] = w;
          weights[b * vertices + a] = w;
        }
        const matrix = { vertices, weights, entries: 2 * edges.length, heaviest: 1000 };
        const { part } = partition(graphOf(vertices, edges), parts, { seed, tries: 1 });
        expect(partitionMatrix(matrix, parts, seed)).toEqual(part);
      }),
    );
  });

  test("names an edge that is listed twice, and an edge without a twin or with another weight than its twin", () => {
    const whole = { xadj: [0, 2, 4, 6], adjacency: [1, 2, 0, 2, 0, 1], edgeWeights: [0, 5, 0, 5, 5, 5] };
    const parted = ({ xadj, adjacency, edgeWeights }: typeof whole) =>
      partition(
        {
          xadj: Int32Array.from(xadj),
          adjacency: Int32Array.from(adjacency),
          edgeWeights: Int32Array.from(edgeWeights),
        },
        4,
      );
    expect([...parted(whole).part]).toEqual([0, 1, 2]);
    expect(() => parted({ ...whole, adjacency: [1, 1, 0, 2, 0, 1] })).toThrow("got 0–1 twice");
    expect(() => parted({ ...whole, edgeWeights: [0, 5, 0, 5, 4, 5] })).toThrow(
      "edge 0–2 of weight 5 in both rows",
    );
    const lacking = { xadj: [0, 1, 3, 5], adjacency: [1, 0, 2, 0, 1], edgeWeights: [0, 0, 5, 5, 5] };
    expect(() => parted(lacking)).toThrow("edge 2–0 of weight 5 in both rows, got it in one only");
  });
});

describe("partition against METIS", () => {
  test("sees the graphs that METIS saw: at least 60, of 2 to 4096 vertices, some of real completions", () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(cases.map((recorded) => checksum(recordedGraph(recorded)))).toEqual(
      cases.map((recorded) => recorded.checksum),
    );
    expect(cases.filter(({ kind }) => kind === "completion").length).toBeGreaterThanOrEqual(15);
    expect(Math.min(...cases.map(({ vertices }) => vertices))).toBe(2);
    expect(Math.max(...cases.map(({ vertices }) => vertices))).toBe(4096);
  });

  // In one test, and not when the file is loaded: mutation testing runs a test for the code that ran within it.
  test("keeps its bound on every graph, and cuts at most 1.03 of its cuts in the geometric mean, never above 1.15", () => {
    const logarithms = { edgeCut: 0, leastCut: 0 };
    for (const recorded of cases) {
      const found = partition(recordedGraph(recorded), recorded.parts);
      const count = sizes(found.part, recorded.parts);
      expect(Math.max(...count)).toBeLessThanOrEqual(limit(recorded.vertices, recorded.parts));
      expect(Math.min(...count)).toBeGreaterThan(0);
      for (const which of ["edgeCut", "leastCut"] as const) {
        // Where METIS cuts nothing, neither may we: the ratio of equal cuts is 1.
        const ratio = found.edgeCut === recorded[which] ? 1 : found.edgeCut / recorded[which];
        expect(ratio).toBeLessThanOrEqual(1.15);
        logarithms[which] += Math.log(ratio);
      }
    }
    expect(Math.exp(logarithms.edgeCut / cases.length)).toBeLessThanOrEqual(1.03);
    expect(Math.exp(logarithms.leastCut / cases.length)).toBeLessThanOrEqual(1.03);
  });
});
