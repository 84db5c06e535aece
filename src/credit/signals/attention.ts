/**
 * @module
 * Attention masses and shifts on image and text, the signals of DyCo-RL.
 */
import { type AttentionMeasure, type AttentionSignals, attentionSignals } from "../attention-signals.ts";
import { type AttentionRow, type AttentionSignal, PLAIN_ROWS, type SignalPart } from "./signal.ts";

/** Which attention rows DyCo-RL reads. */
export interface AttentionRequest {
  readonly row: AttentionRow;
  /** A signal to return beside masses and shifts. */
  readonly measure?: AttentionMeasure | undefined;
}

const PLAIN_MEASURES = { sharpness: 1, divergence: 2 } as const;

const tokens = (path: readonly string[], wire: string, label: string, measure?: AttentionMeasure) => {
  const part: SignalPart<AttentionRequest> = { path, shape: "T", wire, label };
  return measure === undefined
    ? part
    : { ...part, when: (request: AttentionRequest) => request.measure === measure };
};

export const attentionSignal: AttentionSignal<
  "attention",
  "attention" | "attention-measure",
  AttentionRequest,
  AttentionSignals
> = {
  name: "attention",
  reads: "attention",
  needs: [
    { capability: "attention", when: () => true, words: () => "attention" },
    {
      capability: "attention-measure",
      when: ({ measure }) => measure !== undefined,
      words: ({ measure }) => `attention's ${measure}`,
    },
  ],
  parts: [
    tokens(["visualMass"], "visual_mass", "visual mass"),
    tokens(["textMass"], "text_mass", "text mass"),
    tokens(["visualShift"], "visual_shift", "visual shift"),
    tokens(["textShift"], "text_shift", "text shift"),
    tokens(["sharpness", "visual"], "visual_sharpness", "visual sharpness", "sharpness"),
    tokens(["sharpness", "text"], "text_sharpness", "text sharpness", "sharpness"),
    tokens(["divergence", "visual"], "visual_divergence", "visual divergence", "divergence"),
    tokens(["divergence", "text"], "text_divergence", "text divergence", "divergence"),
  ],
  look: { row: "own" },
  rows: ({ row }) => ({ row, layers: 1 }),
  reduce: ({ rows, kind, first, ...shape }, { measure }) =>
    attentionSignals(rows, shape, kind, first, { measure }),
  plain: ({ row, measure }) => ({
    "fovea.attention": PLAIN_ROWS[row],
    ...(measure && { "fovea.attention_measure": PLAIN_MEASURES[measure] }),
  }),
};
