/**
 * @module
 * The interface of a credit method: a list of signals that it needs, and a pure function from a batch of completions to
 * token weights. A method sees the whole batch, because some compare completions with each other.
 */
import type { Rng } from "../math/index.ts";
import type { Define } from "../parts/index.ts";
import { membersOf } from "../parts/members-of.ts";
import type { ImageAblation } from "./image-ablation.ts";
import type { SignalRequest, Signals } from "./signals/index.ts";

/** The role of a token: reads the image, works on the text, or neither clearly. */
export type TokenRole = "visual" | "text" | "neutral";

/** The same tokens with the images as given and with the images ablated, at one temperature. */
export interface AblatedPass {
  /** `[T]` nats. */
  readonly given: Float64Array;
  /** `[T]` nats. */
  readonly ablated: Float64Array;
  /** `[T]` nats, KL(π(·|given) ‖ π(·|ablated)) over the whole vocabulary; where it was asked for. */
  readonly divergence?: Float64Array | undefined;
  /** `[T]` nats, Jensen-Shannon divergence of the two; with the divergence. */
  readonly jensenShannon?: Float64Array | undefined;
  /** `[T]` nats, entropy of π(·|ablated); with the divergence. */
  readonly ablatedEntropy?: Float64Array | undefined;
}

/** The task's label of one token. */
export interface CreditLabel {
  /** "image": states something read from the image; "reasoning": a step or the answer; "other": the rest. */
  readonly role: "image" | "reasoning" | "other";
  /** Whether the statement is true; null if the token makes no statement. */
  readonly correct: boolean | null;
}

/** A further pass over the same tokens, with another view of the images. */
export interface ViewRequest {
  readonly image: ImageAblation;
  /** Ask for the entropies too. */
  readonly entropy?: true;
}

/** The result of such a pass. */
export interface ViewPass {
  /** The view as it was drawn: a gradient through it goes through the same images. */
  readonly image: ImageAblation;
  /** `[T]` nats. */
  readonly logprobs: Float64Array;
  /** `[T]` nats; where it was asked for. */
  readonly entropy?: Float64Array | undefined;
}

/** The engine outputs that a method needs: any of its signals, and more. */
export interface CreditNeeds extends SignalRequest {
  /** Entropy of each token's distribution. */
  readonly entropy?: true;
  /** Entropy of each token's distribution cut to the smallest set of tokens that reaches this probability. */
  readonly nucleusEntropy?: number;
  /** A second pass with ablated images; `temperature` is that of both passes, the sampler's unless given. */
  readonly ablation?: {
    readonly image: ImageAblation;
    readonly divergence: boolean;
    readonly temperature?: number;
  };
  /** Further passes by name, at the sampler's temperature. */
  readonly views?: Readonly<Record<string, ViewRequest>>;
  /** How far apart the distributions at each place of a prompt's completions are. */
  readonly groupDivergence?: true;
  /** The label of each token, which the task must provide. */
  readonly labels?: true;
  /** The advantage of each completion, as the objective computes it. */
  readonly advantage?: true;
  /** Groups without spread of rewards too: the method changes rewards. */
  readonly allGroups?: true;
  /** Names of rewards of the run whose scores the method reads. */
  readonly rewards?: readonly string[];
}

/** The requested outputs of one completion. */
export type CreditSignals = { readonly [N in keyof Signals]?: Signals[N] | undefined } & {
  /** `[T]` nats. */
  readonly entropy?: Float64Array | undefined;
  /** `[T]` nats. */
  readonly nucleusEntropy?: Float64Array | undefined;
  /** `[T]` nats; the same at one place of all completions that reach it. */
  readonly groupDivergence?: Float64Array | undefined;
  readonly ablation?: AblatedPass | undefined;
  /** By the names of the request. */
  readonly views?: Readonly<Record<string, ViewPass>> | undefined;
};

/** One completion as credit methods see it. */
export interface CreditCompletion {
  /** `[T]` 1 where the token counts. */
  readonly mask: ArrayLike<number>;
  readonly signals?: CreditSignals | undefined;
  /** One for all tokens, or `[T]`. */
  readonly advantage?: number | ArrayLike<number> | undefined;
  /** `[T]` sampled ids. */
  readonly tokens?: ArrayLike<number> | undefined;
  /** `[T]` text of each token; "" for special tokens. */
  readonly tokenTexts?: readonly string[] | undefined;
  /** Text of the whole completion, special tokens left out. */
  readonly text?: string | undefined;
  /** Reward of the completion; null where it could not be judged. */
  readonly reward?: number | null | undefined;
  /**
   * Scores of the run's rewards by name, before their weights; without rewards that could not score the completion.
   */
  readonly rewardParts?: Readonly<Record<string, number>> | undefined;
  /** Score of the run's verdict, in [0, 1]; null where it could not judge. */
  readonly verdict?: number | null | undefined;
  /** `[T]` the truth about each token, where it was asked for and is known of this completion. */
  readonly labels?: readonly CreditLabel[] | undefined;
  /** Accepted answers, columns and the rest of the problem, as the task gives it. */
  readonly problem?: CreditedProblem | undefined;
}

/** The parts of a problem that credit may depend on. */
export interface CreditedProblem {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly columns: Readonly<Record<string, unknown>>;
}

