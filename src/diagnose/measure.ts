/**
 * @module
 * The signals that all methods need of a batch of completions, in as few scoring passes as possible.
 */
import {
  type AttentionRow,
  type AttentionSignals,
  type CalibratedAttention,
  vicra,
} from "../credit/index.ts";
import type { Engine, Sequence } from "../engine/index.ts";

/** The measurements of one completion, `[T]` each. */
export interface Measured {
  readonly entropy: Float64Array;
  /** VICRA's g, at temperature 1 and without the image. */
  readonly grounding?: Float64Array;
  readonly rows: Readonly<Partial<Record<AttentionRow, MeasuredRow>>>;
}

/** Of one attention row: signals with both of DyCo-RL's measures where the engine has them, and AT-RL's. */
export interface MeasuredRow {
  readonly attention: AttentionSignals;
  readonly calibrated?: CalibratedAttention;
}

/** AT-RL's defaults: the last four layers, bias corrected (arXiv:2602.11455). */
const CALIBRATED = { layers: 4, biasCorrection: true };

/** Measures completions at temperature 1, with all measures that the engine supports. */
export async function measure(
  engine: Engine,
  sequences: readonly Sequence[],
  rows: readonly AttentionRow[],
): Promise<Measured[]> {
  const can = engine.capabilities;
  const plain = await engine.score(sequences, can.has("entropy") ? { entropy: true } : {});
  const ablated = can.has("image-ablation")
    ? await engine.score(sequences, { image: { kind: "discard" } })
    : undefined;
  const byRow: Partial<Record<AttentionRow, MeasuredRow[]>> = {};
  if (can.has("attention")) {
    for (const row of rows) byRow[row] = await measureRow(engine, sequences, row);
  }
  return plain.map(({ logprobs, entropy }, i) => ({
    entropy: entropy ?? new Float64Array(logprobs.length).fill(Number.NaN),
    ...(ablated && {
      grounding: vicra({ logprobs, logprobsWithoutImage: ablated[i]!.logprobs }).grounding,
    }),
    rows: Object.fromEntries(Object.entries(byRow).map(([row, measured]) => [row, measured[i]!])),
  }));
}

async function measureRow(
  engine: Engine,
  sequences: readonly Sequence[],
  row: AttentionRow,
): Promise<MeasuredRow[]> {
  const can = engine.capabilities;
  const hasMeasures = can.has("attention-measure");
  const first = await engine.score(sequences, {
    signals: {
      attention: { row, ...(hasMeasures && { measure: "divergence" }) },
      ...(can.has("calibrated-attention") && { calibrated: { row, ...CALIBRATED } }),
    },
  });
  const second = hasMeasures
    ? await engine.score(sequences, { signals: { attention: { row, measure: "sharpness" } } })
    : undefined;
  return first.map(({ signals }, i) => ({
    attention: { ...second?.[i]?.signals?.attention, ...signals!.attention! },
    ...(signals!.calibrated && { calibrated: signals!.calibrated }),
  }));
}
