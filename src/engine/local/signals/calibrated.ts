/**
 * @module
 * AT-RL's connectivity and Gram matrix, reduced inside the graph.
 */
import type { CalibratedAttention, CalibratedRequest } from "../../../credit/index.ts";
import { calibratedSignals } from "../../../model/graph/index.ts";
import { calibrationFactors } from "./calibration.ts";
import { type GraphReducer, readRow, readSquare } from "./graph-reducer.ts";

export const calibratedReducer: GraphReducer<CalibratedRequest, CalibratedAttention> = {
  outputs({ graph, rows, shape, supports }, { row, layers, biasCorrection }) {
    const { prompts, groupSize, promptLength, completionLength } = shape;
    const { visual } = supports();
    const factors = biasCorrection
      ? graph.input("calibration", [prompts * groupSize, 1, promptLength + completionLength])
      : undefined;
    return { ...calibratedSignals(rows(row, layers), visual, factors) };
  },
  feeds: (batch, sequences, { biasCorrection, biasCurve }) =>
    biasCorrection ? { calibration: calibrationFactors(batch, sequences, biasCurve) } : {},
  read({ outputs, shape, slot, sequence }) {
    const { completionLength: width } = shape;
    const { length } = sequence.completion;
    return {
      connectivity: readRow(outputs, "connectivity", slot, width, length),
      gram: readSquare(outputs["gram"]!, slot, width, length),
    };
  },
};
