/**
 * @module
 * A reward: a function from a batch of answered problems to numbers, with a name and a weight.
 */
import type { Problem, TokenLabel } from "../data/index.ts";
import type { StopReason } from "../engine/index.ts";
import type { Define } from "../parts/index.ts";
import type { Judgement, Verdict } from "../verify/index.ts";

/** A completion with its problem, as rewards see it. */
export interface Answered {
  readonly problem: Problem;
  /** The whole completion without special tokens. */
  readonly text: string;
  /** The text of the first turn without its thoughts; all of it without a thought, "" for an unfinished thought. */
  readonly afterThought: string;
  /** The answer that the run's verdict extracted; null if there is none. */
  readonly extracted: string | null;
  /** The run's verdict, the same that evaluation uses. */
  readonly judgement: Judgement;
  /** `[T]` the label of each token; absent if the task has no labels. */
  readonly labels?: (() => readonly TokenLabel[] | undefined) | undefined;
  /** `[T]` sampled ids, the stop token included. */
  readonly tokens: Int32Array;
  readonly stopReason: StopReason;
}

/** Scores of a batch in order; null, not 0, for a completion that cannot be scored. */
export type RewardScores = readonly (number | null)[];

/** A question of a reward to the policy. */
export interface PolicyQuestion {
  /** The question, inserted into the run's prompt format. */
  readonly question: string;
  /** Default: none, so that the policy answers without images. */
  readonly images?: Problem["images"];
  /** Prefix of the answer, which the policy continues. */
  readonly begun?: string;
}

/** The policy under training, as rewards use it. */
export interface Policy {
  /**
   * One answer to each question, without its prefix.
   *
   * @param options temperature (0 is greedy) and length; default: the run's
   */
  answer(
    questions: readonly PolicyQuestion[],
    options?: { readonly temperature?: number; readonly maxTokens?: number },
  ): Promise<string[]>;
  /** `[T]` nats of given completions of the same question with these images in place of the problem's. */
  logprobs(
    given: readonly {
      readonly problem: Problem;
      readonly images: Problem["images"];
      readonly tokens: Int32Array;
    }[],
  ): Promise<Float64Array[]>;
  /** `[T]` texts of a completion's tokens. */
  texts(tokens: Int32Array): readonly string[];
}

/** Scores a batch of completions. */
export type RewardFunction = (
  answered: readonly Answered[],
  signal?: AbortSignal,
  policy?: Policy,
) => RewardScores | Promise<RewardScores>;

/** A named and weighted part of the reward; its mean is a metric. */
export interface Reward {
  readonly name: string;
  /** Factor of the scores in the sum; default 1. */
  readonly weight?: number;
  readonly score: RewardFunction;
  /** Origin of a user's reward, such as file and export, for errors. */
  readonly origin?: string | undefined;
  /** Whether its scores, in [0, 1], measure correctness: their agreement with the run's verdict is then a metric. */
  readonly isVerdict?: boolean | undefined;
  /** Whether it is normalised separately: it is then not in the sum, and a completion may lack it. */
  readonly isSeparate?: boolean | undefined;
  /** Whether it uses the policy: `answers` samples from it, `scores` only scores given completions. */
  readonly asks?: "answers" | "scores" | undefined;
  /** Releases processes and connections when the run ends. */
  close?(): void | Promise<void>;
}

/** Facts of the run passed to a reward's maker. */
export interface RewardContext {
  readonly verdict: Verdict;
  /** The limit of a completion, in tokens. */
  readonly maxCompletionTokens: number;
  /** Called with delays and failures that do not stop the run. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** The result of a reward's maker; name and weight come from the configuration. */
export type RewardPart = RewardFunction | Pick<Reward, "score" | "close" | "isVerdict" | "asks">;

/**
 * The definition of a reward: schema of its options, if any, and its maker. The schema of a built-in reward has a kind.
 */
export const defineReward: Define<RewardContext, RewardPart> = <T>(definition: T) => definition;
