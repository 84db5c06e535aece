import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError, NumericError, ShapeError } from "../../../errors/index.ts";
import { Rng } from "../../../math/index.ts";
import { type CalibratedAttention, calibratedGram } from "../../calibrated-gram.ts";
import { NearestLists, nearestOf } from "../../nearest-tokens.ts";
import { matrixOfCosines, type RowCosines, rowCosines } from "../../similarity-graph.ts";
import { centroidCosines, tokenClusters } from "../../token-clusters.ts";
import { AT_RL_WEIGHTINGS, atRl, clusterShares, structured } from "./at-rl.ts";
import { expanded, refined } from "./importance.ts";

interface Case {
  name: string;
  connectivity: number[];
  gram: number[];
  clusters: number[];
  /** METIS's clusters are the connected components of the graph. */
  onlyWay: boolean;
  variants: Record<string, { importance: number[]; weights: number[] }>;
}
const path = new URL("../../../../fixtures/credit/at-rl.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;
const variants = [
  ["full", {}],
  ["noExpansion", { expansion: false }],
  ["noRefinement", { refinement: false }],
  ["base", { refinement: false, expansion: false }],
] as const;

/** Two pairs of tokens that attend alike, the first to the image. */
const pairs: CalibratedAttention = {
  connectivity: Float64Array.of(0.6, 0.3, 0.1, 0),
  gram: Float64Array.of(1, 0.9, 0, 0, 0.9, 1, 0, 0, 0, 0, 1, 0.9, 0, 0, 0.9, 1),
};
const base = { refinement: false, expansion: false } as const;

/** Tokens that look at one of the image's regions each, one region after the other. */
function readings(regions: readonly number[], seed: number): CalibratedAttention {
  const rng = new Rng(seed);
  const keys = 8;
  const rows = regions.flatMap((region) =>
    Array.from({ length: keys }, (_, key) => (key === region ? 1 : 0) + rng.uniform(0, 0.05)),
  );
  return calibratedGram(rows, { tokens: regions.length, keys }, [2, 2, 2, 2, 1, 1, 1, 1]);
}
const anyInput = fc
  .tuple(fc.array(fc.nat(7), { minLength: 1, maxLength: 45 }), fc.nat(1000))
  .map(([regions, seed]) => readings(regions, seed));

/** The tokens nearest to some. */
const nearestBy = (cosines: RowCosines) => (tokens: readonly number[], count: number) => {
  const lists = new NearestLists(cosines.rows, count);
  matrixOfCosines(cosines, {}, lists);
  return nearestOf(lists, tokens);
};

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

describe("refined", () => {
  test("attenuates the token that does not look like its cluster", () => {
    // Rows (1, 0), (1, 0), (0, 1): the sum is (2, 1), cosines 2/√5 = 0.894 twice and 1/√5 = 0.447.
    const gram = [1, 1, 0, 1, 1, 0, 0, 0, 1];
    const product = (s: number, t: number) => gram[3 * s + t]!;
    const phi = Float64Array.of(1, 0.5, 0.5);
    const together = centroidCosines(Int32Array.of(0, 0, 0), product);
    expect(together).toBeAllclose([2 / Math.sqrt(5), 2 / Math.sqrt(5), 1 / Math.sqrt(5)]);
    expect([...refined(phi, together)]).toEqual([1, 0.5, 0.3]);
    expect([...refined(phi, together, { threshold: 0.9, attenuation: 0 })]).toEqual([0, 0, 0]);
    expect([...refined(phi, centroidCosines(Int32Array.of(0, 0, 1), product))]).toEqual([1, 0.5, 0.5]);
  });
});

describe("expanded", () => {
  test("raises neighbours whose cosine and importance suffice, by what the anchor had", () => {
    // Token 0 is the one anchor; cosines to it 0.9, 0.8, 0.2.
    const cosines = nearestBy(rowCosines([1, 0.9, 0.8, 0.2, 0.9, 1, 0, 0, 0.8, 0, 1, 0, 0.2, 0, 0, 1], 4));
    const phi = Float64Array.of(1, 0.5, 0.4, 0.9);
    // ½·0.9 + ½·0.5 = 0.7 passes; ½·0.8 + ½·0.4 = 0.6 does not; ½·0.2 + ½·0.9 = 0.55 does not.
    expect(expanded(phi, cosines)).toBeAllclose([1, 0.9, 0.4, 0.9]);
    expect(expanded(phi, cosines, { threshold: 0.5 })).toBeAllclose([1, 0.9, 0.8, 0.9]);
    expect(expanded(phi, cosines, { neighbours: 0 })).toEqual(phi);
    expect(expanded(phi, cosines, { anchorShare: 0 })).toEqual(phi);
    expect(expanded(phi, cosines, { threshold: 0.5, neighbours: 1 })).toBeAllclose([1, 0.9, 0.4, 0.9]);
    expect(
      expanded(phi, cosines, { similarityWeight: 0, importanceWeight: 1, threshold: 0.45 }),
    ).toBeAllclose([1, 0.9, 0.4, 0.9]);
  });
});

describe("atRl", () => {
  test("has clusters, importance and weights that can be checked on paper", () => {
    const { clusters, importance, weights } = atRl(pairs, base);
    expect([...clusters]).toEqual([0, 0, 1, 1]);
    expect(importance).toBeAllclose([1, 0.5, 1 / 6, 0]);
    expect(weights).toBeAllclose([0.9, 0.9, 0.1, 0.1]);
    expect(atRl(pairs, { ...base, scale: "mean-one" }).weights).toBeAllclose([1.8, 1.8, 0.2, 0.2]);
    // ⌈0.15·4⌉ = 1 anchor: token 0. Token 1: ½·0.9 + ½·0.5 > 0.65, so φ₁ = 0.9; Σφ = 1.9 + 1/6.
    const full = atRl(pairs);
    expect(full.importance).toBeAllclose([1, 0.9, 1 / 6, 0]);
    expect(full.weights).toBeAllclose([1.9, 1.9, 1 / 6, 1 / 6].map((load) => load / (1.9 + 1 / 6)));
  });

  test.each(cases)("agrees with numpy given METIS's clusters: $name", (recorded) => {
    const clusters = Int32Array.from(recorded.clusters);
    const cosines = rowCosines(recorded.gram, clusters.length);
    const most = Math.max(...recorded.connectivity);
    const phi = Float64Array.from(recorded.connectivity, (value) => value / most);
    for (const [name, options] of variants) {
      const structure = {
        centroidCosines: () => centroidCosines(clusters, (s, t) => cosines.product(s, t)),
        nearest: nearestBy(cosines),
      };
      const importance = structured(phi, structure, options);
      expect(importance).toBeAllclose(recorded.variants[name]!.importance);
      expect(clusterShares(importance, clusters)).toBeAllclose(recorded.variants[name]!.weights);
    }
  });

  test.each(cases.filter(({ onlyWay }) => onlyWay))(
    "agrees with numpy and METIS from beginning to end: $name",
    (recorded) => {
      const input = {
        connectivity: Float64Array.from(recorded.connectivity),
        gram: Float64Array.from(recorded.gram),
      };
      for (const [name, options] of variants) {
        const { importance, weights } = atRl(input, options);
        expect(importance).toBeAllclose(recorded.variants[name]!.importance);
        expect(weights).toBeAllclose(recorded.variants[name]!.weights);
      }
    },
  );

  test("is Eq. 9 with refinement and expansion off", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { clusters, weights } = atRl(input, base);
        const total = sum(input.connectivity);
        const expected = Array.from(clusters, (cluster) =>
          sum(Array.from(input.connectivity, (c, t) => (clusters[t] === cluster ? c / total : 0))),
        );
        expect(weights).toBeAllclose(expected);
      }),
    );
  });

  test("has weights of clusters that sum to 1, and max(2, ⌊T/10⌋) clusters", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { clusters, weights } = atRl(input);
        const byCluster = new Map([...clusters].map((cluster, t) => [cluster, weights[t]!]));
        const tokens = clusters.length;
        expect(byCluster.size).toBe(tokens < 2 ? tokens : Math.max(2, Math.floor(tokens / 10)));
        expect(sum(byCluster.values())).toBeCloseTo(1, 10);
        const even = atRl(input, { scale: "mean-one" }).weights;
        expect(sum(even) / tokens).toBeCloseTo(1, 10);
      }),
    );
  });

  test("has ⌊T / clusterSize⌋ clusters of the size in decimals", () => {
    const input = readings(
      Array.from({ length: 33 }, (_, t) => t % 8),
      1,
    );
    // 33 / 1.1 is 29.999999999999996 in doubles.
    expect(new Set(atRl(input, { clusterSize: 1.1 }).clusters).size).toBe(30);
  });

  test("gives masked tokens weight 0 and cluster −1, and reads nothing of them", () => {
    const gram = new Float64Array(36).fill(Number.NaN);
    const place = [0, 2, 3, 5];
    place.forEach((s, i) => {
      place.forEach((t, j) => {
        gram[6 * s + t] = pairs.gram[4 * i + j]!;
      });
    });
    const connectivity = Float64Array.of(0.6, Number.NaN, 0.3, 0.1, -1, 0);
    const plain = atRl(pairs);
    const masked = atRl({ connectivity, gram, mask: [1, 0, 1, 1, 0, 1] });
    expect([...masked.clusters]).toEqual([0, -1, 0, 1, -1, 1]);
    expect(place.map((t) => masked.weights[t])).toEqual([...plain.weights]);
    expect([masked.weights[1], masked.weights[4], masked.importance[1]]).toEqual([0, 0, 0]);
  });

  test("does not depend on the scale of rows", () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const scaled = {
          connectivity: input.connectivity.map((c) => 4 * c),
          gram: input.gram.map((g) => 16 * g),
        };
        expect(atRl(scaled)).toEqual(atRl(input));
      }),
    );
  });

  test("relabels weights with tokens where one grouping is the best", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (seed, order) => {
        const regions = Array.from({ length: 30 }, (_, t) => t % 3);
        const input = readings(regions, seed);
        const tokens = new Rng(order).shuffle(regions.map((_, t) => t));
        const shuffled = {
          connectivity: Float64Array.from(tokens, (t) => input.connectivity[t]!),
          gram: Float64Array.from(tokens.flatMap((s) => tokens.map((t) => input.gram[30 * s + t]!))),
        };
        const plain = atRl(input).weights;
        expect(atRl(shuffled).weights).toBeAllclose(tokens.map((t) => plain[t]!));
      }),
      { numRuns: 30 },
    );
  });

  test("gives even weights and says so where no token attends to an image", () => {
    const blind = { ...pairs, connectivity: new Float64Array(4) };
    for (const weighting of AT_RL_WEIGHTINGS) {
      const { weights, importance, lacksVisualMass } = atRl(blind, { weighting });
      expect(new Set(weights).size).toBe(1);
      expect(weights[0]).toBeGreaterThan(0);
      expect([...importance]).toEqual([0, 0, 0, 0]);
      expect(lacksVisualMass).toBe(true);
      expect([...atRl(blind, { weighting, scale: "mean-one" }).weights]).toEqual([1, 1, 1, 1]);
      const even = { tokens: 0.25, "top-share": 0.15 };
      expect(weights[0]).toBe(weighting in even ? even[weighting as keyof typeof even] : 0.5);
    }
    expect([...atRl(blind).weights]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect(atRl(pairs).lacksVisualMass).toBeUndefined();
  });

  test("is defined for no token, one and two, and for none that counts", () => {
    const none = { connectivity: new Float64Array(), gram: new Float64Array() };
    expect(atRl(none)).toEqual({
      weights: new Float64Array(),
      clusters: new Int32Array(),
      importance: new Float64Array(),
    });
    const one = { connectivity: Float64Array.of(0.3), gram: Float64Array.of(0.2) };
    expect(atRl(one)).toEqual({
      weights: Float64Array.of(1),
      clusters: Int32Array.of(0),
      importance: Float64Array.of(1),
    });
    const two = { connectivity: Float64Array.of(0.3, 0.1), gram: Float64Array.of(1, 0.2, 0.2, 1) };
    expect([...atRl(two).clusters]).toEqual([0, 1]);
    expect(atRl(two).weights).toBeAllclose([0.75, 0.25]);
    const hidden = atRl({ ...two, mask: [0, 0] }, { scale: "mean-one" });
    expect([[...hidden.weights], [...hidden.clusters]]).toEqual([
      [0, 0],
      [-1, -1],
    ]);
    expect(hidden.lacksVisualMass).toBeUndefined();
  });

  test("is defined for rows of zeros among others", () => {
    const dark = atRl({
      connectivity: Float64Array.of(0.5, 0, 0.5),
      gram: Float64Array.of(1, 0, 1, 0, 0, 0, 1, 0, 1),
    });
    expect([...dark.weights].every(Number.isFinite)).toBe(true);
  });

  test("rejects lengths that do not fit, numbers that are no masses and impossible options", () => {
    expect(() => atRl({ ...pairs, gram: pairs.gram.slice(1) })).toThrow(ShapeError);
    expect(() => atRl({ ...pairs, mask: [1] })).toThrow(ShapeError);
    expect(() => atRl({ ...pairs, connectivity: Float64Array.of(0, 0, -1, 0) })).toThrow(NumericError);
    expect(() => atRl({ ...pairs, gram: pairs.gram.map(() => Number.NaN) })).toThrow(NumericError);
    expect(() => atRl(pairs, { clusterSize: 0 })).toThrow(NumericError);
    expect(() => atRl(pairs, { tokenShare: 1.1 })).toThrow(NumericError);
    expect(() => atRl(pairs, { similarityThreshold: -1 })).toThrow(NumericError);
    expect(() => atRl(pairs, { refinement: { attenuation: 2 } })).toThrow(NumericError);
    expect(() => atRl(pairs, { expansion: { threshold: Number.NaN } })).toThrow(NumericError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => atRl(pairs, { scale: "mean" })).toThrow(ConfigError);
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => atRl(pairs, { weighting: "cluster" })).toThrow("clusters, tokens");
    // @ts-expect-error: what plain JavaScript may pass
    expect(() => atRl({ connectivity: [1] })).toThrow("gram: expected an array");
  });
});

