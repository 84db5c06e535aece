/**
 * @module
 * The loop that every phase of training shares: run the steps, write metrics and rollouts, save checkpoints, stop on
 * request or after too many skipped steps in a row.
 */
import type { Engine } from "../../engine/index.ts";
import { PartError, RunError, SessionLostError } from "../../errors/index.ts";
import type { RunEvent } from "./events.ts";
import type { Checkpoint, Observers, RunEnd } from "./observer.ts";

/** The result of one step of a phase. */
export interface LoopStep {
  /** Events of the step, each with its `iteration`. */
  readonly records: readonly Extract<RunEvent, { iteration: number }>[];
  readonly rollouts?: readonly object[];
  /** Warnings for the user. */
  readonly warnings?: readonly string[];
  /** Optimiser steps in order: undefined if applied, else the reason for skipping. */
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
  /** Measures the weights after so many steps, 0 before the first; changes no state. Absent if nothing is measured. */
  measure?(completed: number): Promise<LoopStep["records"]>;
  /** The state that a checkpoint needs to continue after the steps so far; plain JSON. */
  state(): unknown;
  /** Restores the result of `state`. */
  restore(state: unknown): void;
  /** Absent if steps run no work ahead. */
  readonly ahead?: WorkAhead;
}

/** Running work of later steps, between two steps. */
export interface WorkAhead {
  /**
   * Waits until the work is done.
   *
   * @throws the error of the work
   */
  drain(): Promise<void>;
  /** Waits until the work has completed or failed. */
  settle(): Promise<void>;
  /** Writes its results into the directory of a checkpoint. */
  save(directory: string): Promise<void>;
  /** Restores what `save` wrote, after `restore`. */
  load(directory: string): Promise<void>;
}

/** Times in a row that a remote session may be lost before the run gives up. */
const MOST_LOSSES = 5;

/** The parts of a loop. */
export interface LoopOptions {
  readonly engine: Engine;
  readonly phase: Phase;
  readonly observers: Observers;
  /** When aborted, the loop saves a checkpoint and ends after the current step. */
  readonly signal?: AbortSignal | undefined;
}

/** How a loop ended, and the directory of the final model. */
export interface LoopResult extends RunEnd {
  /** Directory of the final model; undefined when the run was interrupted, or is not recorded. */
  readonly model?: string | undefined;
}

/** Loads the newest checkpoint and deletes all later records; before the first iteration, all records. */
async function resume({ engine, phase, observers: { store } }: LoopOptions) {
  const checkpoint = store?.latest();
  await store?.rollBack(checkpoint?.trainer.completed || -1);
  if (checkpoint === undefined) return { completed: 0, consecutiveSkips: 0, isUnmeasured: true };
  await engine.load(checkpoint.path);
  phase.restore(checkpoint.trainer.state);
  await phase.ahead?.load(checkpoint.path);
  return checkpoint.trainer;
}

