/**
 * @module
 * Reinforcement learning as a phase of the loop: iterations, evaluations between them, and the state that makes a
 * resumed run equal to one that was never stopped.
 */
import type { RowCounts } from "../eval/index.ts";
import { Rng, type RngState } from "../math/index.ts";
import { BatchesAhead, type RecordedBatch } from "./batches-ahead.ts";
import { evaluationRecord } from "./evaluation-record.ts";
import { runIteration } from "./iteration.ts";
import type { Phase, WorkAhead } from "./loop.ts";
import { readRecorded, writeRecorded } from "./recorded-batches.ts";
import type { Progress, Training } from "./training.ts";

interface SavedProgress {
  readonly dataPosition: number;
  readonly rng: RngState;
  readonly totals: Progress["totals"];
  readonly rows: RowCounts;
}

function newProgress(seed: number): Progress {
  return {
    dataPosition: 0,
    rows: { drawn: 0, broken: 0, filtered: 0 },
    rng: new Rng(seed).fork("train"),
    totals: { completions: 0, tokens: 0, steps: 0, skippedSteps: 0 },
  };
}

/** The phase that a training describes. */
export function reinforcementPhase(training: Training): Phase {
  const { config, engine, dialogue } = training;
  const { train } = config;
  let progress = newProgress(train.seed);
  let batches: BatchesAhead | undefined;
  let recorded: readonly RecordedBatch[] = [];
  const evaluateAfter = async (iteration: number) => {
    // So that sampling of the present policy meets none of an earlier one.
    await batches?.drain();
    return evaluationRecord(
      config,
      { iteration, split: "validation", problems: train.evaluateProblems },
      training.validation ?? training.source,
      { engine, dialogue },
    );
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
    steps: train.iterations,
    checkpointEvery: train.checkpointEvery,
    keepCheckpoints: train.keepCheckpoints,
    maxConsecutiveSkips: train.maxConsecutiveSkips,
    async run(iteration) {
      const every = train.evaluateEvery;
      const before = every > 0 && iteration === 1 ? [await evaluateAfter(0)] : [];
      if (train.maxStaleness > 0) batches ??= new BatchesAhead(training, progress, iteration, recorded);
      const { metrics, brokenRows, steps, rollouts } = await runIteration(
        training,
        progress,
        iteration,
        batches,
      );
      const isTurn = every > 0 && (iteration % every === 0 || iteration === train.iterations);
      const after = isTurn ? [await evaluateAfter(iteration)] : [];
      return {
        records: [...before, ...brokenRows, metrics, ...after],
        rollouts,
        skips: steps.map(({ applied, reason }) => (applied ? undefined : (reason ?? "unknown"))),
      };
    },
    state: (): SavedProgress => ({
      dataPosition: progress.dataPosition,
      rng: progress.rng.state(),
      totals: progress.totals,
      rows: progress.rows,
    }),
    restore(state) {
      const { dataPosition, rng, totals, rows } = state as SavedProgress;
      progress = { dataPosition, rng: Rng.restore(rng), totals, rows };
      batches = undefined;
      recorded = [];
    },
    ...(train.maxStaleness > 0 && { ahead }),
  };
}
