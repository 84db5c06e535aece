/**
 * @module
 * The sizes of a model that hold for every architecture, in Fovea's names. An architecture adds its own.
 */

/** How Llama 3.1 scales rotary positions beyond the context that it was first trained with. */
export interface RopeScaling {
  /** Slow frequencies are divided by this. */
  readonly factor: number;
  /** Frequencies that turn fewer times than this within the original context are slow. */
  readonly lowFrequencyFactor: number;
  /** Frequencies that turn more often than this stay as they are; between the two, a mean of both. */
  readonly highFrequencyFactor: number;
  /** Tokens. */
  readonly originalContext: number;
}

/** Decoder with grouped-query attention and rotary positions. */
export interface TextConfig {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly intermediateSize: number;
  readonly rmsNormEpsilon: number;
  readonly ropeTheta: number;
  /** Absent for plain rotary positions. */
  readonly ropeScaling?: RopeScaling;
  /** True when the output head is the token embedding. */
  readonly tieWordEmbeddings: boolean;
  /**
   * After so many of the first layers another part of an image's features is added to its tokens (DeepStack,
   * arXiv:2406.04334); 0 unless given.
   */
  readonly deepstackLayers?: number;
  /** Layers that read images by gated cross-attention in the place of self-attention, in order; none unless given. */
  readonly crossAttentionLayers?: readonly number[];
  /** Ids from `vocabSize` on that prompts may hold and completions never do; 0 unless given. */
  readonly promptOnlyTokens?: number;
}

/** Rows of the token embedding, which may be more than the head has. */
export function embeddedTokens({
  vocabSize,
  promptOnlyTokens = 0,
}: Pick<TextConfig, "vocabSize" | "promptOnlyTokens">): number {
  return vocabSize + promptOnlyTokens;
}

/** Numbers of an image's token as the tower makes it: its embedding, then what is added after each of the first layers. */
export function imageTokenWidth({
  hiddenSize,
  deepstackLayers = 0,
}: Pick<TextConfig, "hiddenSize" | "deepstackLayers">): number {
  return hiddenSize * (1 + deepstackLayers);
}

/** A model's sizes: plain data, which threads can send each other. */
export interface ModelConfig {
  /** `model_type` of config.json: which architecture reads the rest. */
  readonly modelType: string;
  readonly text: TextConfig;
}
