/**
 * @module
 * A reward: a function from a batch of answered problems to numbers, with a name and a weight.
 */
import type { Problem } from "../data/index.ts";
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
  /** `[T]` sampled ids, the stop token included. */
  readonly tokens: Int32Array;
  readonly stopReason: StopReason;
}

/** Scores of a batch in its order; null where a completion cannot be scored, which is not 0. */
export type RewardScores = readonly (number | null)[];

/** Scores a batch of completions. */
export type RewardFunction = (
  answered: readonly Answered[],
  signal?: AbortSignal,
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
export type RewardPart = RewardFunction | Pick<Reward, "score" | "close" | "isVerdict">;

/** A reward: its options, if it has any, and its maker. A built-in one has its kind among the options. */
export const defineReward: Define<RewardContext, RewardPart> = <T>(definition: T) => definition;
