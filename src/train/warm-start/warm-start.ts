/**
 * @module
 * The supervised warm start: raise the mean log-prob of demonstrations' tokens, through the same two engine calls as
 * reinforcement learning.
 */
import type { Engine, Sequence } from "../../engine/index.ts";
import { type Dialogue, type RowCounts, RowTally, type SkippedRow } from "../../eval/index.ts";
import type { LoopStep, Phase } from "../loop/phase.ts";
import { adamAt } from "../schedule/learning-rate.ts";
import { batchFrom } from "./batches.ts";
import type { Curriculum } from "./curriculum.ts";
import { LessonParts, meanLoss } from "./loss.ts";
import type { WarmStartMetrics } from "./metrics.ts";
import type { SftSchedule } from "./sft-schema.ts";

/** The parts of a warm start. */
export interface WarmStart {
  readonly engine: Engine;
  readonly dialogue: Dialogue;
  readonly curriculum: Curriculum;
  readonly schedule: SftSchedule;
  /** Optimiser steps in all. */
  readonly steps: number;
  /** Most tokens of a completion that is sampled later. */
  readonly maxCompletionTokens: number;
  /** Seed of the order of demonstrations. */
  readonly seed: number;
  /** Share of broken rows above which the run stops. */
  readonly maxBrokenShare: number;
  /** Whether the parts are a program's, whose settings have other names than a configuration's. */
  readonly isInCode: boolean;
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
}

/** The state of a warm start, all saved in a checkpoint. */
interface Progress {
  /** Position in the stream of demonstrations. */
  position: number;
  /** Rows that were drawn. */
  rows: RowCounts;
  /** Whether the warning about long demonstrations was given. */
  isWarned: boolean;
}

/** A warning where demonstrations are longer than the completions that may be sampled after them. */
function lengthWarning(sequences: readonly Sequence[], most: number): string[] {
  const long = sequences.map(({ completion }) => completion.length).filter((length) => length > most);
  if (long.length === 0) return [];
  return [
    `${long.length} of ${sequences.length} demonstrations of a step have more tokens than sampling.maxCompletionTokens (${most}), ` +
      `up to ${long.reduce((longest, length) => Math.max(longest, length), 0)}: completions like them are cut off before their answer`,
  ];
}

/** Broken rows of a step, as events. */
function brokenRows(step: number, broken: readonly SkippedRow[]) {
  return broken.map(({ index, message }) => ({
    event: "broken-row" as const,
    iteration: step,
    index,
    message,
  }));
}

/**
 * A step on the mean negative log-likelihood of a batch; losses are measured before it.
 *
 *     loss = −1/N · Σ log π(oₜ) over the N completion tokens of the batch,   cₜ = 1/N
 */
async function runStep(
  warmStart: WarmStart,
  parts: LessonParts,
  progress: Progress,
  step: number,
  onChange: (() => void) | undefined,
): Promise<Omit<LoopStep, "warnings"> & { readonly sequences: readonly Sequence[] }> {
  const { engine, dialogue, curriculum, schedule, steps, maxBrokenShare, isInCode, clock } = warmStart;
  const start = clock();
  const { source, index, length } = curriculum.at(step);
  const tally = new RowTally(maxBrokenShare, source.size, {
    counts: progress.rows,
    setting: isInCode ? "maxBrokenShare" : undefined,
  });
  const own = parts.of(source);
  const batch = await batchFrom(dialogue, source, own, schedule, progress.position, tally);
  progress.position = batch.next;
  progress.rows = tally.counts;
  const { sequences } = batch;
  const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
  const isTurn = (every: number) => step === 1 || step === steps || step % every === 0;
  const isValidated = schedule.validationShare > 0 && isTurn(schedule.validateEvery);
  const loss = isTurn(schedule.reportEvery) ? await meanLoss(engine, sequences) : undefined;
  const validationLoss = isValidated ? await parts.validationLoss(engine, dialogue, source) : undefined;
  const adam = adamAt(schedule, index, length);
  await engine.accumulate(
    sequences,
    sequences.map(({ completion }) => new Float64Array(completion.length).fill(1 / tokens)),
  );
  const { gradientNorm, applied } = await engine.step(adam);
  if (applied) onChange?.();
  const skipReason = applied ? undefined : `the gradient's norm is ${gradientNorm}`;
  const totalSeconds = (clock() - start) / 1000;
  const record: WarmStartMetrics = {
    event: "warm-start",
    iteration: step,
    learningRate: adam.learningRate,
    tokens,
    ...(loss !== undefined && { loss }),
    ...(validationLoss !== undefined && { validationLoss }),
    ...(applied && { gradientNorm }),
    ...(skipReason !== undefined && { skipReason }),
    timing: { totalSeconds, tokensPerSecond: totalSeconds > 0 ? tokens / totalSeconds : 0 },
  };
  return { sequences, records: [...brokenRows(step, batch.broken), record], skips: [skipReason] };
}

/** The warm start as a phase of the loop. */
export function warmStartPhase(warmStart: WarmStart): Phase {
  const { curriculum, schedule, steps, maxCompletionTokens, seed } = warmStart;
  const imitated = curriculum.at(steps).source;
  const progress: Progress = { position: 0, rows: { drawn: 0, broken: 0, filtered: 0 }, isWarned: false };
  const parts = new LessonParts(schedule.validationShare, seed);
  return {
    steps,
    checkpointEvery: schedule.checkpointEvery,
    keepCheckpoints: schedule.keepCheckpoints,
    maxConsecutiveSkips: schedule.maxConsecutiveSkips,
    async run(step, onChange) {
      const { sequences, ...done } = await runStep(warmStart, parts, progress, step, onChange);
      // Earlier lessons may be longer than what is sampled.
      const isLast = curriculum.at(step).source === imitated;
      const warnings = progress.isWarned || !isLast ? [] : lengthWarning(sequences, maxCompletionTokens);
      progress.isWarned ||= warnings.length > 0;
      return { ...done, warnings };
    },
    state: () => ({ plain: { ...progress } }),
    restore: async (plain) => {
      Object.assign(progress, plain as Progress);
    },
  };
}
