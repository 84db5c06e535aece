/**
 * @module
 * The parts of a training run.
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
  /** Samples, scores and trains. The caller closes it. */
  readonly engine: Engine;
  /** Problems to prompts, and tokens to text. */
  readonly dialogue: Dialogue;
  readonly task: Task;
  /** Named and weighted; a plain function has its name and weight 1, a string is a built-in reward. */
  readonly reward: GivenReward | readonly GivenReward[];
  /** A verdict, or the kind of a built-in one; default: the answer verdict. */
  readonly verdict?: GivenVerdict;
  /** A method, or the `credit` part of a configuration; default: uniform. */
  readonly credit?: GivenCredit;
  /** Methods whose signals are compared with the credit method's in metrics only; default: none. */
  readonly creditAgreement?: GivenAgreement | undefined;
  /** An algorithm, or the `algorithm` part of a configuration; default: GRPO. */
  readonly objective?: GivenObjective;
  /** Missing settings have their defaults. */
  readonly sampling?: Partial<Sampling>;
  /** Missing settings have their defaults. */
  readonly schedule?: Partial<Schedule>;
  /** Seed of sampling, data order and credit; default 0. */
  readonly seed?: number;
  readonly observers?: readonly Observer[];
  /** When aborted, the run saves a checkpoint and ends. */
  readonly signal?: AbortSignal | undefined;
  /** T-GRPO's comparison with shuffled frames of videos. */
  readonly temporal?: TemporalOptions | undefined;
  /** Problems beyond these limits are skipped. */
  readonly limits?: ProblemLimits;
  /** Share of broken rows above which the run stops; default 0. */
  readonly maxBrokenShare?: number;
  /** Problems that an evaluation samples at once; default 128. */
  readonly evaluationBatch?: number;
  /** Description of the run for its record; default: names and settings of the parts. */
  readonly record?: Pick<RunDescription, "config" | "modules">;
  /** Milliseconds from any fixed moment. */
  readonly clock?: () => number;
}
