/**
 * @module
 * The parts of a training run, which anyone can make, and the training that they make up.
 */
import {
  checkedSource,
  openSource,
  type ProblemSource,
  type Split,
  splitSource,
  type Task,
} from "../data/index.ts";
import type { Engine } from "../engine/index.ts";
import type { Dialogue, ProblemLimits } from "../eval/index.ts";
import type { TemporalOptions } from "../reward/index.ts";
import { problemOrder } from "./batch/problem-order.ts";
import { requireParts } from "./given/check-parts.ts";
import {
  creditOf,
  type GivenCredit,
  type GivenObjective,
  type GivenVerdict,
  objectiveOf,
  verdictOf,
} from "./given/methods.ts";
import { type GivenReward, rewardsOf } from "./given/rewards.ts";
import type { Training } from "./iteration/training.ts";
import type { Observer, RunDescription } from "./loop/observer.ts";
import { parsePart } from "./schedule/parse-part.ts";
import {
  plannedIterations,
  type Sampling,
  type Schedule,
  samplingSchema,
  scheduleSchema,
} from "./schedule/schedule-schema.ts";

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

/** Milliseconds that a task may take for one problem. */
const PROBLEM_LIMIT = 600_000;

/**
 * The training that the parts make up: sources opened, settings completed.
 *
 * @throws ConfigError, DataError when a part cannot be used
 */
export async function openTraining(parts: TrainParts): Promise<Training> {
  requireParts(parts);
  const sampling = parsePart(samplingSchema, parts.sampling, "sampling");
  const schedule = parsePart(scheduleSchema, parts.schedule, "train");
  const { engine, dialogue, task, seed = 0 } = parts;
  const { maxCompletionTokens } = sampling;
  const verdict = verdictOf(parts.verdict);
  const rewards = rewardsOf(parts.reward, { verdict, maxCompletionTokens });
  const credit = creditOf(parts.credit, parts.record !== undefined);
  const objective = objectiveOf(parts.objective, { maxCompletionTokens });
  const checked = (opened: ProblemSource, split: Split) =>
    checkedSource(opened, { where: `task "${task.name}": ${split}`, limit: PROBLEM_LIMIT });
  const source = checked(await openSource(task.train), "train");
  const validation =
    schedule.evaluateEvery > 0 ? checked(await splitSource(task, "validation"), "validation") : undefined;
  return {
    engine,
    dialogue,
    source,
    validation,
    order: problemOrder(source, seed),
    verdict,
    rewards,
    temporal: parts.temporal,
    credit,
    objective,
    sampling,
    schedule,
    iterations: plannedIterations(schedule, source.size),
    seed,
    limits: parts.limits ?? {},
    maxBrokenShare: parts.maxBrokenShare ?? 0,
    evaluationBatch: parts.evaluationBatch ?? 128,
    measures: task.measures?.bind(task),
    signal: parts.signal,
    clock: parts.clock ?? (() => performance.now()),
  };
}

/** A training as the record of its run: names and settings of parts that were made in code. */
export function describeTraining({ task }: TrainParts, training: Training): RunDescription["config"] {
  const { objective, credit, rewards, verdict, sampling, schedule, seed } = training;
  return {
    task: { name: task.name },
    algorithm: { kind: objective.name ?? "own" },
    credit: { kind: credit.name ?? "own" },
    reward: rewards.map(({ name, weight = 1 }) => ({ name, weight })),
    verdict: { kind: verdict.name },
    sampling,
    train: { ...schedule, seed },
  };
}