describe("atRl's ablations", () => {
  test("without grouping each token has its own share of connectivity", () => {
    const { weights, clusters } = atRl(pairs, { weighting: "tokens" });
    expect(weights).toBeAllclose([0.6, 0.3, 0.1, 0]);
    expect([...clusters]).toEqual([0, 1, 2, 3]);
  });

  test("hard truncation keeps the advantage of the tokens that look most at the image", () => {
    expect([...atRl(pairs, { weighting: "top-share", tokenShare: 0.5 }).weights]).toEqual([1, 1, 0, 0]);
    expect([...atRl(pairs, { weighting: "top-share" }).weights]).toEqual([1, 0, 0, 0]);
    const even = atRl(pairs, { weighting: "top-share", tokenShare: 0.5, scale: "mean-one" });
    expect([...even.weights]).toEqual([2, 2, 0, 0]);
    const kept = (tokens: number, tokenShare: number) => {
      const regions = Array.from({ length: tokens }, (_, t) => t % 8);
      const { weights } = atRl(readings(regions, 1), { weighting: "top-share", tokenShare });
      return sum(weights);
    };
    expect([kept(25, 0.28), kept(50, 0.14), kept(100, 0.07), kept(100, 0.55)]).toEqual([7, 7, 7, 55]);
  });

  test("reverse gives the highest weight to the tokens that had the lowest", () => {
    expect(atRl(pairs, { ...base, weighting: "reverse" }).weights).toBeAllclose([0.1, 0.1, 0.9, 0.9]);
    fc.assert(
      fc.property(anyInput, (input) => {
        const plain = atRl(input).weights;
        const reversed = atRl(input, { weighting: "reverse" }).weights;
        expect(sum(reversed)).toBeCloseTo(sum(plain), 10);
        for (let s = 0; s < plain.length; s++) {
          for (let t = 0; t < plain.length; t++) {
            if (plain[s]! < plain[t]!) expect(reversed[s]).toBeGreaterThanOrEqual(reversed[t]! - 1e-12);
          }
        }
      }),
    );
  });

  test("random permutes the same weights, by the generator that is passed in", () => {
    const input = readings(
      Array.from({ length: 40 }, (_, t) => t % 8),
      1,
    );
    const plain = atRl(input).weights;
    const random = (seed: number) => atRl(input, { weighting: "random" }, new Rng(seed)).weights;
    expect(random(1).toSorted()).toEqual(plain.toSorted());
    expect(random(1)).toEqual(random(1));
    expect(random(1)).not.toEqual(random(2));
  });
});

