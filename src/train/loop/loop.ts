/**
 * @module
 * The loop that every phase of training shares: run the steps, write metrics and rollouts, save checkpoints, stop on
 * request or after too many skipped steps in a row.
 */
import { PartError, RunError, SessionLostError } from "../../errors/index.ts";
import { LoopState, type Recorded } from "./loop-state.ts";
import type { Checkpoint, RunEnd } from "./observer.ts";
import type { LoopStep, PhaseState } from "./phase.ts";

/** Times in a row that a remote session may be lost before the run gives up. */
const MOST_LOSSES = 5;

/** The parts of a loop. */
export interface LoopOptions extends Recorded {
  /** When aborted, the loop saves a checkpoint and ends after the current step. */
  readonly signal?: AbortSignal | undefined;
}

/** How a loop ended, and the directory of the final model. */
export interface LoopResult extends RunEnd {
  /** Directory of the final model; undefined when the run was interrupted, or is not recorded. */
  readonly model?: string | undefined;
}

/**
 * Runs a phase to its end, from its newest checkpoint if it has one. If a server loses the session, the run restores
 * that checkpoint and deletes later records, as any resumed run does.
 *
 * @throws RunError when steps are skipped too often in a row, the disk is full, or a session is lost before
 *   the first checkpoint
 * @throws PartError when a user's part fails, after a checkpoint of the last whole step unless the weights have
 *   changed since, or work ahead has failed half sampled. If it failed in a measurement, the resumed run measures first
 */
export async function runLoop(options: LoopOptions): Promise<LoopResult> {
  const { phase, observers, signal } = options;
  const state = new LoopState(options);
  let furthest = 0;
  let losses = 0;
  for (;;) {
    try {
      return await runSteps(options, state);
    } catch (error) {
      const { completed } = state;
      // A waiting part was aborted: its step runs again when the run resumes.
      if (isAbort(error, signal)) {
        await phase.ahead?.settle();
        return { status: "interrupted", completed };
      }
      const lost = sessionLoss(error);
      if (lost === undefined) throw error;
      losses = completed > furthest ? 1 : losses + 1;
      furthest = Math.max(furthest, completed);
      const checkpoint = state.latest();
      if (checkpoint === undefined || losses > MOST_LOSSES) throw cannotGoOn(lost, checkpoint, losses);
      await phase.ahead?.settle();
      await observers.event({ event: "session-lost", completed, message: lost.message });
    }
  }
}

/** Runs the steps after the newest checkpoint. */
async function runSteps(options: LoopOptions, state: LoopState): Promise<LoopResult> {
  const { engine, phase, observers, signal } = options;
  await state.resume();
  if (state.isUnmeasured) await measure(options, state);
  while (state.completed < phase.steps) {
    if (signal?.aborted) {
      await state.save();
      await phase.ahead?.settle();
      return { status: "interrupted", completed: state.completed };
    }
    const done = await step(options, state);
    state.completed += 1;
    await observers.rollouts(state.completed, done.rollouts ?? []);
    for (const record of done.records) await observers.event(record);
    for (const message of done.warnings ?? []) await observers.event({ event: "warning", message });
    countSkips(done, state, phase.maxConsecutiveSkips);
    await measure(options, state);
    if (phase.checkpointEvery > 0 && state.completed % phase.checkpointEvery === 0) await state.save();
  }
  await state.save();
  const model = await observers.store?.saveModel(engine);
  return { status: "finished", completed: state.completed, model };
}

/** The next step. The state before it belongs to the weights until the step changes them. */
async function step(options: LoopOptions, state: LoopState): Promise<LoopStep> {
  const { phase } = options;
  let before: PhaseState | undefined = phase.state();
  const work = phase.run(state.completed + 1, () => {
    before = undefined;
  });
  return savedIfStopped(options, state, work, () => before);
}

async function measure(options: LoopOptions, state: LoopState): Promise<void> {
  const { phase, observers } = options;
  state.isUnmeasured = true;
  const work = phase.measure?.(state.completed);
  const records = await savedIfStopped(options, state, work, () => phase.state());
  state.isUnmeasured = false;
  for (const record of records ?? []) await observers.event(record);
}

/**
 * The result of work. If a user's part or the caller ended it, the state is saved first.
 *
 * @param current the state that belongs to the weights; undefined if there is none, so that nothing is saved
 */
async function savedIfStopped<T>(
  { signal }: LoopOptions,
  state: LoopState,
  work: T | Promise<T>,
  current: () => PhaseState | undefined,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isStop = error instanceof PartError || isAbort(error, signal);
    const own = current();
    if (isStop && own !== undefined) await state.save(own);
    throw error;
  }
}

/** Counts skipped optimiser steps in a row; throws when they are too many. */
function countSkips({ skips }: LoopStep, state: LoopState, most: number): void {
  for (const reason of skips) {
    state.consecutiveSkips = reason === undefined ? 0 : state.consecutiveSkips + 1;
    if (state.consecutiveSkips >= most) throw tooManySkips(state.latest(), state.consecutiveSkips, reason);
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
