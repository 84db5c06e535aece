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
  /** The whole completion, special tokens left out. */
  readonly text: string;
  /** The text after the thought: after the last `</think>`, all of it without a thought, "" where a thought has no end. */
  readonly afterThought: string;
  /** The answer that the run's verdict read out of the text; null where there is none. */
  readonly extracted: string | null;
  /** The run's verdict, the same that evaluation uses. */
  readonly judgement: Judgement;
  /** `[T]` the truth about each token, where the task knows it; absent without a task that labels. */
  readonly labels?: (() => readonly TokenLabel[] | undefined) | undefined;
  /** `[T]` sampled ids, the stop token included. */
  readonly tokens: Int32Array;
  readonly stopReason: StopReason;
}

/** Scores of a batch in its order; null where a completion cannot be scored, which is not 0. */
export type RewardScores = readonly (number | null)[];

/** A question that a reward puts to the policy. */
export interface PolicyQuestion {
  /** As it is asked, in the run's own words around questions. */
  readonly question: string;
  /** None unless given: the policy then answers blind. */
  readonly images?: Problem["images"];
  /** What the answer begins with; the policy goes on from there. */
  readonly begun?: string;
}

/** The policy under training, as a reward may ask it. */
export interface Policy {
  /**
   * One answer to each question, without what it began with.
   *
   * @param options the run's temperature and length unless given; 0 is greedy
   */
  answer(
    questions: readonly PolicyQuestion[],
    options?: { readonly temperature?: number; readonly maxTokens?: number },
  ): Promise<string[]>;
  /** `[T]` nats of given completions of the same question with images in the place of the problem's own. */
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

/** A named and weighted part of the reward; its mean is a metric of its own. */
export interface Reward {
  readonly name: string;
  /** Factor of the scores in the sum; 1 unless given. */
  readonly weight?: number;
  readonly score: RewardFunction;
  /** File and export of a user's own, or the like, for errors. */
  readonly origin?: string | undefined;
  /** Whether its scores, in [0, 1], say what is right: their agreement with the run's verdict is then a metric. */
  readonly isVerdict?: boolean | undefined;
  /** Whether it is normalised apart, so that it is no part of the sum and a completion may be without it. */
  readonly isSeparate?: boolean | undefined;
  /** Whether it asks the policy: `answers` it samples, or `scores` of given completions. */
  readonly asks?: "answers" | "scores" | undefined;
  /** Releases processes and connections when the run ends. */
  close?(): void | Promise<void>;
}

/** Facts about the run that a reward is made with. */
export interface RewardContext {
  readonly verdict: Verdict;
  /** The limit of a completion, in tokens. */
  readonly maxCompletionTokens: number;
  /** Told of waits and faults that do not stop the run. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** The part of a reward that its definition makes; name and weight come from the configuration. */
export type RewardPart = RewardFunction | Pick<Reward, "score" | "close" | "isVerdict" | "asks">;

/** A reward: its options, if it has any, and its maker. A built-in one has its kind among the options. */
export const defineReward: Define<RewardContext, RewardPart> = <T>(definition: T) => definition;