describe("clusters that an engine found", () => {
  test("give the credit of the Gram matrix that they were made of, ablations too", () => {
    const options = fc.record({
      clusterSize: fc.constantFrom(5, 10),
      similarityThreshold: fc.constantFrom(0.5, 0.7),
      seed: fc.nat(3),
      refinement: fc.boolean(),
      expansion: fc.boolean(),
      weighting: fc.constantFrom(...AT_RL_WEIGHTINGS),
      scale: fc.constantFrom("paper" as const, "mean-one" as const),
    });
    fc.assert(
      fc.property(anyInput, options, (input, own) => {
        const { clusterSize, similarityThreshold, seed } = own;
        const found = tokenClusters(input, { clusterSize, similarityThreshold, seed });
        expect(atRl(found, own)).toEqual(atRl(input, own));
      }),
    );
  });

  test("leave masked tokens out", () => {
    const given = tokenClusters(pairs, { clusterSize: 2 });
    const masked = atRl({ ...given, mask: [1, 1, 0, 1] }, base);
    expect([...masked.clusters]).toEqual([0, 0, -1, 1]);
    expect(masked.weights).toBeAllclose([1, 1, 0, 0]);
    expect(() => atRl({ ...given, mask: [0, 0, 0, 0] })).not.toThrow();
  });

  test("of other lengths, or with too few neighbours, are refused", () => {
    const given = tokenClusters(pairs, { neighbours: 1 });
    expect(() => atRl({ ...given, clusters: Float64Array.of(0) })).toThrow(ShapeError);
    expect(() => atRl({ ...given, neighbourCosines: new Float64Array() })).toThrow(ShapeError);
    expect(() => atRl(given)).toThrow("neighbours: expected at least 4 of each token, got 1");
    expect(() => atRl(tokenClusters(pairs, { neighbours: 0 }), { expansion: false })).not.toThrow();
    const lists = (neighbours: Float64Array, neighbourCosines = new Float64Array(neighbours.length)) =>
      atRl({ ...given, neighbours, neighbourCosines }, { expansion: { neighbours: 1 } });
    expect(() => lists(Float64Array.of(3, 0, -1, 0))).not.toThrow();
    expect(() => lists(Float64Array.of(1, 0, 3, 4))).toThrow(
      "neighbours[3]: expected a token below 4, got 4",
    );
    expect(() => lists(Float64Array.of(1, 0, 3))).toThrow("got 3 and 3");
    expect(() => lists(Float64Array.of(1, 0, 3, 2), Float64Array.of(1, 1, 1, 2))).toThrow(
      "neighbourCosines[3]",
    );
  });

  test.each([0, 1, 2, 3])("of %i tokens have neighbours as far as there are any", (tokens) => {
    const gram = new Float64Array(tokens * tokens).fill(1);
    const connectivity = new Float64Array(tokens).fill(0.5);
    const { neighbours, neighbourCosines, clusters } = tokenClusters({ connectivity, gram });
    expect(neighbours).toHaveLength(4 * tokens);
    expect([...neighbours].filter((other) => other === -1)).toHaveLength(
      tokens * (4 - Math.max(0, tokens - 1)),
    );
    expect([...neighbourCosines].filter((cosine) => cosine === 1)).toHaveLength(
      tokens * Math.max(0, tokens - 1),
    );
    expect(new Set(clusters).size).toBe(Math.min(tokens, 2));
  });
});
