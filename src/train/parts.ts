/**
 * @module
 * From the parts of a run to its training.
 */
import { withMeanOne } from "../credit/index.ts";
import { checkedTask, openSource, splitSource } from "../data/index.ts";
import { problemOrder } from "./batch/problem-order.ts";
import { separated } from "./batch/separate-rewards.ts";
import { suitedTo } from "./credit/credit-signals.ts";
import { requireParts } from "./given/check-parts.ts";
import { creditOf, objectiveOf, verdictOf } from "./given/methods.ts";
import { rewardsOf } from "./given/rewards.ts";
import type { TrainParts } from "./given/train-parts.ts";
import type { Training } from "./iteration/training.ts";
import type { RunDescription } from "./loop/observer.ts";
import { parsePart } from "./schedule/parse-part.ts";
import { plannedIterations, samplingSchema, scheduleSchema } from "./schedule/schedule-schema.ts";

/** Milliseconds that a task may take for one problem. */
const PROBLEM_LIMIT = 600_000;

/**
 * The training made of the parts: sources opened, settings completed.
 *
 * @throws ConfigError, DataError when a part cannot be used
 */
export async function openTraining(parts: TrainParts): Promise<Training> {
  requireParts(parts);
  const sampling = parsePart(samplingSchema, parts.sampling, "sampling");
  const isInCode = parts.record === undefined;
  const schedule = parsePart(scheduleSchema, parts.schedule, isInCode ? "schedule" : "train");
  const { engine, dialogue, seed = 0 } = parts;
  const task = checkedTask(parts.task, { where: `task "${parts.task.name}"`, limit: PROBLEM_LIMIT });
  const { maxCompletionTokens } = sampling;
  const verdict = verdictOf(parts.verdict);
  const given = rewardsOf(parts.reward, { verdict, maxCompletionTokens });
  const rewards = separated(given, schedule.separate);
  const suited = suitedTo(engine.capabilities, creditOf(parts.credit, !isInCode));
  const credit = schedule.creditScale === "mean-one" ? withMeanOne(suited) : suited;
  const asked = parts.creditAgreement;
  const agreement = asked && {
    share: asked.share ?? 0.2,
    every: asked.every ?? 1,
    methods: asked.methods.map((method) => suitedTo(engine.capabilities, creditOf(method))),
  };
  const objective = objectiveOf(parts.objective, { maxCompletionTokens });
  const source = await openSource(task.train);
  const validation = schedule.evaluateEvery > 0 ? await splitSource(task, "validation") : undefined;
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
    agreement,
    labels: task.labels,
    objective,
    sampling,
    schedule,
    iterations: plannedIterations(schedule, source.size),
    seed,
    limits: parts.limits ?? {},
    maxBrokenShare: parts.maxBrokenShare ?? 0,
    evaluationBatch: parts.evaluationBatch ?? 128,
    measures: task.measures,
    isInCode,
    signal: parts.signal,
    clock: parts.clock ?? (() => performance.now()),
  };
}

/** The record of a training: names and settings of parts made in code. */
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
