/** The steps of the partitioner by themselves: coarsening, bisection, refinement, and the growth of parts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Rng } from "../../math/index.ts";
import { bisected, type SideBounds } from "./bisect.ts";
import { coarsened } from "./coarsen.ts";
import type { WeightedGraph } from "./csr-graph.ts";
import { grownParts } from "./grow-parts.ts";
import { RefineScratch, refineParts } from "./refine-parts.ts";

type Edge = readonly [a: number, b: number, weight: number];

/** A graph whose vertices weigh 1 by default. */
function graphOf(vertices: number, edges: readonly Edge[], weights?: readonly number[]): WeightedGraph {
  const rows = Array.from({ length: vertices }, (): [number, number][] => []);
  for (const [a, b, weight] of edges) {
    rows[a]!.push([b, weight]);
    rows[b]!.push([a, weight]);
  }
  for (const row of rows) row.sort(([a], [b]) => a - b);
  const xadj = new Int32Array(vertices + 1);
  for (const [v, row] of rows.entries()) xadj[v + 1] = xadj[v]! + row.length;
  return {
    vertices,
    xadj,
    adjacency: Int32Array.from(rows.flat(), ([neighbour]) => neighbour),
    edgeWeights: Float64Array.from(rows.flat(), ([, weight]) => weight),
    vertexWeights: Int32Array.from(weights ?? new Array<number>(vertices).fill(1)),
  };
}

function edgesOf({ vertices, xadj, adjacency, edgeWeights }: WeightedGraph): Edge[] {
  return Array.from({ length: vertices }, (_, v) =>
    Array.from(
      adjacency.subarray(xadj[v]!, xadj[v + 1]!),
      (u, i) => [v, u, edgeWeights[xadj[v]! + i]!] as const,
    ),
  ).flat();
}

const cutOf = (edges: readonly Edge[], part: ArrayLike<number>) =>
  edges.reduce((sum, [a, b, weight]) => sum + (part[a] === part[b] ? 0 : weight), 0);
const total = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

/** Sparse graphs of 2 vertices or more, not all of them connected. */
const sparse = fc.integer({ min: 2, max: 90 }).chain((vertices) =>
  fc.record({
    vertices: fc.constant(vertices),
    edges: fc.uniqueArray(
      fc
        .tuple(fc.nat(vertices - 1), fc.nat(vertices - 1), fc.integer({ min: 1, max: 30 }))
        .filter(([a, b]) => a !== b)
        .map(([a, b, w]): Edge => [Math.min(a, b), Math.max(a, b), w]),
      { maxLength: 3 * vertices, selector: ([a, b]) => a * vertices + b },
    ),
    seed: fc.nat(1000),
  }),
);

