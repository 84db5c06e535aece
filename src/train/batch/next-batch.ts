/**
 * @module
 * The batch of an iteration: sampled now by the current policy or ahead by an earlier one, with earlier completions in
 * place of groups with equal rewards.
 */
import { isRounded } from "../iteration/sampler-mismatch.ts";
import { type Progress, shareDone, type Training } from "../iteration/training.ts";
import type { Stopwatch } from "../loop/stopwatch.ts";
import type { BatchesAhead } from "./batches-ahead.ts";
import { withReplayed } from "./replay.ts";
import { type SampledBatch, sampleBatch } from "./sample-batch.ts";

/** A batch with its origin. */
export interface NextBatch extends SampledBatch {
  /** Iterations behind the weights that sampled it. */
  readonly version: number;
  /** The time of its sampling. */
  readonly sampling: Stopwatch;
  /** Whether another policy sampled any of it: earlier or rounded weights. */
  readonly isStale: boolean;
}

/** Takes the batch of an iteration and moves `progress` past it. */
export async function nextBatch(
  training: Training,
  progress: Progress,
  iteration: number,
  ahead: BatchesAhead | undefined,
  watch: Stopwatch,
): Promise<NextBatch> {
  const sampled = await sampledBatch(training, progress, iteration, ahead, watch);
  const rng = progress.rng.fork("replay").fork(iteration);
  const kept = await withReplayed(training, sampled.kept, progress.replay ?? [], rng);
  const isStale =
    sampled.version < iteration - 1 || isRounded(training) || kept.some(({ isReplayed }) => isReplayed);
  return { ...sampled, kept, isStale };
}

async function sampledBatch(
  training: Training,
  progress: Progress,
  iteration: number,
  ahead: BatchesAhead | undefined,
  watch: Stopwatch,
): Promise<Omit<NextBatch, "isStale">> {
  const shuffles = training.schedule.minibatches > 1;
  if (ahead === undefined) {
    const batch = await sampleBatch(training, progress, watch, { progress: shareDone(training, iteration) });
    if (shuffles) progress.rng.shuffle(batch.kept);
    return { ...batch, version: iteration - 1, sampling: watch };
  }
  const batch = await ahead.take(iteration, watch);
  if (shuffles) batch.rng.shuffle(batch.kept);
  progress.dataPosition = batch.after.dataPosition;
  progress.rows = batch.after.rows;
  return { ...batch, sampling: batch.watch };
}
