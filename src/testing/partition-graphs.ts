/**
 * @module
 * Seeded graphs to judge the partitioner on. `fixtures/partition/make_partition.py` makes the same graphs, integer
 * for integer, and records what METIS does with them; a checksum says whether the two agree.
 */

/** A kind of graph, its sizes and the seed of its draws. */
export interface GraphRecipe {
  readonly kind: keyof typeof kinds;
  readonly size: readonly number[];
  readonly seed: number;
}

export interface RecipeGraph {
  readonly xadj: Int32Array;
  readonly adjacency: Int32Array;
  readonly edgeWeights: Int32Array;
}

/** Weights by edge, an edge a–b with a < b named a·n + b. */
interface Edges {
  readonly vertices: number;
  readonly edges: Map<number, number>;
}

/** A generator that takes few lines in any language (SplitMix, 32 bits). */
class Draws {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer in 0 … bound − 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b) >>> 0;
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35) >>> 0;
    return ((z ^ (z >>> 16)) >>> 0) % bound;
  }
}

function add({ vertices, edges }: Edges, a: number, b: number, weight: number): void {
  if (a === b) return;
  const key = Math.min(a, b) * vertices + Math.max(a, b);
  if (!edges.has(key)) edges.set(key, weight);
}

/** Sparse integer rows, one per token; edges where their cosine exceeds 0.7, weighing 1000 times the cosine. */
function cosineGraph(rows: readonly ReadonlyMap<number, number>[], keys: number): Edges {
  const graph: Edges = { vertices: rows.length, edges: new Map() };
  const places = rows.map((row) => [...row]);
  const length = places.map((row) => row.reduce((sum, [, x]) => sum + x * x, 0));
  const dense = new Int32Array(keys);
  for (let s = 0; s < rows.length; s++) {
    dense.fill(0);
    for (const [key, x] of places[s]!) dense[key] = x;
    for (let t = s + 1; t < rows.length; t++) {
      let dot = 0;
      for (const [key, x] of places[t]!) dot += dense[key]! * x;
      const cosine = dot / Math.sqrt(length[s]! * length[t]!);
      if (cosine > 0.7) graph.edges.set(s * rows.length + t, Math.floor(1000 * cosine + 0.5));
    }
  }
  return graph;
}

const kinds = {
  /** n vertices, m random edges of weight 1 … w. */
  random([n, m, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: n!, edges: new Map() };
    for (let i = 0; i < m!; i++) add(graph, draw.below(n!), draw.below(n!), 1 + draw.below(w!));
    return graph;
  },
  /** r × c grid, weights 1 … w. */
  grid([r, c, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: r! * c!, edges: new Map() };
    for (let i = 0; i < r!; i++) {
      for (let j = 0; j < c!; j++) {
        if (j + 1 < c!) add(graph, i * c! + j, i * c! + j + 1, 1 + draw.below(w!));
        if (i + 1 < r!) add(graph, i * c! + j, (i + 1) * c! + j, 1 + draw.below(w!));
      }
    }
    return graph;
  },
  /** Each new vertex takes k neighbours, drawn by how many they have. */
  power([n, k, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: n!, edges: new Map() };
    const ends = [0];
    for (let v = 1; v < n!; v++) {
      for (let i = 0; i < k!; i++) {
        const u = ends[draw.below(ends.length)]!;
        add(graph, v, u, 1 + draw.below(w!));
        ends.push(u);
      }
      for (let i = 0; i < k!; i++) ends.push(v);
    }
    return graph;
  },
  /** Components of s vertices each, k random edges in each, no edge between them. */
  islands([count, s, k, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: count! * s!, edges: new Map() };
    for (let island = 0; island < count!; island++) {
      for (let v = 1; v < s!; v++) add(graph, island * s! + v - 1, island * s! + v, 1 + draw.below(w!));
      for (let i = 0; i < k!; i++) {
        add(graph, island * s! + draw.below(s!), island * s! + draw.below(s!), 1 + draw.below(w!));
      }
    }
    return graph;
  },
  /** Every pair, weights low … low + range − 1. */
  complete([n, low, range]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: n!, edges: new Map() };
    for (let a = 0; a < n!; a++) {
      for (let b = a + 1; b < n!; b++) graph.edges.set(a * n! + b, low! + draw.below(range!));
    }
    return graph;
  },
  /**
   * Rows like attention's: T tokens in phrases of random length. A phrase looks at a few of `regions` image regions;
   * all tokens look at a shared first key and a few keys before their own.
   */
  attention([tokens, regions, phrase, sink]: readonly number[], draw: Draws): Edges {
    const rows: Map<number, number>[] = [];
    let focus: number[] = [];
    let left = 0;
    for (let t = 0; t < tokens!; t++) {
      if (left === 0) {
        left = 1 + draw.below(2 * phrase! - 1);
        focus = Array.from({ length: 3 }, () => draw.below(regions!));
      }
      left--;
      const row = new Map<number, number>([[0, draw.below(sink!)]]);
      const look = (region: number, by: number) => row.set(1 + region, (row.get(1 + region) ?? 0) + by);
      for (const region of focus) look(region, 20 + draw.below(60));
      for (let i = 0; i < 4; i++) look(draw.below(regions!), draw.below(30));
      for (let back = 0; back < 6 && back <= t; back++) {
        row.set(1 + regions! + t - back, draw.below(Math.floor(60 / (back + 1)) + 1));
      }
      rows.push(row);
    }
    return cosineGraph(rows, regions! + 1 + tokens!);
  },
  /** A ring of n vertices with chords of k steps. */
  ring([n, k, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: n!, edges: new Map() };
    for (let v = 0; v < n!; v++) {
      for (let step = 1; step <= k!; step++) add(graph, v, (v + step) % n!, 1 + draw.below(w!));
    }
    return graph;
  },
  /** One hub with n − 1 leaves. */
  star([n, w]: readonly number[], draw: Draws): Edges {
    const graph: Edges = { vertices: n!, edges: new Map() };
    for (let v = 1; v < n!; v++) add(graph, 0, v, 1 + draw.below(w!));
    return graph;
  },
} as const;

