/**
 * @module
 * Which tokens of a completion belong together, for AT-RL: found here from a Gram matrix, or by an engine beside its model.
 */
import { ShapeError } from "../../../errors/index.ts";
import type { CalibratedAttention } from "../../calibrated-gram.ts";
import { checkGram } from "../../check-gram.ts";
import { NearestLists, NO_NEIGHBOUR, nearestOf } from "../../nearest-tokens.ts";
import { rowCosines } from "../../similarity-graph.ts";
import {
  type ClusterOptions,
  centroidCosines,
  clustersOf,
  renumbered,
  type TokenClusters,
} from "../../token-clusters.ts";
import type { Nearest } from "./importance.ts";

/** Of the n tokens that count, by their place among them. */
export interface TokenStructure {
  /** `[n]` numbered by first appearance. */
  readonly clusters: () => Int32Array;
  /** `[n]` cosine of each token with the centroid of its cluster. */
  readonly centroidCosines: () => ArrayLike<number>;
  readonly nearest: Nearest;
}

/**
 * The structure of a completion.
 *
 * @param counted tokens that count, rising
 * @param neighbours as many as will be asked for of a token
 * @throws ShapeError when lengths differ
 * @throws NumericError when an inner product between tokens that count is NaN, infinite or negative, or an option is out of
 *   range
 */
export function structureOf(
  input: CalibratedAttention | TokenClusters,
  counted: readonly number[],
  options: ClusterOptions,
  neighbours: number,
): TokenStructure {
  return "clusters" in input ? given(input, counted) : found(input, counted, options, neighbours);
}

function found(
  { connectivity, gram }: CalibratedAttention,
  counted: readonly number[],
  options: ClusterOptions,
  neighbours: number,
): TokenStructure {
  checkGram(gram, connectivity.length, counted);
  const cosines = rowCosines(gram, connectivity.length, counted);
  const others = Math.max(0, cosines.rows - 1);
  const lists = new NearestLists(cosines.rows, Math.min(Math.ceil(neighbours), others));
  let known: Int32Array | undefined;
  const clusters = () => {
    known ??= clustersOf(cosines, options, lists);
    return known;
  };
  return {
    clusters,
    centroidCosines: () => centroidCosines(clusters(), (s, t) => cosines.product(s, t)),
    nearest(tokens) {
      clusters();
      return nearestOf(lists, tokens);
    },
  };
}

function given(
  { connectivity, clusters, centroidCosine, neighbours, neighbourCosines }: TokenClusters,
  counted: readonly number[],
): TokenStructure {
  const tokens = connectivity.length;
  for (const [name, { length }] of Object.entries({ clusters, centroidCosine })) {
    if (length !== tokens) throw new ShapeError(`${name}: expected shape [${tokens}], got [${length}]`);
  }
  const width = tokens === 0 ? 0 : neighbours.length / tokens;
  if (!Number.isInteger(width) || neighbourCosines.length !== neighbours.length) {
    throw new ShapeError(
      `neighbours: expected as many numbers for each of ${tokens} tokens, and as many cosines, got ${neighbours.length} and ${neighbourCosines.length}`,
    );
  }
  return {
    clusters: () => renumbered(Int32Array.from(counted, (token) => clusters[token]!)),
    centroidCosines: () => counted.map((token) => centroidCosine[token]!),
    nearest: (places, count) => {
      if (count > width && tokens - 1 > width) {
        throw new ShapeError(`neighbours: expected at least ${count} of each token, got ${width}`);
      }
      const placeOf = new Int32Array(tokens).fill(NO_NEIGHBOUR);
      for (const [place, token] of counted.entries()) placeOf[token] = place;
      const kept = Math.min(count, width);
      const at = Array.from(places, (place) =>
        Array.from({ length: kept }, (_, r) => counted[place]! * width + r),
      ).flat();
      return {
        width: kept,
        tokens: Int32Array.from(at, (i) => placeOf[neighbours[i]!] ?? NO_NEIGHBOUR),
        cosines: Float64Array.from(at, (i) => neighbourCosines[i]!),
      };
    },
  };
}
