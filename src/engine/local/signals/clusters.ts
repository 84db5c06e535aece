/**
 * @module
 * AT-RL's clusters of tokens, found in the thread that has the Gram matrix: of T² numbers none leave it.
 */

import type { ClustersRequest } from "../../../credit/index.ts";
import { requestedClusters, type TokenClusters } from "../../../credit/token-clusters.ts";
import { calibratedOutputs, readCalibrated } from "./calibrated.ts";
import { calibrationFactors } from "./calibration.ts";
import type { GraphReducer } from "./graph-reducer.ts";

/** The prefix of its outputs and inputs, which may occur beside a request for the Gram matrix itself. */
const OWN = "clusters.";

export const clustersReducer: GraphReducer<ClustersRequest, TokenClusters> = {
  outputs: (graph, request) => calibratedOutputs(graph, request, OWN),
  feeds: (batch, sequences, { biasCorrection, biasCurve }) =>
    biasCorrection ? { [`${OWN}calibration`]: calibrationFactors(batch, sequences, biasCurve) } : {},
  read: (slot, request) => requestedClusters(readCalibrated(slot, OWN), request),
};
