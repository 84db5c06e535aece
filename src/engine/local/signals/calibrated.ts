/**
 * @module
 * AT-RL's connectivity and Gram matrix, reduced inside the graph.
 */
import type { CalibratedAttention, CalibratedRequest } from "../../../credit/index.ts";
import { calibratedSignals } from "../../../model/graph/index.ts";
import type { Tensor } from "../../../tensor/index.ts";
import { calibrationFactors } from "./calibration.ts";
import {
  type GraphReducer,
  readRow,
  readSquare,
  type SignalGraph,
  type SlotOutputs,
} from "./graph-reducer.ts";

export const calibratedReducer: GraphReducer<CalibratedRequest, CalibratedAttention> = {
  outputs: (graph, request) => calibratedOutputs(graph, request, ""),
  feeds: (batch, sequences, { biasCorrection, biasCurve }) =>
    biasCorrection ? { calibration: calibrationFactors(batch, sequences, biasCurve) } : {},
  read(slot) {
    const { connectivity, gram } = readCalibrated(slot, "");
    return { connectivity, gram: new Float64Array(gram) };
  },
};

/** Outputs `connectivity` and `gram`, and with bias correction the input `calibration`, under names that begin so. */
export function calibratedOutputs(
  { graph, rows, shape, supports }: SignalGraph,
  { row, layers, biasCorrection }: CalibratedRequest,
  prefix: string,
): Record<string, Tensor> {
  const { prompts, groupSize, promptLength, completionLength } = shape;
  const factors = biasCorrection
    ? graph.input(`${prefix}calibration`, [prompts * groupSize, 1, promptLength + completionLength])
    : undefined;
  const { connectivity, gram } = calibratedSignals(rows(row, layers), supports().visual, factors);
  return { [`${prefix}connectivity`]: connectivity, [`${prefix}gram`]: gram };
}

/** A completion's connectivity `[T]` and Gram matrix `[T × T]`, without padding. */
export function readCalibrated(
  { outputs, shape, slot, sequence }: SlotOutputs,
  prefix: string,
): { connectivity: Float64Array; gram: Float32Array } {
  const { completionLength: width } = shape;
  const { length } = sequence.completion;
  return {
    connectivity: readRow(outputs, `${prefix}connectivity`, slot, width, length),
    gram: readSquare(outputs[`${prefix}gram`]!, slot, width, length),
  };
}
