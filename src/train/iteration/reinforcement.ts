/**
 * @module
 * Reinforcement learning as a phase of the loop: iterations, evaluations between them, and the state that makes a
 * resumed run equal to an uninterrupted one.
 */

import type { ProblemSource } from "../../data/index.ts";
import type { RowCounts } from "../../eval/index.ts";
import { Rng, type RngState } from "../../math/index.ts";
import { BatchesAhead, type RecordedBatch } from "../batch/batches-ahead.ts";
import { readRecorded, writeRecorded } from "../batch/recorded-batches.ts";
import { packedEntries, unpackedEntries } from "../batch/replay.ts";
import type { Phase, WorkAhead } from "../loop/loop.ts";
import { evaluationRecord } from "./evaluation-record.ts";
import { IdleIterations } from "./idle-iterations.ts";
import { runIteration } from "./iteration.ts";
import { newProgress, type Progress, type Training } from "./training.ts";

interface SavedProgress {
  readonly dataPosition: number;
  readonly rng: RngState;
  readonly totals: Progress["totals"];
  readonly rows: RowCounts;
  /** Only with separately normalised rewards. */
  readonly factors?: readonly number[] | undefined;
  /** Only with replay: the entries, their arrays packed. */
  readonly replay?: unknown;
}

/** The phase of a training. */
export function reinforcementPhase(training: Training): Phase {
  const { schedule, iterations } = training;
  let progress = newProgress(training.seed);
  let batches: BatchesAhead | undefined;
  const idle = new IdleIterations();
  let recorded: readonly RecordedBatch[] = [];
  const evaluateAfter = async (iteration: number, validation: ProblemSource) => {
    // So that sampling from the current policy does not overlap with sampling from an earlier one.
    await batches?.drain();
    return evaluationRecord(training, {
      iteration,
      split: "validation",
      problems: schedule.evaluateProblems,
      source: validation,
    });
  };
  const ahead: WorkAhead = {
    drain: async () => batches?.drain(),
    settle: async () => batches?.settle(),
    save: async (directory) => writeRecorded(directory, (await batches?.recorded()) ?? []),
    load: async (directory) => {
      recorded = await readRecorded(directory);
    },
  };
  return {
    steps: iterations,
    checkpointEvery: schedule.checkpointEvery,
    keepCheckpoints: schedule.keepCheckpoints,
    maxConsecutiveSkips: schedule.maxConsecutiveSkips,
    async run(iteration) {
      const { validation } = training;
      const every = schedule.evaluateEvery;
      const before = validation && every > 0 && iteration === 1 ? [await evaluateAfter(0, validation)] : [];
      if (schedule.maxStaleness > 0) batches ??= new BatchesAhead(training, progress, iteration, recorded);
      const { metrics, brokenRows, rewardFailures, steps, rollouts } = await runIteration(
        training,
        progress,
        iteration,
        batches,
      );
      const isTurn = every > 0 && (iteration % every === 0 || iteration === iterations);
      const after = validation && isTurn ? [await evaluateAfter(iteration, validation)] : [];
      return {
        records: [...before, ...brokenRows, ...rewardFailures, metrics, ...after],
        rollouts,
        warnings: idle.add(metrics),
        skips: steps.map(({ applied, reason }) => (applied ? undefined : (reason ?? "unknown"))),
      };
    },
    state: (): SavedProgress => ({
      dataPosition: progress.dataPosition,
      rng: progress.rng.state(),
      totals: progress.totals,
      rows: progress.rows,
      ...(progress.factors && { factors: progress.factors }),
      ...(progress.replay && { replay: packedEntries(progress.replay) }),
    }),
    restore(state) {
      const { dataPosition, rng, totals, rows, factors, replay } = state as SavedProgress;
      progress = {
        dataPosition,
        rng: Rng.restore(rng),
        totals,
        rows,
        factors,
        replay: unpackedEntries(replay),
      };
      batches = undefined;
      recorded = [];
    },
    ...(schedule.maxStaleness > 0 && { ahead }),
  };
}
