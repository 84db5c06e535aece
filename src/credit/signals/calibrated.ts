/**
 * @module
 * What AT-RL needs of attention rows calibrated by position, arXiv:2602.11455.
 */
import * as z from "zod";
import { type CalibratedAttention, calibratedGram } from "../calibrated-gram.ts";
import { type AttentionRow, PLAIN_ROWS, type Signal } from "./signal.ts";

/** Which attention rows AT-RL compares, arXiv:2602.11455, Eq. 5. */
export interface CalibratedRequest {
  readonly row: AttentionRow;
  /** The last L decoder layers are averaged; all of them when the model has fewer. */
  readonly layers: number;
  /** Divide each column by the bias curve of its position. */
  readonly biasCorrection: boolean;
}

export const calibratedSignal: Signal<
  "calibrated",
  "calibrated-attention",
  CalibratedRequest,
  CalibratedAttention
> = {
  name: "calibrated",
  needs: [{ capability: "calibrated-attention", when: () => true, words: () => "calibrated attention" }],
  request: z.strictObject({
    row: z.enum(["own", "predicting"]),
    layers: z.number(),
    biasCorrection: z.boolean(),
  }),
  parts: [
    { path: ["connectivity"], shape: "T", wire: "connectivity", label: "connectivity" },
    {
      path: ["gram"],
      shape: "T×T",
      symmetric: true,
      wire: "gram",
      label: "Gram matrix",
    },
  ],
  // Layers that AT-RL compares, arXiv:2602.11455.
  look: { row: "own", layers: 4, biasCorrection: true },
  rows: ({ row, layers }) => ({ row, layers }),
  reduce: ({ rows, kind, first, ...shape }, { biasCorrection }) =>
    calibratedGram(rows, shape, kind, { biasCorrection, first }),
  plain: ({ row, layers, biasCorrection }) => ({
    "fovea.calibrated": PLAIN_ROWS[row],
    "fovea.calibrated_layers": layers,
    "fovea.bias_correction": biasCorrection ? 1 : 0,
    "fovea.packed_gram": 1,
  }),
};
