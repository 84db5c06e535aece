/**
 * @module
 * The parts of a training run, which anyone can make.
 */
import type { Task } from "../../data/index.ts";
import type { Engine } from "../../engine/index.ts";
import type { Dialogue, ProblemLimits } from "../../eval/index.ts";
import type { TemporalOptions } from "../../reward/index.ts";
import type { Observer, RunDescription } from "../loop/observer.ts";
import type { Sampling, Schedule } from "../schedule/schedule-schema.ts";
import type { GivenAgreement, GivenCredit, GivenObjective, GivenVerdict } from "./methods.ts";
import type { GivenReward } from "./rewards.ts";

/** The parts of a training run. */
export interface TrainParts {
  /** Samples, scores and learns. The caller closes it. */
  readonly engine: Engine;
  /** Problems to prompts, and tokens to text. */
  readonly dialogue: Dialogue;
  readonly task: Task;
  /** Named and weighted; a function alone has its own name and weight 1, and a word is a built-in reward. */
  readonly reward: GivenReward | readonly GivenReward[];
  /** Decides what is right, or the kind of a built-in verdict; the answer verdict unless given. */
  readonly verdict?: GivenVerdict;
  /** A method, or the `credit` part of a configuration; uniform unless given. */
  readonly credit?: GivenCredit;
  /** Methods whose signals are compared with the credit method's, in metrics alone; none unless given. */
  readonly creditAgreement?: GivenAgreement | undefined;
  /** An algorithm, or the `algorithm` part of a configuration; GRPO unless given. */
  readonly objective?: GivenObjective;
  /** Missing settings have their defaults. */
  readonly sampling?: Partial<Sampling>;
  /** Missing settings have their defaults. */
  readonly schedule?: Partial<Schedule>;
  /** Seed of sampling, order of data and credit; 0 unless given. */
  readonly seed?: number;
  readonly observers?: readonly Observer[];
  /** Aborted, the run saves a checkpoint and ends. */
  readonly signal?: AbortSignal | undefined;
  /** T-GRPO's comparison with shuffled frames of videos. */
  readonly temporal?: TemporalOptions | undefined;
  /** Problems beyond these are left out. */
  readonly limits?: ProblemLimits;
  /** Share of broken rows past which the run stops; 0 unless given. */
  readonly maxBrokenShare?: number;
  /** Problems that an evaluation samples at once; 128 unless given. */
  readonly evaluationBatch?: number;
  /** Describes the run for its record; the names and settings of the parts unless given. */
  readonly record?: Pick<RunDescription, "config" | "modules">;
  /** Milliseconds from any fixed moment. */
  readonly clock?: () => number;
}
