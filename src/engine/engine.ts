/**
 * @module
 * The engine contract: all that the training loop knows of a model. Its shape follows the Tinker API, so that
 * one interface serves the process itself, a cluster behind HTTP and a fake for tests.
 *
 * Every policy loss of Fovea depends on the model only through the log-probs of the sampled tokens. So an engine need
 * not know any loss: it samples, scores, adds up the gradient of Σ c·log π and steps. A value head and an entropy
 * bonus work the same way, each with its own coefficients.
 */
import type * as z from "zod";
import type {
  AttentionRow,
  AttentionSignals,
  ImageAblation,
  SignalRequest,
  Signals,
} from "../credit/index.ts";
import type { Prompt, PromptChunk } from "../model/prompt.ts";
import type { StorageOptions } from "../model/write-weights.ts";
import type { Definition } from "../parts/index.ts";
import type { Capability } from "./capabilities.ts";
import type { AttentionIntervention } from "./intervention.ts";

export type { AttentionRow, AttentionSignals, Prompt, PromptChunk, SignalRequest, Signals };

/** A prompt and the tokens that follow it. */
export interface Sequence {
  readonly prompt: Prompt;
  readonly completion: Int32Array;
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
  /**
   * The same seed on the same weights gives the same tokens. One seed for the request; or one for each prompt, whose
   * completions then equal the completions of a request with this seed and only this prompt.
   */
  readonly seed: number | readonly number[];
  /** Left to scoring by an engine with `int8-rollouts` where `rollout` is given. */
  readonly signals?: SignalRequest;
  /**
   * The completions are to be learnt from. An engine with the capability `int8-rollouts` samples them with rounded weights,
   * and log-probs and entropies are the rounded model's. Other engines ignore it.
   */
  readonly rollout?: true;
  /**
   * Called with every sampled token, in order within a completion. Returning false ends the completion, possibly after
   * a few more tokens. Capability `watch`.
   */
  readonly watch?: (drawn: DrawnToken) => boolean;
  /**
   * Ask for exact `Completion.entropy`, at the price of a scoring pass where samplers do not return it; capability
   * `entropy`.
   */
  readonly entropy?: true;
  /** Ask for `DrawnToken.alternatives`, so many a token; capability `watch`. */
  readonly alternatives?: number;
}

/** A token of a completion that is being sampled. */
export interface DrawnToken {
  /** Place of its prompt in the request. */
  readonly prompt: number;
  /** Place of its completion in the group. */
  readonly place: number;
  readonly token: number;
  /** Nats, as in `Completion.logprobs`. */
  readonly logprob: number;
  /** `[k]` the likeliest tokens in its place, special ids included; where asked for. */
  readonly alternatives?: Alternatives;
}

/** Why a completion ended: a stop token was sampled or `watch` ended it, or the limit was reached. */
export type StopReason = "stop" | "length";

export interface Completion {
  /** `[T]` sampled ids, the stop token included. */
  readonly tokens: Int32Array;
  /** `[T]` nats, of the untruncated distribution at the sampling temperature (temperature 1 when greedy). */
  readonly logprobs: Float64Array;
  /**
   * `[T]` nats, entropy of the same distribution. Engines without the capability `entropy` give −log π(oₜ), whose mean
   * over sampled tokens is an unbiased estimate of it. So do engines whose samplers return no entropy, unless
   * `SampleRequest.entropy` asks for it.
   */
  readonly entropy: Float64Array;
  readonly stopReason: StopReason;
  /** The requested signals that are available while sampling; `score` gives the rest. */
  readonly signals?: Signals;
}