describe("coarsened", () => {
  const options = { until: 4, maxVertexWeight: 6 };

  test("keeps the weight of vertices, and of edges but those within a vertex, in rows that agree", () => {
    fc.assert(
      fc.property(sparse, ({ vertices, edges, seed }) => {
        const graph = graphOf(vertices, edges);
        const { levels, coarsest } = coarsened(graph, options, new Rng(seed));
        const all = [...levels.map((level) => level.graph), coarsest];
        expect(all[0]).toBe(graph);
        for (const [i, { graph: finer, coarse }] of levels.entries()) {
          const smaller = all[i + 1]!;
          const weights = new Map<string, number>();
          for (const [a, b, weight] of edgesOf(finer)) {
            const [from, to] = [coarse[a]!, coarse[b]!];
            if (from !== to) weights.set(`${from} ${to}`, (weights.get(`${from} ${to}`) ?? 0) + weight);
          }
          const found = edgesOf(smaller).map(([a, b, weight]) => [`${a} ${b}`, weight] as const);
          expect(new Map(found)).toEqual(weights);
          expect(found).toHaveLength(weights.size);
          for (let v = 0; v < smaller.vertices; v++) {
            const members = [...finer.vertexWeights].filter((_, u) => coarse[u] === v);
            expect(smaller.vertexWeights[v]).toBe(total(members));
            expect(members.length === 1 || members.length === 2).toBe(true);
            if (members.length === 2) expect(smaller.vertexWeights[v]).toBeLessThanOrEqual(6);
          }
          expect(smaller.vertices).toBeLessThanOrEqual(0.95 * finer.vertices);
          expect(finer.vertices).toBeGreaterThan(options.until);
        }
      }),
    );
  });

  test("joins no vertices of different parts, and hands the parts on", () => {
    fc.assert(
      fc.property(sparse, ({ vertices, edges, seed }) => {
        const part = Int32Array.from({ length: vertices }, (_, v) => v % 3);
        const found = coarsened(graphOf(vertices, edges), { ...options, part }, new Rng(seed));
        let own = part;
        for (const { coarse } of found.levels) {
          const next = new Int32Array(Math.max(...coarse) + 1).fill(-1);
          for (const [v, into] of coarse.entries()) {
            expect([-1, own[v]]).toContain(next[into]);
            next[into] = own[v]!;
          }
          own = next;
        }
        expect(found.part).toEqual(own);
      }),
    );
  });

  test("joins along the heavy edges of a chain of pairs", () => {
    const edges = Array.from({ length: 9 }, (_, v): Edge => [v, v + 1, v % 2 === 0 ? 9 : 1]);
    // The ends have one neighbour only, so that matching starts there and has no other choice.
    for (let seed = 0; seed < 20; seed++) {
      const { levels } = coarsened(graphOf(10, edges), { until: 5, maxVertexWeight: 2 }, new Rng(seed));
      expect(levels).toHaveLength(1);
      const { coarse } = levels[0]!;
      for (let v = 0; v < 10; v += 2) expect(coarse[v]).toBe(coarse[v + 1]);
    }
  });

  test.each([0, 1])("joins neighbours by edges of weight %i rather than vertices apart", (weight) => {
    const edges = Array.from({ length: 3 }, (_, v): Edge => [v, v + 1, weight]);
    const { coarse } = coarsened(graphOf(4, edges), { until: 2, maxVertexWeight: 2 }, new Rng(0)).levels[0]!;
    expect([...coarse]).toEqual([0, 0, 1, 1]);
  });

  test("joins the leaves of a star in pairs, and none beyond the greatest weight", () => {
    const edges = Array.from({ length: 20 }, (_, v): Edge => [0, v + 1, 1]);
    const { levels, coarsest } = coarsened(graphOf(21, edges), { until: 11, maxVertexWeight: 2 }, new Rng(0));
    expect(levels).toHaveLength(1);
    // The hub with one leaf, nine pairs of leaves and one leaf left over.
    expect([...coarsest.vertexWeights].sort((a, b) => a - b)).toEqual([1, ...new Array<number>(10).fill(2)]);
    const heavy = coarsened(graphOf(21, edges), { until: 2, maxVertexWeight: 1 }, new Rng(0));
    expect(heavy.levels).toEqual([]);
  });

  test("takes the neighbour of the greatest edge weight by vertex weight, and no neighbour that is too heavy", () => {
    /** With whom vertex 0 is joined, which has fewest neighbours and so the first choice: 1 of weight 1 or 2 of 5. */
    const chosen = (toHeavy: number, maxVertexWeight = 100) => {
      const rest: Edge[] = [
        [1, 3, 1],
        [1, 4, 1],
        [2, 3, 1],
        [2, 4, 1],
        [3, 4, 1],
      ];
      const graph = graphOf(5, [[0, 1, 6], [0, 2, toHeavy], ...rest], [1, 1, 5, 1, 1]);
      const { coarse } = coarsened(graph, { until: 4, maxVertexWeight }, new Rng(1)).levels[0]!;
      return coarse.indexOf(coarse[0]!, 1);
    };
    expect(chosen(6)).toBe(1);
    expect(chosen(29)).toBe(1);
    expect(chosen(31)).toBe(2);
    expect(chosen(31, 6)).toBe(2);
    expect(chosen(31, 5)).toBe(1);
  });

  test("stops at the number of vertices that it is given, and returns the graph itself where it is small enough", () => {
    const graph = graphOf(4, [
      [0, 1, 1],
      [1, 2, 1],
      [2, 3, 1],
    ]);
    expect(coarsened(graph, { until: 4, maxVertexWeight: 9 }, new Rng(0))).toEqual({
      levels: [],
      coarsest: graph,
      part: undefined,
    });
    expect(coarsened(graph, { until: 3, maxVertexWeight: 9 }, new Rng(0)).levels).toHaveLength(1);
  });
});

/** The least cut of two sides within the bounds, of all there are. */
function leastCut({ vertices, vertexWeights }: WeightedGraph, edges: readonly Edge[], bounds: SideBounds) {
  let least = Infinity;
  for (let bits = 0; bits < 2 ** vertices; bits++) {
    const side = Array.from({ length: vertices }, (_, v) => (bits >> v) & 1);
    const weight = total(vertexWeights.filter((_, v) => side[v] === 0));
    if (weight >= bounds.least && weight <= bounds.most) least = Math.min(least, cutOf(edges, side));
  }
  return least;
}

