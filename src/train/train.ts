/**
 * @module
 * Reinforcement learning over exchangeable parts: engine, dialogue, task, reward, credit, objective, observers.
 */
import { algorithmNeeds } from "../objective/index.ts";
import { requireSound } from "./checks/check-training.ts";
import { OpenRewards } from "./close-rewards.ts";
import { ClusterThreads } from "./credit/cluster-threads.ts";
import { partHashes } from "./given/part-hashes.ts";
import type { TrainParts } from "./given/train-parts.ts";
import { reinforcementPhase } from "./iteration/reinforcement.ts";
import type { Training } from "./iteration/training.ts";
import { type LoopResult, runLoop } from "./loop/loop.ts";
import { Observers } from "./loop/observer.ts";
import { describeTraining, openTraining } from "./parts.ts";

/** The end of a run: how it ended, its iterations, and the directory of the final model. */
export type TrainResult = LoopResult;

/** Callbacks at moments of a run; each has exclusive use of the engine. */
export interface TrainHooks {
  /**
   * Called after the observers have started and before the weights are used, for example for a warm start. False ends
   * the run as interrupted.
   */
  readonly prepare?: () => Promise<boolean>;
  /** Called with the starting weights; not called when a run resumes from a checkpoint. */
  readonly beforeLearning?: () => Promise<void>;
  /** Called with the final weights; not called when the run was interrupted. */
  readonly afterLearning?: () => Promise<void>;
}

/**
 * Trains a model by reinforcement learning from verifiable rewards.
 *
 * Each iteration samples a group of completions for each of the next problems, judges and rewards them, computes each
 * token's credit, and takes optimiser steps on the objective. Metrics, rollouts and checkpoints go to the observers;
 * `runDirectory` records them all, and resumes a run bitwise identically.
 *
 * @throws ConfigError, DataError, EngineError before the first step
 * @throws PartError when rewards fail on too many completions
 * @throws RunError when the run cannot continue
 *
 * @example
 * const result = await train({
 *   engine, dialogue, task,
 *   reward: [{ name: "right", weight: 1, score: (answered) => answered.map(({ judgement }) => judgement.score) }],
 *   schedule: { iterations: 20 },
 *   observers: [runDirectory("runs/first")],
 * });
 */
export async function train(parts: TrainParts, hooks: TrainHooks = {}): Promise<TrainResult> {
  const clusterThreads = new ClusterThreads();
  const training = { ...(await openTraining(parts)), clusterThreads };
  const rewards = new OpenRewards(training.rewards);
  try {
    await requireSound(training, parts.record !== undefined);
    return await runTraining(parts, { training, rewards }, hooks);
  } finally {
    await clusterThreads.close();
    // Closed already where the observers have started.
    await rewards.close((message) => process.emitWarning(message, "FoveaWarning"));
  }
}

/** A run and its rewards, to be closed before its observers end. */
interface Run {
  readonly training: Training;
  readonly rewards: OpenRewards;
}

async function runTraining(parts: TrainParts, run: Run, hooks: TrainHooks): Promise<TrainResult> {
  const { training, rewards } = run;
  const { source, validation, iterations } = training;
  const observers = new Observers(parts.observers ?? []);
  const { config = describeTraining(parts, training), modules } = parts.record ?? {};
  await observers.start({
    kind: "train",
    steps: iterations,
    config,
    data: { train: source.fingerprint, ...(validation && { validation: validation.fingerprint }) },
    ...(modules && { modules }),
    ...(parts.record === undefined && { parts: partHashes(parts, training.rewards) }),
  });
  try {
    return await begun(parts, run, observers, hooks);
  } catch (error) {
    await closeRewards(rewards, observers);
    await observers.fail(error);
    throw error;
  }
}

/** Closes the rewards, and reports to the observers which cannot be closed. */
function closeRewards(rewards: OpenRewards, observers: Observers): Promise<void> {
  return rewards.close((message) => observers.event({ event: "warning", message }));
}

/** A run whose observers have started. */
async function begun(
  parts: TrainParts,
  { training, rewards }: Run,
  observers: Observers,
  hooks: TrainHooks,
): Promise<TrainResult> {
  const { engine, iterations, schedule, objective } = training;
  if (!((await hooks.prepare?.()) ?? true)) {
    const end = { status: "interrupted", completed: 0 } as const;
    await closeRewards(rewards, observers);
    await observers.finish(end);
    return end;
  }
  if (algorithmNeeds(objective).reference || schedule.reportKlEvery > 0) await engine.setReference();
  if (observers.store?.latest() === undefined) await hooks.beforeLearning?.();
  await observers.event({ event: "started", kind: "train", steps: iterations });
  const phase = reinforcementPhase(training);
  const result = await runLoop({ engine, phase, observers, signal: parts.signal });
  if (result.status === "finished") await hooks.afterLearning?.();
  await closeRewards(rewards, observers);
  await observers.finish(result);
  return result;
}