export interface ScoreRequest {
  /** The trained weights, or the frozen reference of the KL term. */
  readonly weights?: "policy" | "reference";
  /** Log-probs, entropy and divergence are of softmax(logits / temperature); 1 unless given. */
  readonly temperature?: number;
  readonly signals?: SignalRequest;
  /**
   * Change to the prompt's images before the pass; absent: none. Draws depend only on the ablation's seed and on the
   * image. Capability `image-ablation`.
   */
  readonly image?: ImageAblation;
  /** Ask for `Score.entropy`. */
  readonly entropy?: true;
  /** Ask for `Score.nucleusEntropy` of the nucleus of this probability, in (0, 1]; capability `full-distribution`. */
  readonly nucleusEntropy?: number;
  /** Ask for `Score.divergence`, `ablatedLogprobs`, `jensenShannon` and `ablatedEntropy`; capability `full-distribution`. */
  readonly divergenceFrom?: ImageAblation;
  /** Ask for `Score.groupDivergence` among the sequences of each `Prompt` object; capability `group-divergence`. */
  readonly groupDivergence?: true;
  /** Ask for `Score.values`; capability `value`. */
  readonly values?: true;
  /** Amplify attention during the pass, not together with `divergenceFrom`; capability `attention-intervention`. */
  readonly intervention?: AttentionIntervention;
  /** Ask for `Score.likeliest`; capability `attention-intervention`. */
  readonly likeliest?: true;
  /** Ask for `Score.alternatives`, so many a token; capability `full-distribution`. */
  readonly alternatives?: number;
}

/** The likeliest tokens in the place of each token of a completion, k a token, the likeliest first. */
export interface Alternatives {
  /** `[T × k]` ids. */
  readonly tokens: Int32Array;
  /** `[T × k]` nats. */
  readonly logprobs: Float64Array;
}

export interface Score {
  /** `[T]` nats. */
  readonly logprobs: Float64Array;
  /** `[T]` nats, entropy of the distribution that each token was drawn from; where asked for. */
  readonly entropy?: Float64Array;
  /**
   * `[T]` nats, entropy of the same distribution cut to the smallest set of tokens whose probability reaches what was asked
   * for, and made to sum to 1 again; where asked for.
   */
  readonly nucleusEntropy?: Float64Array;
  /**
   * `[T]` nats, KL(π(·|as requested) ‖ π(·|images ablated by `divergenceFrom`)) over the whole vocabulary; where asked
   * for.
   */
  readonly divergence?: Float64Array;
  /** `[T]` nats, log-probs with the images ablated by `divergenceFrom`: the second half of that comparison. */
  readonly ablatedLogprobs?: Float64Array;
  /** `[T]` nats, Jensen-Shannon divergence of the same two distributions, at most log 2; with the divergence. */
  readonly jensenShannon?: Float64Array;
  /** `[T]` nats, entropy of the second distribution; with the divergence. */
  readonly ablatedEntropy?: Float64Array;
  /**
   * `[T]` nats, how far apart the distributions are at this place of the completions that were scored with the same prompt;
   * where asked for. The mean over them of
   *
   *     Σ_v (e^d − d − 1),      d = clamp(mean of their log p(v) − log p(v), −11, 11)
   *
   * A completion that has ended has the uniform distribution. Source: TW-GRPO, arXiv:2505.24718.
   */
  readonly groupDivergence?: Float64Array;
  /** `[T]` reward units, the value head's V of the state before each token; where asked for. */
  readonly values?: Float64Array;
  /** `[T]` the token of highest probability in each token's place, special ids included; where asked for. */
  readonly likeliest?: Int32Array;
  /** Where asked for. */
  readonly alternatives?: Alternatives;
  readonly signals?: Signals;
}

/** Further terms of `accumulate` besides Σ cₜ·log π(oₜ): one `[T]` per sequence each. */
export interface AccumulateOptions {
  /** Temperature of the log-probs and entropies whose gradient is added; 1 unless given. */
  readonly temperature?: number;
  /**
   * Change to the prompts' images, as in `ScoreRequest`: the gradient goes through the changed images. Capability
   * `image-ablation`.
   */
  readonly image?: ImageAblation;
  /** dₜ of Σ dₜ·Vₜ, where Vₜ is the value of the state before token t; capability `value`. */
  readonly valueCoefficients?: readonly Float64Array[];
  /** eₜ of Σ eₜ·Hₜ, where Hₜ is the entropy of token t's distribution; capability `entropy-gradient`. */
  readonly entropyCoefficients?: readonly Float64Array[];
}

export interface GradientReport {
  /** Completion tokens whose gradient was added. */
  readonly tokens: number;
  /** False when any gradient added since the last step is NaN or infinite. */
  readonly finite: boolean;
  /**
   * `[T]` nats each, the policy's log-probs as the trainer computes them; from engines whose sampler is another
   * program, which should agree with them and seldom does quite.
   */
  readonly logprobs?: readonly Float64Array[];
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
  /** Global L2 norm before clipping; NaN if the engine does not report it. */
  readonly gradientNorm: number;
  /** False when the gradient was not finite: weights and optimiser are as before, the gradient is cleared. */
  readonly applied: boolean;
}

