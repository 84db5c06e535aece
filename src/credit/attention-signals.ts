/**
 * @module
 * From attention rows to the four numbers per token that attention-based credit needs. This is the reference: engines
 * compute the same inside their graph, because a `[T × S]` matrix never leaves them.
 */
import { oneOf, optional, readOptions } from "../math/options.ts";
import { sum } from "../math/sums.ts";
import { attentionDivergence, attentionSharpness } from "./attention-measures.ts";
import { checkRows } from "./check-rows.ts";
import { fisherRaoDistance } from "./fisher-rao.ts";

/** The content of a key position, as stored in `kind`. */
export const KEY_KIND = { padding: 0, text: 1, visual: 2 } as const;

/** Measures for role assignment in place of shifts: sharpness of attention, or its KL divergence. */
export type AttentionMeasure = "sharpness" | "divergence";

/** One number per token and modality. */
interface ByModality {
  /** `[T]` within the image keys. */
  readonly visual: Float64Array;
  /** `[T]` within the text keys. */
  readonly text: Float64Array;
}

/** The attention of one completion, one number per token each. */
export interface AttentionSignals {
  /** `[T]` attention on image keys, in [0, 1]. */
  readonly visualMass: Float64Array;
  /** `[T]` attention on text keys, in [0, 1]. */
  readonly textMass: Float64Array;
  /** `[T]` Fisher-Rao distance to the previous token's row within the image keys, in [0, π]; 0 for the first. */
  readonly visualShift: Float64Array;
  /** `[T]` the same within the text keys. */
  readonly textShift: Float64Array;
  /** 1 − H/ln N of each row, in [0, 1]; where it was asked for. */
  readonly sharpness?: ByModality | undefined;
  /** Nats, KL of the previous token's row from each row; 0 for the first; where it was asked for. */
  readonly divergence?: ByModality | undefined;
}

export interface AttentionSignalOptions {
  /**
   * The support on which each row of a text shift is normalised. `"own"` (default): all its keys, the newest of which
   * the previous row lacks. `"shared"`: only the keys that both rows have, as in DyCo-RL's released code.
   */
  readonly textSupport?: "own" | "shared";
  /** A signal to return beside masses and shifts, for ablations of role assignment. */
  readonly measure?: AttentionMeasure | undefined;
}

const OPTIONS = {
  textSupport: oneOf(["own", "shared"], "own"),
  measure: optional(oneOf(["sharpness", "divergence"], "sharpness")),
};

/**
 * Attention mass and attention shift per modality, of every token of a completion.
 *
 *     rᵐₜ   = Σ_{j ∈ Iₘ} aₜⱼ                                        mass
 *     pᵐₜⱼ  = aₜⱼ / rᵐₜ
 *     vᵐₜ   = 2·arccos Σ_j √( pᵐₜ₋₁ⱼ · pᵐₜⱼ )                       shift, over the keys both rows have
 *
 * I_vis are the keys of kind 2. I_txt are the keys of kind 1 up to and including the query's own, so it grows by one
 * key per token. Each row is normalised on its own whole support, and the newest key adds nothing to the sum. Keys of
 * kind 0 are in neither. A shift is 0 for the first token and where either row has no mass in the modality.
 *
 * With `measure: "sharpness"` also 1 − H(pᵐₜ)/ln|Iₘ|, with `"divergence"` KL(pᵐₜ₋₁ ‖ pᵐₜ), of `attention-measures`.
 *
 * Source: DyCo-RL, arXiv:2606.08035, Eqs. 2, 6 and 7; the treatment of the growing support and of empty modalities is
 * not printed there.
 *
 * @param rows `[T × S]` row-major, attention after softmax, averaged over heads
 * @param shape `tokens` T and `keys` S
 * @param kind `[S]` 0 padding, 1 text, 2 visual
 * @param first key index of the first row's query; row t's query is key `first + t`
 * @throws ConfigError when an option is unknown, or its value another
 * @throws ShapeError when lengths do not fit or a query falls outside the keys
 * @throws NumericError when an entry is NaN, infinite or negative, or a kind is not 0, 1 or 2
 * @example
 * attentionSignals([0.6, 0.4, 0, 0.2, 0.3, 0.5], { tokens: 2, keys: 3 }, Uint8Array.of(2, 1, 1), 1).textMass; // [0.4, 0.8]
 */
export function attentionSignals(
  rows: ArrayLike<number>,
  shape: { readonly tokens: number; readonly keys: number },
  kind: ArrayLike<number>,
  first: number,
  options: AttentionSignalOptions = {},
): AttentionSignals {
  const { textSupport, measure } = readOptions(options, OPTIONS);
  // Without types `first` may be missing, which `checkRows` permits to other callers.
  checkRows(rows, shape, kind, first ?? Number.NaN);
  const { tokens, keys } = shape;
  const visualKeys = keysOfKind(kind, KEY_KIND.visual, keys);
  const signals = {
    visualMass: new Float64Array(tokens),
    textMass: new Float64Array(tokens),
    visualShift: new Float64Array(tokens),
    textShift: new Float64Array(tokens),
  };
  const measured = { visual: new Float64Array(tokens), text: new Float64Array(tokens) };
  // The first token follows a row without mass, from which every distance is 0.
  let visualBefore: Float64Array = new Float64Array(visualKeys.length);
  let textBefore: Float64Array = new Float64Array(0);
  for (let t = 0; t < tokens; t++) {
    const at = (key: number) => rows[t * keys + key]!;
    const visual = Float64Array.from(visualKeys, at);
    const text = Float64Array.from(keysOfKind(kind, KEY_KIND.text, first + t + 1), at);
    signals.visualMass[t] = sum(visual);
    signals.textMass[t] = sum(text);
    if (measure === "sharpness") {
      measured.visual[t] = attentionSharpness(visual);
      measured.text[t] = attentionSharpness(text);
    }
    if (measure === "divergence") {
      measured.visual[t] = attentionDivergence(visualBefore, visual);
      measured.text[t] = attentionDivergence(extended(textBefore, text.length), text);
    }
    signals.visualShift[t] = fisherRaoDistance(visualBefore, visual);
    signals.textShift[t] =
      textSupport === "own"
        ? fisherRaoDistance(extended(textBefore, text.length), text)
        : fisherRaoDistance(textBefore, text.subarray(0, textBefore.length));
    visualBefore = visual;
    textBefore = text;
  }
  return measure === undefined ? signals : { ...signals, [measure]: measured };
}

function keysOfKind(kind: ArrayLike<number>, wanted: number, end: number): number[] {
  const found: number[] = [];
  for (let key = 0; key < end; key++) if (kind[key] === wanted) found.push(key);
  return found;
}

function extended(values: Float64Array, length: number): Float64Array {
  const longer = new Float64Array(length);
  longer.set(values);
  return longer;
}
