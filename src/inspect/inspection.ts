/**
 * @module
 * A completion looked into: plain numbers, fit for JSON, six significant digits each.
 */
import type { TokenRole } from "../credit/index.ts";

/** One credit method's result on one completion. */
export interface MethodWeights {
  readonly kind: string;
  /** `[T]`; null where the method cannot be had. */
  readonly weights: readonly number[] | null;
  readonly roles?: readonly TokenRole[];
  readonly clusters?: readonly number[];
  /** Why there are no weights. */
  readonly missing?: string;
}

/** The merged patches of an image, or of one patch of time of a video. */
export interface ShownGrid {
  readonly rows: number;
  readonly columns: number;
  /** Which of the prompt's videos it is of. */
  readonly video?: number;
  /** Seconds from the beginning of the video. */
  readonly seconds?: number;
}

/** The attention of one completion on one image, or on one patch of time of a video. */
export interface ImageAttention extends ShownGrid {
  /** `[T][rows × columns]` attention, mean over heads of the last layer. */
  readonly tokens: readonly (readonly number[])[];
}

/** A signal's number for each token. */
export interface ShownSignal {
  /** The signal's name in requests. */
  readonly signal: string;
  readonly label: string;
  /** `[T]` */
  readonly values: readonly number[];
}

/** The signals of a model and the weights of every credit method for one completion; null where the engine has none. */
export interface CompletionInspection {
  /** `[T]` nats. */
  readonly logprobs: readonly number[];
  readonly entropy: readonly number[] | null;
  readonly attention: {
    readonly visualMass: readonly number[];
    readonly textMass: readonly number[];
    readonly visualShift: readonly number[];
    readonly textShift: readonly number[];
  } | null;
  /** Everything that the engine's signals say of a token in one number. */
  readonly signals: readonly ShownSignal[];
  /** `[T]` nats, with the images discarded. */
  readonly withoutImage: readonly number[] | null;
  /** `[T]` nats, KL of the whole distributions with and without the images. */
  readonly divergence: readonly number[] | null;
  /** AT-RL: the tokens whose calibrated attention is nearest, by cosine; `[T][≤ 8]`. */
  readonly neighbours: readonly (readonly { readonly token: number; readonly cosine: number }[])[] | null;
  readonly images: readonly ImageAttention[] | null;
  /** `[T][k]` the likeliest tokens in the place of each, the likeliest first, log-probs in nats. */
  readonly alternatives: readonly (readonly { readonly token: number; readonly logprob: number }[])[] | null;
  readonly methods: readonly MethodWeights[];
}
