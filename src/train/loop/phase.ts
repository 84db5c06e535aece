/**
 * @module
 * A phase of training as the loop sees it: its steps, and the state from which it continues.
 */
import type { RunEvent, WarningEvent } from "./events.ts";

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

/** An event of a measurement, which the run records. */
export type Measured =
  | Extract<RunEvent, { iteration: number }>
  | (WarningEvent & { readonly iteration: number });

/** A phase of training as the loop sees it. */
export interface Phase {
  readonly steps: number;
  /** Steps between checkpoints; 0 saves only at the end. */
  readonly checkpointEvery: number;
  readonly keepCheckpoints: number;
  readonly maxConsecutiveSkips: number;
  /**
   * Runs step number `step`, counted from 1.
   *
   * @param onChange called as soon as the step has changed the weights, if it does
   */
  run(step: number, onChange?: () => void): Promise<LoopStep>;
  /**
   * Measures the weights after so many steps, 0 before the first, and warns of what it finds; draws nothing of what steps
   * draw. Absent if nothing is measured.
   */
  measure?(completed: number): Promise<readonly Measured[]>;
  /** The state that a checkpoint needs to continue after the steps so far. */
  state(): PhaseState;
  /**
   * Restores a state.
   *
   * @param plain the state's own
   * @param directory of the checkpoint
   */
  restore(plain: unknown, directory: string): Promise<void>;
  /** Absent if steps run no work ahead. */
  readonly ahead?: WorkAhead;
}

/** A state of a phase. Later steps do not change it. */
export interface PhaseState {
  /** Plain JSON, for trainer.json. */
  readonly plain: unknown;
  /** Writes the rest into the directory of a checkpoint; absent if `plain` is all. */
  readonly write?: (directory: string) => Promise<void>;
}

/** Running work of later steps, between two steps. */
export interface WorkAhead {
  /**
   * Waits until the work is done, or has failed so that a resumed run can repeat it.
   *
   * @throws the error of work that has failed otherwise
   */
  drain(): Promise<void>;
  /** Waits until the work has completed or failed. */
  settle(): Promise<void>;
  /** Writes its results into the directory of a checkpoint. */
  save(directory: string): Promise<void>;
  /** Restores what `save` wrote, after `restore`. */
  load(directory: string): Promise<void>;
}
