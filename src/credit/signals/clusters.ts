/**
 * @module
 * AT-RL's clusters of tokens as an engine finds them beside its model, arXiv:2602.11455: O(T) numbers, where the Gram matrix of
 * `calibrated` has T².
 */
import { checkedBiasCurve } from "../bias-curve.ts";
import { calibratedGram } from "../calibrated-gram.ts";
import { requestedClusters, type TokenClusters } from "../token-clusters.ts";
import { type CalibratedRequest, plainCalibration } from "./calibrated.ts";
import { type AttentionSignal, PLAIN_ROWS } from "./signal.ts";

/** Which rows are compared, and how they are clustered. */
export interface ClustersRequest extends CalibratedRequest {
  /** τ_sim: tokens are joined where their cosine exceeds it. */
  readonly similarityThreshold: number;
  /** Tokens per cluster: K = max(2, ⌊T / clusterSize⌋). */
  readonly clusterSize: number;
  /** R, neighbours of each token. */
  readonly neighbours: number;
  /** Seed of the partitioner. */
  readonly seed: number;
}

export const clustersSignal: AttentionSignal<"clusters", "token-clusters", ClustersRequest, TokenClusters> = {
  name: "clusters",
  reads: "attention",
  needs: [{ capability: "token-clusters", when: () => true, words: () => "clusters of tokens" }],
  parts: [
    { path: ["connectivity"], shape: "T", wire: "clusters_connectivity", label: "connectivity" },
    { path: ["clusters"], shape: "T", wire: "clusters", label: "cluster" },
    {
      path: ["centroidCosine"],
      shape: "T",
      wire: "clusters_centroid_cosine",
      label: "cosine to the centroid",
    },
    { path: ["neighbours"], shape: "T×R", wire: "clusters_neighbours", label: "nearest tokens" },
    { path: ["neighbourCosines"], shape: "T×R", wire: "clusters_neighbour_cosines", label: "their cosines" },
  ],
  look: {
    row: "own",
    layers: 4,
    biasCorrection: true,
    similarityThreshold: 0.7,
    clusterSize: 10,
    neighbours: 4,
    seed: 0,
  },
  rows: ({ row, layers }) => ({ row, layers }),
  reduce: ({ rows, kind, first, ...shape }, request) => {
    const { biasCorrection, biasCurve } = request;
    return requestedClusters(
      calibratedGram(rows, shape, kind, { biasCorrection, biasCurve, first }),
      request,
    );
  },
  check: ({ biasCurve }) => {
    checkedBiasCurve(biasCurve ?? {});
  },
  plain: (request) => ({
    "fovea.clusters": PLAIN_ROWS[request.row],
    ...plainCalibration(request),
    "fovea.similarity_threshold": request.similarityThreshold,
    "fovea.cluster_size": request.clusterSize,
    "fovea.neighbours": request.neighbours,
    "fovea.partition_seed": request.seed,
  }),
};