describe("bisected", () => {
  test("keeps side 0 within its bounds, of vertices that weigh 1", () => {
    fc.assert(
      fc.property(sparse, fc.nat(99), ({ vertices, edges, seed }, share) => {
        const aim = Math.floor(((vertices - 1) * share) / 99);
        const bounds = { least: aim, aim, most: aim + 1 };
        const side = bisected(graphOf(vertices, edges), bounds, 2, new Rng(seed));
        const weight = side.filter((own) => own === 0).length;
        expect(weight).toBeGreaterThanOrEqual(bounds.least);
        expect(weight).toBeLessThanOrEqual(bounds.most);
      }),
    );
  });

  test("finds the least cut of small graphs, nineteen times of twenty", () => {
    const rng = new Rng("least cuts");
    let found = 0;
    const graphs = 100;
    for (let i = 0; i < graphs; i++) {
      const edges: Edge[] = [];
      for (let a = 0; a < 10; a++) {
        for (let b = a + 1; b < 10; b++) if (rng.uniform() < 0.35) edges.push([a, b, 1 + rng.integer(9)]);
      }
      const graph = graphOf(10, edges);
      const bounds = { least: 4, aim: 5, most: 6 };
      const cut = cutOf(edges, bisected(graph, bounds, 4, rng.fork(i)));
      const least = leastCut(graph, edges, bounds);
      expect(cut).toBeGreaterThanOrEqual(least);
      if (cut === least) found++;
    }
    expect(found).toBeGreaterThanOrEqual(0.95 * graphs);
  });

  test("finds two halves that few light edges connect, through several levels", () => {
    const rng = new Rng("halves");
    const edges: Edge[] = [];
    for (let v = 0; v < 300; v++) {
      // A ring through each half, and five edges more from each vertex within its half.
      edges.push([v, (v + 2) % 300, 20]);
      for (let i = 0; i < 5; i++) {
        const u = 2 * rng.integer(150) + (v % 2);
        if (u !== v && !edges.some(([a, b]) => (a === v && b === u) || (a === u && b === v))) {
          edges.push([v, u, 10 + rng.integer(10)]);
        }
      }
    }
    for (let i = 0; i < 12; i++) edges.push([20 * i, 20 * i + 7, 3]);
    for (let seed = 0; seed < 5; seed++) {
      const side = bisected(graphOf(300, edges), { least: 130, aim: 150, most: 170 }, 4, new Rng(seed));
      expect(cutOf(edges, side)).toBe(36);
      for (let v = 0; v < 300; v++) expect(side[v]).toBe(side[v % 2]);
    }
  });
});