/**
 * Runs a phase to its end, from its newest checkpoint if it has one. If a server loses the session, the run restores
 * that checkpoint and deletes later records, as any resumed run does.
 *
 * @throws RunError when steps are skipped too often in a row, the disk is full, or a session is lost before
 *   the first checkpoint
 * @throws PartError when a user's part fails, after a checkpoint of the last whole step. If it failed in a measurement, the
 *   resumed run measures first
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const { engine, phase, observers, signal } = options;
  const { store } = observers;
  let completed = 0;
  let consecutiveSkips = 0;
  let isUnmeasured: boolean | undefined;
  let saved = -1;
  let furthest = 0;
  let losses = 0;
  const save = async (state: unknown = phase.state()) => {
    if (saved === completed || store === undefined) return;
    const { ahead } = phase;
    await ahead?.drain();
    const trainer = {
      version: 1 as const,
      completed,
      consecutiveSkips,
      ...(isUnmeasured && { isUnmeasured }),
      state,
    };
    const writeMore = ahead && ((fresh: string) => ahead.save(fresh));
    const path = await store.save(engine, trainer, phase.keepCheckpoints, writeMore);
    saved = completed;
    await observers.event({ event: "checkpoint", completed, path });
  };
  /** Saves the state, which belongs to the weights, if a user's part or the caller ended the work. */
  const savedIfStopped = async <T>(work: Promise<T> | undefined, state: () => unknown) => {
    try {
      return await work;
    } catch (error) {
      const isStop = error instanceof PartError || isAbort(error, signal);
      if (isStop && phase.ahead === undefined && completed > 0) await save(state());
      throw error;
    }
  };
  const step = async (number: number): Promise<LoopStep> => {
    const before = structuredClone(phase.state());
    // Tasks, rewards and credit run before the first change of weights, so the state before the step is consistent.
    return (await savedIfStopped(phase.run(number), () => before))!;
  };
  const measure = async () => {
    isUnmeasured = true;
    const records = (await savedIfStopped(phase.measure?.(completed), () => phase.state())) ?? [];
    isUnmeasured = false;
    for (const record of records) await observers.event(record);
  };
  const run = async (): Promise<LoopResult> => {
    ({ completed, consecutiveSkips, isUnmeasured } = await resume(options));
    saved = completed > 0 ? completed : -1;
    if (isUnmeasured === true) await measure();
    while (completed < phase.steps) {
      if (signal?.aborted) {
        await save();
        await phase.ahead?.settle();
        return { status: "interrupted", completed };
      }
      const { records, rollouts, warnings = [], skips } = await step(completed + 1);
      completed += 1;
      await observers.rollouts(completed, rollouts ?? []);
      for (const record of records) await observers.event(record);
      for (const message of warnings) await observers.event({ event: "warning", message });
      for (const reason of skips) {
        consecutiveSkips = reason === undefined ? 0 : consecutiveSkips + 1;
        if (consecutiveSkips >= phase.maxConsecutiveSkips)
          throw tooManySkips(store?.latest(), consecutiveSkips, reason);
      }
      await measure();
      if (phase.checkpointEvery > 0 && completed % phase.checkpointEvery === 0) await save();
    }
    await save();
    return { status: "finished", completed, model: await store?.saveModel(engine) };
  };
  for (;;) {
    try {
      return await run();
    } catch (error) {
      // A waiting part was aborted: its step runs again when the run resumes.
      if (isAbort(error, signal)) {
        await phase.ahead?.settle();
        return { status: "interrupted", completed };
      }
      const lost = sessionLoss(error);
      if (lost === undefined) throw error;
      losses = completed > furthest ? 1 : losses + 1;
      furthest = Math.max(furthest, completed);
      const checkpoint = store?.latest();
      if (checkpoint === undefined || losses > MOST_LOSSES) throw cannotGoOn(lost, checkpoint, losses);
      await phase.ahead?.settle();
      await observers.event({ event: "session-lost", completed, message: lost.message });
    }
  }
}

/** Whether an error comes from the caller's abort. */
function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** The lost-session error among an error and its causes. */
function sessionLoss(error: unknown): SessionLostError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof SessionLostError) return cause;
  }
  return undefined;
}

function cannotGoOn(lost: SessionLostError, checkpoint: Checkpoint | undefined, losses: number): RunError {
  const why =
    checkpoint === undefined
      ? "there is no checkpoint to restore (train.checkpointEvery)"
      : `it was lost ${losses} times without progress; the last checkpoint is ${checkpoint.path}`;
  return new RunError(`${lost.message}; ${why}`, { cause: lost });
}

function tooManySkips(last: Checkpoint | undefined, count: number, reason: string | undefined): RunError {
  const where = last === undefined ? "there is no checkpoint" : `the last checkpoint is ${last.path}`;
  return new RunError(
    `${count} steps in a row were skipped, the last because ${reason ?? "unknown"}; ${where}`,
  );
}
