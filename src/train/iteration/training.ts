/**
 * @module
 * The parts of a run as an iteration uses them, and the state carried from one iteration to the next.
 */
import type { CreditMethod } from "../../credit/index.ts";
import type { ProblemSource, Task, TokenLabels } from "../../data/index.ts";
import type { Engine } from "../../engine/index.ts";
import type { Dialogue, ProblemLimits, RowCounts } from "../../eval/index.ts";
import { Rng } from "../../math/index.ts";
import type { Algorithm } from "../../objective/index.ts";
import type { Reward, TemporalOptions } from "../../reward/index.ts";
import type { Verdict } from "../../verify/index.ts";
import type { ReplayEntry } from "../batch/group.ts";
import type { ClusterThreads } from "../credit/cluster-threads.ts";
import type { Sampling, Schedule } from "../schedule/schedule-schema.ts";

/** Methods compared with the run's method, and how. */
export interface Agreement {
  readonly methods: readonly CreditMethod[];
  /** Share of each completion's tokens, by highest signal, whose overlap is measured. */
  readonly share: number;
  /** Iterations between measurements. */
  readonly every: number;
}

/** Everything that is constant over a run. */
export interface Training {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly source: ProblemSource;
  /** Problems of evaluations between iterations, if any. */
  readonly validation?: ProblemSource | undefined;
  /** Index of the problem at a position of the stream. */
  readonly order: (position: number) => number;
  /** Judges answers in rewards and evaluations. */
  readonly verdict: Verdict;
  readonly rewards: readonly Reward[];
  /** T-GRPO's comparison of frame orders. */
  readonly temporal?: TemporalOptions | undefined;
  readonly credit: CreditMethod;
  /** Threads that find clusters of Gram matrices; without them the method does. */
  readonly clusterThreads?: ClusterThreads | undefined;
  /** Methods whose signals are compared with the signals of the run's method. */
  readonly agreement?: Agreement | undefined;
  /** Token labels, if the task has them. */
  readonly labels?: TokenLabels | undefined;
  readonly objective: Algorithm;
  readonly sampling: Sampling;
  readonly schedule: Schedule;
  /** Iterations of the whole run. */
  readonly iterations: number;
  /** Seed of sampling, order of data and credit. */
  readonly seed: number;
  /** Problems beyond these limits are skipped. */
  readonly limits: ProblemLimits;
  /** The share of broken rows above which a run stops. */
  readonly maxBrokenShare: number;
  /** Problems that an evaluation samples at once. */
  readonly evaluationBatch: number;
  /** Further measures of evaluations. */
  readonly measures?: Task["measures"] | undefined;
  /** Whether the parts are a program's, whose settings have other names than a configuration's; false unless given. */
  readonly isInCode?: boolean | undefined;
  /** Aborts waiting rewards. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
}

/** The start of a batch. */
export interface Position {
  /** Position of the next problem in the stream. */
  readonly dataPosition: number;
  /** Rows of the data set since the start of the run. */
  readonly rows: RowCounts;
}

/** The state that drawing a batch advances. */
export interface Draws {
  dataPosition: Position["dataPosition"];
  rows: Position["rows"];
  readonly rng: Rng;
}

/** The state of a run, all saved in a checkpoint. */
export interface Progress extends Draws {
  /** Sums since the start of the run. */
  totals: { completions: number; tokens: number; steps: number; skippedSteps: number };
  /** `[K]` factors of separately normalised rewards; default: the schedule's factors. */
  factors?: readonly number[] | undefined;
  /** Completions that may be learnt from again, the oldest first; only with replay. */
  replay?: readonly ReplayEntry[] | undefined;
}

/** Share of the run's iterations that are done before iteration number `iteration`, counted from 1; in [0, 1]. */
export function shareDone({ iterations }: Pick<Training, "iterations">, iteration: number): number {
  return Math.min(1, (iteration - 1) / iterations);
}

/** The state of a run before its first iteration. */
export function newProgress(seed: number): Progress {
  return {
    dataPosition: 0,
    rows: { drawn: 0, broken: 0, filtered: 0 },
    rng: new Rng(seed).fork("train"),
    totals: { completions: 0, tokens: 0, steps: 0, skippedSteps: 0 },
  };
}
