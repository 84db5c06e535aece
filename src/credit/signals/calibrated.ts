/**
 * @module
 * Position-calibrated attention rows, the signal of AT-RL, arXiv:2602.11455.
 */
import { type BiasCurve, checkedBiasCurve } from "../bias-curve.ts";
import { type CalibratedAttention, calibratedGram } from "../calibrated-gram.ts";
import { type AttentionRow, type AttentionSignal, PLAIN_ROWS } from "./signal.ts";

/** Which attention rows AT-RL compares, arXiv:2602.11455, Eq. 5. */
export interface CalibratedRequest {
  readonly row: AttentionRow;
  /** The last L decoder layers are averaged; all of them when the model has fewer. */
  readonly layers: number;
  /** Divide each column by the bias curve of its position. */
  readonly biasCorrection: boolean;
  /** Parameters of that curve; the paper's where absent. */
  readonly biasCurve?: BiasCurve | undefined;
}

/** How rows are calibrated, as `loss_fn_config`; a server takes the paper's for parameters of the curve that are not given. */
export function plainCalibration({
  layers,
  biasCorrection,
  biasCurve = {},
}: CalibratedRequest): Record<string, number> {
  const { exponential, decay, cosine } = biasCorrection ? biasCurve : {};
  return {
    "fovea.calibrated_layers": layers,
    "fovea.bias_correction": biasCorrection ? 1 : 0,
    ...(exponential !== undefined && { "fovea.bias_exponential": exponential }),
    ...(decay !== undefined && { "fovea.bias_decay": decay }),
    ...(cosine !== undefined && { "fovea.bias_cosine": cosine }),
  };
}

export const calibratedSignal: AttentionSignal<
  "calibrated",
  "calibrated-attention",
  CalibratedRequest,
  CalibratedAttention
> = {
  name: "calibrated",
  reads: "attention",
  needs: [{ capability: "calibrated-attention", when: () => true, words: () => "calibrated attention" }],
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
  reduce: ({ rows, kind, first, ...shape }, { biasCorrection, biasCurve }) =>
    calibratedGram(rows, shape, kind, { biasCorrection, biasCurve, first }),
  check: ({ biasCurve }) => {
    checkedBiasCurve(biasCurve ?? {});
  },
  plain: (request) => ({
    "fovea.calibrated": PLAIN_ROWS[request.row],
    ...plainCalibration(request),
  }),
};
