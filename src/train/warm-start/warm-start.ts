/**
 * @module
 * The supervised warm start: raise the mean log-prob of demonstrations' tokens, through the same two engine calls as
 * reinforcement learning.
 */
import type { DemonstrationSource } from "../../data/index.ts";
import type { Engine, Sequence } from "../../engine/index.ts";
import { type Dialogue, type RowCounts, RowTally } from "../../eval/index.ts";
import type { LoopStep, Phase } from "../loop/phase.ts";
import { adamAt } from "../schedule/learning-rate.ts";
import { batchFrom, demonstrated, type HeldOut, heldOut } from "./batches.ts";
import type { Curriculum } from "./curriculum.ts";
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
  /** Milliseconds from any fixed moment. */
  readonly clock: () => number;
}

/** The state of a warm start, all saved in a checkpoint. */
interface Progress {
  /** Position in the stream of demonstrations. */
  position: number;
  /** Rows that were drawn. */
  rows: RowCounts;
}

/** Sequences of a forward pass that measures a loss. */
const MEASURED = 32;

async function meanLoss(engine: Engine, sequences: readonly Sequence[]): Promise<number> {
  let nats = 0;
  let tokens = 0;
  for (let start = 0; start < sequences.length; start += MEASURED) {
    for (const { logprobs } of await engine.score(sequences.slice(start, start + MEASURED))) {
      nats -= logprobs.reduce((a, b) => a + b, 0);
      tokens += logprobs.length;
    }
  }
  return tokens === 0 ? 0 : nats / tokens;
}

/** A warning where demonstrations are longer than the completions that may be sampled after them. */
function lengthWarning(sequences: readonly Sequence[], most: number): string[] {
  const long = sequences.map(({ completion }) => completion.length).filter((length) => length > most);
  if (long.length === 0) return [];
  return [
    `${long.length} of ${sequences.length} demonstrations of a step have more tokens than sampling.maxCompletionTokens (${most}), ` +
      `up to ${Math.max(...long)}: completions like them are cut off before their answer`,
  ];
}

/** The warm start as a phase of the loop. */
export function warmStartPhase(warmStart: WarmStart): Phase {
  const { engine, dialogue, curriculum, schedule, steps, maxCompletionTokens, seed, maxBrokenShare, clock } =
    warmStart;
  const imitated = curriculum.at(steps).source;
  let isWarned = false;
  const progress: Progress = { position: 0, rows: { drawn: 0, broken: 0, filtered: 0 } };
  const parted = new Map<DemonstrationSource, HeldOut>();
  const partsOf = (source: DemonstrationSource): HeldOut => {
    const found = parted.get(source) ?? heldOut(source, schedule.validationShare, seed);
    parted.set(source, found);
    return found;
  };
  const validation = new Map<DemonstrationSource, Promise<Sequence[]>>();
  const validationLoss = async (source: DemonstrationSource): Promise<number> => {
    const held =
      validation.get(source) ??
      Promise.all(partsOf(source).validation.map((index) => demonstrated(dialogue, source, index))).then(
        (found) => found.flatMap((own) => ("isBroken" in own ? [] : own)),
      );
    validation.set(source, held);
    return meanLoss(engine, await held);
  };

  /**
   * One step on the mean negative log-likelihood of a batch.
   *
   *     loss = −1/N · Σ log π(oₜ) over the N completion tokens of the batch,   cₜ = 1/N
   */
  const run = async (step: number, onChange?: () => void): Promise<LoopStep> => {
    const start = clock();
    const { source, index, length } = curriculum.at(step);
    const tally = new RowTally(maxBrokenShare, source.size, { counts: progress.rows });
    const { sequences, broken, next } = await batchFrom(
      dialogue,
      source,
      partsOf(source),
      schedule,
      progress.position,
      tally,
    );
    progress.position = next;
    progress.rows = tally.counts;
    const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
    const isMeasured = step === 1 || step === steps || step % schedule.reportEvery === 0;
    const isValidated =
      schedule.validationShare > 0 && (step === 1 || step === steps || step % schedule.validateEvery === 0);
    const loss = isMeasured ? await meanLoss(engine, sequences) : undefined;
    const heldOutLoss = isValidated ? await validationLoss(source) : undefined;
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
      ...(heldOutLoss !== undefined && { validationLoss: heldOutLoss }),
      ...(applied && { gradientNorm }),
      ...(skipReason !== undefined && { skipReason }),
      timing: { totalSeconds, tokensPerSecond: totalSeconds > 0 ? tokens / totalSeconds : 0 },
    };
    const rows = broken.map(({ index: row, message }) => ({
      event: "broken-row" as const,
      iteration: step,
      index: row,
      message,
    }));
    // Earlier lessons may be longer than what is sampled.
    const warnings = isWarned || source !== imitated ? [] : lengthWarning(sequences, maxCompletionTokens);
    isWarned ||= warnings.length > 0;
    return { records: [...rows, record], warnings, skips: [skipReason] };
  };

  return {
    steps,
    checkpointEvery: schedule.checkpointEvery,
    keepCheckpoints: schedule.keepCheckpoints,
    maxConsecutiveSkips: schedule.maxConsecutiveSkips,
    run,
    state: () => ({ plain: { ...progress } }),
    restore: async (plain) => {
      Object.assign(progress, plain as Progress);
    },
  };
}
