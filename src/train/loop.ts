/**
 * @module
 * The loop that every phase of training shares: run the steps, write metrics and rollouts, save checkpoints, stop when
 * asked to or when too many steps in a row were skipped.
 */
import type { Engine } from "../engine/index.ts";
import { RunError, SessionLostError } from "../errors/index.ts";
import {
  type Checkpoint,
  clearUnfinished,
  latestCheckpoint,
  replaceDirectory,
  saveCheckpoint,
} from "./checkpoint.ts";
import type { OnEvent, RunEvent } from "./events.ts";
import type { RunDirectory } from "./run-directory.ts";

/** What one step of a phase hands back. */
export interface LoopStep {
  /** Lines for metrics.jsonl, each with its `iteration`. */
  readonly records: readonly Extract<RunEvent, { iteration: number }>[];
  readonly rollouts?: readonly object[];
  /** Optimiser steps in order: undefined when applied, else why skipped. */
  readonly skips: readonly (string | undefined)[];
}

/** A phase of training as the loop sees it. */
export interface Phase {
  readonly steps: number;
  /** Steps between checkpoints; 0 saves only at the end. */
  readonly checkpointEvery: number;
  readonly keepCheckpoints: number;
  readonly maxConsecutiveSkips: number;
  /** Runs step number `step`, counted from 1. */
  run(step: number): Promise<LoopStep>;
  /** What a checkpoint must hold to continue after the steps so far; plain JSON. */
  state(): unknown;
  /** Takes up what `state` gave. */
  restore(state: unknown): void;
  /** Absent where steps do nothing ahead. */
  readonly ahead?: WorkAhead;
}

/** Work of later steps that is under way between two steps. */
export interface WorkAhead {
  /**
   * Waits until it is done.
   *
   * @throws what it failed with
   */
  drain(): Promise<void>;
  /** Waits until it has ended, be it done or failed. */
  settle(): Promise<void>;
  /** Writes what it brought into the directory of a checkpoint. */
  save(directory: string): Promise<void>;
  /** Takes up what `save` wrote, after `restore`. */
  load(directory: string): Promise<void>;
}

/** How a loop ended. */
export interface LoopResult {
  readonly status: "finished" | "interrupted";
  readonly completed: number;
}

/** Times in a row that a remote session may be lost before the run gives up. */
const MOST_LOSSES = 5;

/** Directory of the final model within a run directory. */
export const FINAL_MODEL = "model";

/** Loads the newest checkpoint and forgets all that was written after it; before the first iteration, everything. */
async function resume(directory: RunDirectory, engine: Engine, phase: Phase) {
  clearUnfinished(directory.path);
  const checkpoint = latestCheckpoint(directory.path);
  await directory.truncateAfter(checkpoint?.trainer.completed || -1);
  if (checkpoint === undefined) return { completed: 0, consecutiveSkips: 0 };
  await engine.load(checkpoint.path);
  phase.restore(checkpoint.trainer.state);
  await phase.ahead?.load(checkpoint.path);
  return checkpoint.trainer;
}

/**
 * Runs a phase to its end, from its newest checkpoint if it has one. Where the engine is a server that has lost the
 * session, the run goes back to that checkpoint, and what was written after it is forgotten as in any resumed run.
 *
 * @param shouldStop asked after every step; true saves a checkpoint and ends
 * @throws RunError when steps are skipped too often in a row, the disk is full, or a session is lost before
 *   the first checkpoint
 */
export async function runLoop(
  directory: RunDirectory,
  engine: Engine,
  phase: Phase,
  shouldStop: () => boolean,
  onEvent: OnEvent,
): Promise<LoopResult> {
  let completed = 0;
  let consecutiveSkips = 0;
  let saved = -1;
  let furthest = 0;
  let losses = 0;
  const save = async () => {
    if (saved === completed) return;
    const { ahead } = phase;
    await ahead?.drain();
    const trainer = { version: 1 as const, completed, consecutiveSkips, state: phase.state() };
    const writeMore = ahead && ((fresh: string) => ahead.save(fresh));
    const path = await saveCheckpoint(directory.path, engine, trainer, phase.keepCheckpoints, writeMore);
    saved = completed;
    onEvent({ event: "checkpoint", completed, path });
  };
  const run = async (): Promise<LoopResult> => {
    ({ completed, consecutiveSkips } = await resume(directory, engine, phase));
    saved = completed > 0 ? completed : -1;
    while (completed < phase.steps) {
      if (shouldStop()) {
        await save();
        return { status: "interrupted", completed };
      }
      const { records, rollouts, skips } = await phase.run(completed + 1);
      completed += 1;
      directory.writeRollouts(completed, rollouts ?? []);
      for (const record of records) {
        await directory.appendMetrics(record);
        onEvent(record);
      }
      for (const reason of skips) {
        consecutiveSkips = reason === undefined ? 0 : consecutiveSkips + 1;
        if (consecutiveSkips >= phase.maxConsecutiveSkips)
          throw tooManySkips(directory, consecutiveSkips, reason);
      }
      if (phase.checkpointEvery > 0 && completed % phase.checkpointEvery === 0) await save();
    }
    await save();
    await replaceDirectory(directory.at(FINAL_MODEL), (fresh) => engine.save(fresh, { optimizer: false }));
    return { status: "finished", completed };
  };
  for (;;) {
    try {
      return await run();
    } catch (error) {
      const lost = sessionLoss(error);
      if (lost === undefined) throw error;
      losses = completed > furthest ? 1 : losses + 1;
      furthest = Math.max(furthest, completed);
      const checkpoint = latestCheckpoint(directory.path);
      if (checkpoint === undefined || losses > MOST_LOSSES) throw cannotGoOn(lost, checkpoint, losses);
      await phase.ahead?.settle();
      onEvent({ event: "session-lost", completed, message: lost.message });
    }
  }
}

/** The loss of a remote session among an error and its causes. */
function sessionLoss(error: unknown): SessionLostError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SessionLostError) return cause;
  }
  return undefined;
}

function cannotGoOn(lost: SessionLostError, checkpoint: Checkpoint | undefined, losses: number): RunError {
  const why =
    checkpoint === undefined
      ? "there is no checkpoint to go on from (train.checkpointEvery)"
      : `it was lost ${losses} times without progress; the last checkpoint is ${checkpoint.path}`;
  return new RunError(`${lost.message}; ${why}`, { cause: lost });
}

function tooManySkips(directory: RunDirectory, count: number, reason: string | undefined): RunError {
  const last = latestCheckpoint(directory.path);
  const where = last === undefined ? "there is no checkpoint" : `the last checkpoint is ${last.path}`;
  return new RunError(
    `${count} steps in a row were skipped, the last because ${reason ?? "unknown"}; ${where}`,
  );
}