/** The graph of a recipe, rows in rising order of neighbour. */
export function recipeGraph({ kind, size, seed }: GraphRecipe): RecipeGraph {
  return fromEdges(kinds[kind](size, new Draws(seed)));
}

function fromEdges({ vertices, edges }: Edges): RecipeGraph {
  const xadj = new Int32Array(vertices + 1);
  const keys = Float64Array.from(edges.keys()).sort();
  for (const key of keys) {
    xadj[Math.floor(key / vertices) + 1]!++;
    xadj[(key % vertices) + 1]!++;
  }
  for (let v = 0; v < vertices; v++) xadj[v + 1]! += xadj[v]!;
  const adjacency = new Int32Array(2 * edges.size);
  const edgeWeights = new Int32Array(2 * edges.size);
  const next = xadj.slice();
  const place = (from: number, to: number, weight: number) => {
    const at = next[from]!++;
    adjacency[at] = to;
    edgeWeights[at] = weight;
  };
  // Lower neighbours first: keys ascend, so a vertex meets those below it before it is itself the lower end.
  for (const key of keys) {
    const a = Math.floor(key / vertices);
    place(key % vertices, a, edges.get(key)!);
  }
  for (const key of keys) {
    const a = Math.floor(key / vertices);
    place(a, key % vertices, edges.get(key)!);
  }
  return { xadj, adjacency, edgeWeights };
}

/** The graph of a recorded completion: 16-bit weights of the upper triangle in base 64, 0 without an edge. */
export function completionGraph(tokens: number, triangle: string): RecipeGraph {
  const bytes = Uint8Array.from(atob(triangle), (byte) => byte.charCodeAt(0));
  const weights = new Uint16Array(bytes.buffer);
  const graph: Edges = { vertices: tokens, edges: new Map() };
  let at = 0;
  for (let a = 0; a < tokens; a++) {
    for (let b = a + 1; b < tokens; b++, at++) {
      if (weights[at]! > 0) graph.edges.set(a * tokens + b, weights[at]!);
    }
  }
  return fromEdges(graph);
}

/** A number that changes with any entry, below 2³². */
export function checksum({ xadj, adjacency, edgeWeights }: RecipeGraph): number {
  let sum = 0;
  for (const list of [xadj, adjacency, edgeWeights]) {
    for (const value of list) sum = (Math.imul(sum, 31) + value) >>> 0;
  }
  return sum;
}
