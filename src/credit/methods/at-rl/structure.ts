/**
 * @module
 * Which tokens of a completion belong together, for AT-RL: found here from a Gram matrix, or by an engine beside its model.
 */
import { NumericError, ShapeError } from "../../../errors/index.ts";
import { requireArray } from "../../../math/check.ts";
import type { CalibratedAttention } from "../../calibrated-gram.ts";
import { checkGram } from "../../check-gram.ts";
import { checkSignals } from "../../check-signals.ts";
import { NearestLists, NO_NEIGHBOUR, nearestOf } from "../../nearest-tokens.ts";
import { rowCosines } from "../../similarity-graph.ts";
import {
  centroidCosines,
  clustersOf,
  type PartitionedBy,
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
  options: PartitionedBy,
  neighbours: number,
): TokenStructure {
  return isGiven(input) ? given(input, counted) : found(input, counted, options, neighbours);
}

/** Whether there are clusters; a member without a value is as if absent. */
function isGiven(input: CalibratedAttention | TokenClusters): input is TokenClusters {
  return "clusters" in input && input.clusters !== undefined;
}

function found(
  { connectivity, gram }: CalibratedAttention,
  counted: readonly number[],
  options: PartitionedBy,
  neighbours: number,
): TokenStructure {
  checkGram(gram, connectivity.length, counted);
  const cosines = rowCosines(gram, connectivity.length, counted);
  const others = Math.max(0, cosines.rows - 1);
  const lists = new NearestLists(cosines.rows, Math.min(neighbours, others));
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

/**
 * Throws unless an engine's clusters are numbers, its neighbours tokens, and its cosines cosines.
 *
 * @returns R
 */
function checkGiven(input: TokenClusters, counted: readonly number[]): number {
  const { connectivity, clusters, centroidCosine, neighbours, neighbourCosines } = input;
  const tokens = connectivity.length;
  const mask = new Uint8Array(tokens);
  for (const token of counted) mask[token] = 1;
  checkSignals(
    {
      connectivity: ["mass", connectivity],
      clusters: ["index", clusters],
      centroidCosine: ["cosine", centroidCosine],
    },
    mask,
  );
  requireArray("neighbours", neighbours);
  requireArray("neighbourCosines", neighbourCosines);
  const width = tokens === 0 ? 0 : neighbours.length / tokens;
  if (!Number.isInteger(width) || neighbourCosines.length !== neighbours.length) {
    throw new ShapeError(
      `neighbours: expected as many numbers for each of ${tokens} tokens, and as many cosines, got ${neighbours.length} and ${neighbourCosines.length}`,
    );
  }
  const wide = new Uint8Array(neighbours.length);
  for (const token of counted) wide.fill(1, token * width, (token + 1) * width);
  checkSignals(
    { neighbours: ["neighbour", neighbours], neighbourCosines: ["cosine", neighbourCosines] },
    wide,
  );
  for (let at = 0; at < neighbours.length; at++) {
    if (wide[at] === 1 && neighbours[at]! >= tokens) {
      throw new NumericError(`neighbours[${at}]: expected a token below ${tokens}, got ${neighbours[at]}`);
    }
  }
  return width;
}

function given(input: TokenClusters, counted: readonly number[]): TokenStructure {
  const width = checkGiven(input, counted);
  const { clusters, centroidCosine, neighbours, neighbourCosines } = input;
  const tokens = input.connectivity.length;
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