/**
 * Format of a saved model. A type narrower than F32 rounds the weights, so that resumed training is not bitwise
 * identical.
 */
export interface SaveOptions extends StorageOptions {
  /** Write the optimiser's state and the reference too, always in F32; true unless given. */
  readonly optimizer?: boolean;
}

/** A training run, as far as it depends on what an engine has room for. */
export interface TrainingRun {
  /** Most tokens of a completion. */
  readonly completionTokens: number;
  /** Whether a KL reference will be set. */
  readonly reference: boolean;
  /** Batches that are sampled ahead, each from weights that are kept for it; none unless given. */
  readonly staleness?: number;
}

/** A snapshot of the weights to sample from while training continues. */
export interface Sampler {
  /**
   * Samples as `Engine.sample` at the time of the snapshot. Runs concurrently with the engine's calls, in no order with
   * them.
   */
  sample(request: SampleRequest): Promise<Completion[][]>;
  /** Says that nothing more is asked of it; absent where its weights cost nothing. */
  readonly release?: () => void;
}

/** The server of a remote engine, as it reported itself when the engine was opened. */
export interface ServerDescription {
  readonly url: string;
  readonly name: string;
  readonly version?: string | undefined;
  readonly baseModel: string;
  /** Form of large bodies, with the version of the schema. */
  readonly wire: string;
  /** Version of Fovea's extension of the protocol; absent where the server does not speak it. */
  readonly extension?: string | undefined;
  /** Version of the signals that a server without the extension offers. */
  readonly signals?: string | undefined;
}

/**
 * A model that samples, scores and trains. Calls run sequentially in the order made; calls of a `Sampler` run
 * concurrently.
 */
export interface Engine {
  readonly capabilities: ReadonlySet<Capability>;
  /** Absent where the engine is on this machine. */
  readonly server?: ServerDescription | undefined;
  /** Completions per prompt, `[P][G]`. Image and video special ids are never sampled. */
  sample(request: SampleRequest): Promise<Completion[][]>;
  /** Teacher-forced log-probs and other requested outputs, one per sequence, without a gradient. */
  score(sequences: readonly Sequence[], request?: ScoreRequest): Promise<Score[]>;
  /**
   * Adds the gradient of Σ cₜ·log π(oₜ) + Σ dₜ·Vₜ + Σ eₜ·Hₜ, to be maximised; d and e are options.
   *
   * @param coefficients c, one `[T]` per sequence
   */
  accumulate(
    sequences: readonly Sequence[],
    coefficients: readonly Float64Array[],
    options?: AccumulateOptions,
  ): Promise<GradientReport>;
  /** Clips, applies AdamW in the direction that raises what was accumulated, and clears the gradient. */
  step(adam: AdamParameters): Promise<StepReport>;
  /** Keeps the present weights to sample from while later calls change them; capability `overlap`. */
  sampler(): Promise<Sampler>;
  /**
   * Fails where an engine has no room for a training run: for its batches in memory, or for earlier weights. Absent where
   * there is no such limit.
   *
   * @throws EngineError with the numbers
   */
  requireRoom?(run: TrainingRun): Promise<void>;
  /** Freezes a copy of the present weights as the KL reference. */
  setReference(): Promise<void>;
  /** Writes a Hugging Face model directory, and by default the optimiser's state. */
  save(directory: string, options?: SaveOptions): Promise<void>;
  /** Reads what `save` wrote; without an optimiser's state in the directory the optimiser is reset. */
  load(directory: string): Promise<void>;
  close(): Promise<void>;
}

/** The scoring part of an engine. */
export type Scorer = Pick<Engine, "score">;

/** Facts about the run that an engine is made with. */
export interface EngineContext {
  /** Seed of the run. */
  readonly seed: number;
  /** Directory of the model; undefined for the built-in one. */
  readonly model: string | undefined;
  /** Whether the objective needs a value head. */
  readonly valueHead: boolean;
}

/** An engine of a user module: its options, if it has any, and its maker. */
export function defineEngine<Schema extends z.ZodType>(
  definition: Definition<Schema, EngineContext, Engine | Promise<Engine>>,
): Definition<Schema, EngineContext, Engine | Promise<Engine>> {
  return definition;
}