describe("refineParts", () => {
  const refined = (graph: WeightedGraph, part: Int32Array, parts: number, capacity: number) => {
    const own = part.slice();
    refineParts(graph, own, { parts, capacity, passes: 10 }, new RefineScratch(graph.vertices, parts));
    return own;
  };
  const sizes = (part: Int32Array, parts: number) =>
    Array.from({ length: parts }, (_, p) => part.filter((own) => own === p).length);

  test("never cuts more where parts had room, keeps the bound, and empties no part", () => {
    fc.assert(
      fc.property(sparse, ({ vertices, edges }) => {
        const parts = Math.min(4, vertices);
        const capacity = Math.ceil(vertices / parts) + 1;
        const start = Int32Array.from({ length: vertices }, (_, v) => v % parts);
        const part = refined(graphOf(vertices, edges), start, parts, capacity);
        expect(cutOf(edges, part)).toBeLessThanOrEqual(cutOf(edges, start));
        expect(Math.max(...sizes(part, parts))).toBeLessThanOrEqual(capacity);
        expect(Math.min(...sizes(part, parts))).toBeGreaterThan(0);
      }),
    );
  });

  test("leaves no vertex that a single move to a part with room would improve", () => {
    fc.assert(
      fc.property(sparse, ({ vertices, edges }) => {
        const parts = Math.min(4, vertices);
        const capacity = vertices;
        const start = Int32Array.from({ length: vertices }, (_, v) => v % parts);
        const part = refined(graphOf(vertices, edges), start, parts, capacity);
        const cut = cutOf(edges, part);
        for (let v = 0; v < vertices; v++) {
          if (sizes(part, parts)[part[v]!] === 1) continue;
          for (let p = 0; p < parts; p++) {
            expect(cutOf(edges, part.with(v, p))).toBeGreaterThanOrEqual(cut);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("brings a part that is too full below its capacity, at the least cost", () => {
    // Vertex 2 hangs on the first part by 1 and vertex 3 by 5; there is nothing else to move.
    const edges: Edge[] = [
      [0, 1, 9],
      [1, 2, 1],
      [0, 3, 5],
      [4, 5, 9],
    ];
    const part = refined(graphOf(6, edges), Int32Array.of(0, 0, 0, 0, 1, 1), 2, 3);
    expect([...part]).toEqual([0, 0, 1, 0, 1, 1]);
    fc.assert(
      fc.property(sparse, ({ vertices, edges: own }) => {
        const capacity = Math.ceil(vertices / 2) + 1;
        const full = refined(graphOf(vertices, own), new Int32Array(vertices), 3, capacity);
        expect(Math.max(...sizes(full, 3))).toBeLessThanOrEqual(capacity);
      }),
    );
  });

  test("climbs over a worse state: two pairs that are torn apart change places in a full partition", () => {
    const edges: Edge[] = [
      [0, 3, 5],
      [1, 2, 5],
      [0, 1, 1],
      [2, 3, 1],
    ];
    const part = refined(graphOf(4, edges), Int32Array.of(0, 0, 1, 1), 2, 2);
    expect(cutOf(edges, part)).toBe(2);
  });
});

describe("grownParts", () => {
  const matrixOf = (vertices: number, weight: (a: number, b: number) => number) => {
    const weights = new Int32Array(vertices * vertices);
    for (let a = 0; a < vertices; a++) {
      for (let b = 0; b < vertices; b++)
        if (a !== b) weights[a * vertices + b] = weight(Math.min(a, b), Math.max(a, b));
    }
    return {
      vertices,
      weights,
      entries: weights.filter((one) => one !== 0).length,
      heaviest: Math.max(...weights),
    };
  };

  test("are the clusters of a matrix of any size, also where vertices fill their last tile in part", () => {
    for (const [parts, each] of [
      [2, 4],
      [4, 4],
      [5, 5],
      [3, 11],
      [7, 7],
    ] as const) {
      const matrix = matrixOf(parts * each, (a, b) => (a % parts === b % parts ? 50 : 3));
      for (let seed = 0; seed < 5; seed++) {
        const part = grownParts(matrix, parts, each + 1, new Rng(seed));
        for (let v = 0; v < part.length; v++) expect(part[v]).toBe(part[v % parts]);
        expect(new Set(part).size).toBe(parts);
      }
    }
  });

  test("have no vertex whose move or exchange would add a hundredth of the weight within parts", () => {
    const rng = new Rng("dense");
    for (let i = 0; i < 40; i++) {
      const vertices = 20 + i;
      const drawn = Array.from({ length: vertices * vertices }, () => 1 + rng.integer(100));
      const matrix = matrixOf(vertices, (a, b) => drawn[a * vertices + b]!);
      const [parts, capacity] = [4, Math.ceil(vertices / 4) + 1];
      const part = grownParts(matrix, parts, capacity, rng.fork(i));
      const size = (p: number) => part.filter((own) => own === p).length;
      const joined = (v: number, p: number) =>
        total(part.map((own, u) => (own === p ? matrix.weights[v * vertices + u]! : 0)));
      const within = total(part.map((own, v) => joined(v, own))) / 2;
      let most = 0;
      for (let v = 0; v < vertices; v++) {
        for (let p = 0; p < parts; p++) {
          if (size(p) < capacity && size(part[v]!) > 1)
            most = Math.max(most, joined(v, p) - joined(v, part[v]!));
        }
        for (let u = 0; u < v; u++) {
          const [a, b] = [part[v]!, part[u]!];
          if (a === b) continue;
          const gain =
            joined(v, b) - joined(v, a) + joined(u, a) - joined(u, b) - 2 * matrix.weights[v * vertices + u]!;
          most = Math.max(most, gain);
        }
      }
      expect(most).toBeLessThanOrEqual(0.01 * within);
      for (let p = 0; p < parts; p++) {
        expect(size(p)).toBeGreaterThan(0);
        expect(size(p)).toBeLessThanOrEqual(capacity);
      }
    }
  });
});
