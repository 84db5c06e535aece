/**
 * @module
 * Which of AT-RL's signals come along with sampling, and how each is made of a completion's collected rows.
 */

import type { AttentionRequest, CalibratedRequest } from "../../../credit/index.ts";
import { requestedClusters } from "../../../credit/token-clusters.ts";
import type { AttentionRow, SignalRequest, Signals } from "../../engine.ts";

/** Connectivity `[T]` and Gram matrix `[T × T]` of a completion's rows. */
export interface ReducedRows {
  readonly connectivity: Float64Array;
  readonly gram: Float32Array;
}

/** The rows to collect, and what becomes of them. */
export interface SampledCalibration {
  readonly request: CalibratedRequest;
  readonly signals: (rows: ReducedRows) => Signals;
}

/** Of several that are asked for the first comes along; a scoring pass gives the rest. */
export function sampledCalibration({
  calibrated,
  clusters,
}: SignalRequest = {}): SampledCalibration | undefined {
  if (calibrated !== undefined) {
    const signals = ({ connectivity, gram }: ReducedRows) => ({
      calibrated: { connectivity, gram: new Float64Array(gram) },
    });
    return { request: calibrated, signals };
  }
  if (clusters === undefined) return undefined;
  return { request: clusters, signals: (rows) => ({ clusters: requestedClusters(rows, clusters) }) };
}

/** Rows to reduce while sampling; a measure can be had from scoring only. */
export function sampledRow(request: AttentionRequest | undefined): AttentionRow | undefined {
  return request?.measure === undefined ? request?.row : undefined;
}
