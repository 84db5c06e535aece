/**
 * @module
 * What a local engine is opened with.
 */
import type { ModelConfig } from "../../model/index.ts";

/** A model that starts from random weights. */
export interface FreshModel {
  readonly config: ModelConfig;
  /** Directory with the tokenizer, chat template and processor that its checkpoints will carry. */
  readonly assets: string;
  readonly seed: number;
}

export interface LocalEngineOptions {
  /** A Hugging Face model directory, or a model to begin. */
  readonly model: string | FreshModel;
  /** Threads of one operation; 2 unless given. */
  readonly threads?: number;
  /**
   * Idle threads wait for work in a loop instead of asleep: a tenth faster on a machine of one's own, many times slower
   * on one that is shared. False unless given.
   */
  readonly spin?: boolean;
  /**
   * A value head: a linear layer on the hidden state that predicts a token, from zeros or from the model's directory.
   * False unless given.
   */
  readonly valueHead?: boolean;
  /** Prompt and completion tokens computed at once: few enough to stay in the cache, 2,048 unless given. */
  readonly maxTokens?: number;
}