/**
 * A term of the loss beside the advantage: what is maximised gains γₜ·min(k3ₜ, bound) + η·log π(oₜ), k3 between the
 * images as given and ablated.
 */
export interface CreditPerception {
  /** `[T]` nats; 0 at masked tokens. */
  readonly ablatedLogprobs: Float64Array;
  /** `[T]` γₜ; 0 where a token takes no part. */
  readonly coefficients: Float64Array;
  /** Nats. */
  readonly bound: number;
  /** η. */
  readonly entropyPenalty: number;
}

/** A view that a term of the loss compares with. */
export interface TermView extends Pick<ViewPass, "image" | "logprobs"> {
  /**
   * Its log-probs are constants: no gradient goes through the view, and they are log-probs from before the first
   * step.
   */
  readonly isConstant?: boolean;
}

/**
 * A term of the loss on the log-probs of the same tokens under several views of the images, with a gradient through each
 * view that is not constant.
 */
export interface CreditViewTerm {
  /** `[V]`, the same images for every completion of a batch. */
  readonly views: readonly TermView[];
  /**
   * The contribution of token t to the objective, before the aggregation.
   *
   * @param logprob nats, images as given
   * @param views `[V]` nats
   */
  readonly at: (
    t: number,
    logprob: number,
    views: readonly number[],
  ) => {
    readonly value: number;
    /** Slope in the log-prob with the images as given. */
    readonly given: number;
    /** `[V]` slopes in the log-probs of the views; entries of constant views are ignored. */
    readonly views: readonly number[];
  };
}

/** A method's credit of one completion. */
export interface CompletionCredit {
  /** `[T]` what multiplies the advantage; 0 at masked tokens. */
  readonly weights: Float64Array;
  /** `[T]` added to the weighted advantage, from methods that no factor of it expresses; 0 at masked tokens. */
  readonly advantageBonus?: Float64Array;
  /** `[T]` the signal that weights are made of, before it is normalised, from methods that have one; 0 at masked tokens. */
  readonly scores?: Float64Array;
  /** `[T]`, from methods that assign roles. */
  readonly roles?: readonly TokenRole[];
  /** `[T]` in [0, 1], from methods that assign roles: share of attention where the role asks for it. */
  readonly alignment?: Float64Array;
  /** `[T]` part of each token, from methods that group tokens; −1 at masked tokens. */
  readonly clusters?: Int32Array;
  /** From methods that share credit by attention to the image: there was none, so weights are even. */
  readonly lacksVisualMass?: true;
  /** From methods that credit by labels: there were none, so weights are even. */
  readonly lacksLabels?: true;
  /** Added to the completion's reward before advantages, from methods that shape rewards. */
  readonly rewardBonus?: number;
  /** Passed to the objective, from methods that act on the loss. */
  readonly perception?: CreditPerception;
  /** Passed to the objective, from methods whose loss term has a gradient through other views. */
  readonly viewTerm?: CreditViewTerm;
}

/** Weights of a completion, and the numbers behind them. */
export type ScoredWeights = Required<Pick<CompletionCredit, "weights" | "scores">>;

/** A credit method with its options bound. */
export interface CreditMethod {
  /** Names the method in errors and records; the kind of its definition unless given. */
  readonly name?: string;
  readonly needs: CreditNeeds;
  /**
   * The needs at a place of the run, from methods whose views change over it; `needs` unless given.
   *
   * @param progress share of the run's iterations that are done, in [0, 1]
   */
  readonly needsAt?: (progress: number) => CreditNeeds;
  /** Smaller needs for an engine that supports them, from which the same credit follows. */
  readonly lighterNeeds?: CreditNeeds;
  /**
   * Completions are compared with others of the batch, so the whole batch comes in one call. Without it the batch may
   * come in parts of whole groups, which bounds the memory of large signals.
   */
  readonly wholeBatch?: true;
  /** The credit carries a `perception` or a `viewTerm`, which algorithms that compare pairs cannot have. */
  readonly addsLossTerm?: true;
  /** The credit changes with the share of the run that is done, so a run with it has a fixed length. */
  readonly followsRun?: true;
  /** Every token of a completion gets the same weight, so algorithms that erase token credit may have the method. */
  readonly sharesEvenly?: true;
  /**
   * @param groups completions by prompt, `[P][G]`
   * @param rng source of random draws; default: a generator of seed 0, the same at every call
   * @param progress share of the run's iterations that are done, in [0, 1], for methods with a schedule; 1 unless given
   * @returns credits of the same shape
   * @throws EngineError when a completion lacks a signal that `needs` names
   */
  credit(
    groups: readonly (readonly CreditCompletion[])[],
    rng?: Rng,
    progress?: number,
  ): CompletionCredit[][];
}

/** Members of a method except for `credit`. */
const MEMBERS = [
  "name",
  "needs",
  "needsAt",
  "lighterNeeds",
  "wholeBatch",
  "addsLossTerm",
  "followsRun",
  "sharesEvenly",
] as const satisfies readonly (keyof CreditMethod)[];

/** The method with another `credit`; of a class too, whose members spreading would lose. */
export function withCredit(method: CreditMethod, credit: CreditMethod["credit"]): CreditMethod {
  return { ...membersOf(method, MEMBERS), credit };
}

/** A credit method: its options, if it has any, and its maker. A built-in one has its kind among the options. */
export const defineCredit: Define<undefined, CreditMethod> = <T>(definition: T) => definition;
