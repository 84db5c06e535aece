/**
 * @module
 * The sizes of a model that hold for every architecture, in Fovea's names. An architecture adds its own.
 */

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
  /** True when the output head is the token embedding. */
  readonly tieWordEmbeddings: boolean;
}

/** A model's sizes: plain data, which threads can send each other. */
export interface ModelConfig {
  /** `model_type` of config.json: which architecture reads the rest. */
  readonly modelType: string;
  readonly text: TextConfig;
}
