/**
 * @module
 * Reinforcement learning as a phase of the loop: iterations, evaluations between them, and the state that makes a
 * resumed run equal to an uninterrupted one.
 */

import { RunError } from "../../errors/index.ts";
import type { RowCounts } from "../../eval/index.ts";
import { Rng, type RngState } from "../../math/index.ts";
import { BatchesAhead, type RecordedBatch } from "../batch/batches-ahead.ts";
import { readRecorded, writeRecorded } from "../batch/recorded-batches.ts";
import { readEntries, writeEntries } from "../batch/replay-file.ts";
import type { Phase, WorkAhead } from "../loop/phase.ts";
import { evaluationRecord } from "./evaluation-record.ts";
import { IdleIterations, type SavedIdle } from "./idle-iterations.ts";
import { runIteration } from "./iteration.ts";
import { newProgress, type Progress, type Training } from "./training.ts";
import { type SavedFall, ValidationFall } from "./validation-fall.ts";

interface SavedProgress {
  readonly dataPosition: number;
  readonly rng: RngState;
  readonly totals: Progress["totals"];
  readonly rows: RowCounts;
  /** Only with separately normalised rewards. */
  readonly factors?: readonly number[] | undefined;
  /** Only after an evaluation of the starting weights. */
  readonly fall?: SavedFall | undefined;
  readonly idle?: SavedIdle;
}

/**
 * Throws for a checkpoint whose replay buffer is part of trainer.json.
 *
 * @throws RunError
 */
function requireReplayFile(plain: object, directory: string): void {
  if (!("replay" in plain)) return;
  throw new RunError(
    `${directory}: its trainer.json has a replay buffer, expected replay.jsonl; an earlier version wrote it, begin the run again`,
  );
}

/** The phase of a training. */
export function reinforcementPhase(training: Training): Phase {
  const { schedule, iterations } = training;
  let progress = newProgress(training.seed);
  let batches: BatchesAhead | undefined;
  let idle = new IdleIterations();
  let fall = new ValidationFall();
  let recorded: readonly RecordedBatch[] = [];
  const ahead: WorkAhead = {
    drain: async () => batches?.drain(),
    settle: async () => batches?.settle(),
    save: async (directory) => writeRecorded(directory, batches?.recorded() ?? recorded),
    load: async (directory) => {
      recorded = await readRecorded(directory);
    },
  };
  return {
    steps: iterations,
    checkpointEvery: schedule.checkpointEvery,
    keepCheckpoints: schedule.keepCheckpoints,
    maxConsecutiveSkips: schedule.maxConsecutiveSkips,
    async run(iteration, onChange) {
      if (schedule.maxStaleness > 0) batches ??= new BatchesAhead(training, progress, iteration, recorded);
      const { metrics, brokenRows, rewardFailures, steps, rollouts } = await runIteration(
        training,
        progress,
        iteration,
        batches,
        onChange,
      );
      batches?.drop(iteration);
      return {
        records: [...brokenRows, ...rewardFailures, metrics],
        rollouts,
        warnings: idle.add(metrics),
        skips: steps.map(({ applied, reason }) => (applied ? undefined : (reason ?? "unknown"))),
      };
    },
    async measure(iteration) {
      const { validation, signal } = training;
      const { evaluateEvery: every, evaluateProblems: problems } = schedule;
      const isTurn = every > 0 && (iteration % every === 0 || iteration === iterations);
      if (validation === undefined || !isTurn) return [];
      // A run that is stopped measures first when it resumes.
      signal?.throwIfAborted();
      // So that sampling from the current policy does not overlap with sampling from an earlier one.
      await batches?.drain();
      const place = { iteration, split: "validation", problems, source: validation } as const;
      const onProgress = () => signal?.throwIfAborted();
      const record = await evaluationRecord(training, place, { onProgress });
      const warning = fall.add(record);
      return [
        record,
        ...(warning === undefined ? [] : [{ event: "warning", iteration, message: warning } as const]),
      ];
    },
    state() {
      const { dataPosition, rng, totals, rows, factors, replay } = progress;
      const plain: SavedProgress = {
        dataPosition,
        rng: rng.state(),
        totals,
        rows,
        ...(factors && { factors }),
        ...(fall.saved && { fall: fall.saved }),
        idle: idle.saved,
      };
      return { plain, ...(replay && { write: (directory) => writeEntries(directory, replay) }) };
    },
    async restore(plain, directory) {
      requireReplayFile(plain as object, directory);
      const saved = plain as SavedProgress;
      const { dataPosition, rng, totals, rows, factors } = saved;
      fall = new ValidationFall(saved.fall);
      idle = new IdleIterations(saved.idle);
      progress = {
        dataPosition,
        rng: Rng.restore(rng),
        totals,
        rows,
        factors,
        ...(schedule.replay && { replay: await readEntries(directory) }),
      };
      batches = undefined;
      recorded = [];
    },
    ...(schedule.maxStaleness > 0 && { ahead }),
  };
}
