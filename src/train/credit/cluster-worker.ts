/**
 * @module
 * The program of a thread of `ClusterThreads`: clusters of one completion.
 */
import {
  type AllClusterOptions,
  requestedClusters,
  type TokenClusters,
} from "../../credit/token-clusters.ts";
import { type PlainError, toPlainError } from "../../errors/plain-error.ts";

/** A completion to find clusters of. */
export interface ClusterTask {
  readonly connectivity: Float64Array;
  /** `[T × T]` */
  readonly gram: Float64Array;
  readonly options: AllClusterOptions;
}

/** The clusters, or the error that prevented them. */
export type ClusterOutcome = { readonly clusters: TokenClusters } | { readonly error: PlainError };

export function findClusters({ options, ...attention }: ClusterTask): ClusterOutcome {
  try {
    return { clusters: requestedClusters(attention, options) };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}
