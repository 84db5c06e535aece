/**
 * @module
 * The engine contract: all that the training loop knows of a model. It is shaped after the Tinker API, so that
 * one interface serves the process itself, a cluster behind HTTP and a fake for tests.
 *
 * Every policy loss of Fovea depends on the model only through the log-probs of the sampled tokens, so an engine
 * need not know any loss: it samples, scores, adds up the gradient of Σ c·log π and steps.
 */
import type { Prompt, PromptChunk } from "../model/prompt.ts";
import type { Capability } from "./capabilities.ts";

export type { Prompt, PromptChunk };

/** A prompt and the tokens that follow it. */
export interface Sequence {
  readonly prompt: Prompt;
  readonly completion: Int32Array;
}

/** Which query's attention row belongs to token t: its own, or the one that predicts it. */
export type AttentionRow = "own" | "predicting";

/** The attention signals of DyCo-RL (arXiv:2606.08035, Eqs. 2 and 7), one number per completion token. */
export interface AttentionSignals {
  /** `[T]` attention on image keys, in [0, 1]. */
  readonly visualMass: Float64Array;
  /** `[T]` attention on every other real key, in [0, 1]. */
  readonly textMass: Float64Array;
  /** `[T]` Fisher-Rao distance to the previous token's row within the image keys, in [0, π]; 0 for the first. */
  readonly visualShift: Float64Array;
  /** `[T]` the same within the text keys. */
  readonly textShift: Float64Array;
}

/** Signals to return beside log-probs. */
export interface SignalRequest {
  readonly attention?: { readonly row: AttentionRow };
}

export interface SampleRequest {
  readonly prompts: readonly Prompt[];
  /** Completions per prompt, G. */
  readonly groupSize: number;
  readonly maxCompletionTokens: number;
  /** Sampling temperature; 0 is greedy. */
  readonly temperature: number;
  /** Nucleus: the smallest set of tokens whose probability reaches it; 1 keeps all. */
  readonly topP: number;
  /** Keep the k likeliest tokens; 0 keeps all. */
  readonly topK: number;
  /** Ids that end a completion; the stop token is its last token. */
  readonly stopTokens: readonly number[];
  /** The same seed on the same weights gives the same tokens. */
  readonly seed: number;
  readonly signals?: SignalRequest;
}

/** Why a completion ended: a stop token was sampled, or the limit was reached. */
export type StopReason = "stop" | "length";

export interface Completion {
  /** `[T]` sampled ids, the stop token included. */
  readonly tokens: Int32Array;
  /** `[T]` nats, of the untruncated distribution at the sampling temperature (temperature 1 when greedy). */
  readonly logprobs: Float64Array;
  /** `[T]` nats, entropy of the same distribution. */
  readonly entropy: Float64Array;
  readonly stopReason: StopReason;
  readonly signals?: { readonly attention?: AttentionSignals };
}

export interface ScoreRequest {
  /** The trained weights, or the frozen reference of the KL term. */
  readonly weights?: "policy" | "reference";
  /** Log-probs of softmax(logits / temperature); 1 unless given. */
  readonly temperature?: number;
  readonly signals?: SignalRequest;
}

export interface Score {
  /** `[T]` nats. */
  readonly logprobs: Float64Array;
  readonly signals?: { readonly attention?: AttentionSignals };
}

export interface AccumulateOptions {
  /** Temperature of the log-probs whose gradient is added; 1 unless given. */
  readonly temperature?: number;
}

export interface GradientReport {
  /** Completion tokens whose gradient was added. */
  readonly tokens: number;
  /** False when any gradient added since the last step is NaN or infinite. */
  readonly finite: boolean;
}

export interface AdamParameters {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Decoupled weight decay (AdamW), on matrices only. */
  readonly weightDecay: number;
  /** Gradient is scaled down to this global norm; 0 does not clip. */
  readonly maxGradientNorm: number;
}

export interface StepReport {
  /** Global L2 norm before clipping. */
  readonly gradientNorm: number;
  /** False when the gradient was not finite: weights and optimiser are as before, the gradient is cleared. */
  readonly applied: boolean;
}

/** A model that samples, scores and learns. Calls run one after another, in the order they were made. */
export interface Engine {
  readonly capabilities: ReadonlySet<Capability>;
  /** Completions per prompt, `[P][G]`. Image and video special ids are never sampled. */
  sample(request: SampleRequest): Promise<Completion[][]>;
  /** Teacher-forced log-probs and signals, one per sequence, no gradient. */
  score(sequences: readonly Sequence[], request?: ScoreRequest): Promise<Score[]>;
  /**
   * Adds the gradient of Σ cₜ·log π(oₜ), to be maximised.
   *
   * @param coefficients one `[T]` per sequence
   */
  accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options?: AccumulateOptions,
  ): Promise<GradientReport>;
  /** Clips, applies AdamW in the direction that raises Σ cₜ·log π(oₜ), and clears the gradient. */
  step(adam: AdamParameters): Promise<StepReport>;
  /** Freezes a copy of the present weights as the KL reference. */
  setReference(): Promise<void>;
  /** Writes a Hugging Face model directory, and the optimiser's state beside it unless told otherwise. */
  save(directory: string, options?: { readonly optimizer?: boolean }): Promise<void>;
  /** Reads what `save` wrote; without an optimiser's state in the directory the optimiser starts anew. */
  load(directory: string): Promise<void>;
  close(): Promise<void>;
}
