/**
 * @module
 * How far a loop has come, as its checkpoints record it.
 */
import type { Engine } from "../../engine/index.ts";
import type { Checkpoint, Observers } from "./observer.ts";
import type { Phase, PhaseState } from "./phase.ts";

/** The parts of a loop that a checkpoint covers. */
export interface Recorded {
  readonly engine: Engine;
  readonly phase: Phase;
  readonly observers: Observers;
}

/** Counters of a loop, saved with the state of its phase. */
export class LoopState {
  /** Completed steps. */
  completed = 0;
  /** Skipped optimiser steps in a row. */
  consecutiveSkips = 0;
  /** Whether the measurement after the last step is still to be done. */
  isUnmeasured = false;
  /** Completed steps of the newest checkpoint. */
  #saved = -1;
  readonly #recorded: Recorded;

  constructor(recorded: Recorded) {
    this.#recorded = recorded;
  }

  /** The newest checkpoint. */
  latest(): Checkpoint | undefined {
    return this.#recorded.observers.store?.latest();
  }

  /** Loads the newest checkpoint and deletes all later records; without one, all records. */
  async resume(): Promise<void> {
    const { engine, phase, observers } = this.#recorded;
    const checkpoint = this.latest();
    const {
      completed,
      consecutiveSkips,
      isUnmeasured = false,
    } = checkpoint?.trainer ?? {
      completed: 0,
      consecutiveSkips: 0,
      isUnmeasured: true,
    };
    await observers.store?.rollBack(checkpoint === undefined ? -1 : completed, !isUnmeasured);
    if (checkpoint !== undefined) {
      await engine.load(checkpoint.path);
      await phase.restore(checkpoint.trainer.state, checkpoint.path);
      await phase.ahead?.load(checkpoint.path);
    }
    this.completed = completed;
    this.consecutiveSkips = consecutiveSkips;
    this.isUnmeasured = isUnmeasured;
    // A checkpoint that says so is written again once the measurement is done.
    this.#saved = checkpoint === undefined || isUnmeasured ? -1 : completed;
  }

  /**
   * Saves a checkpoint, unless this step has one. Before the first step there is nothing to save: the run begins again.
   *
   * @param state that belongs to the weights; the present state of the phase unless given
   */
  async save(state: PhaseState = this.#recorded.phase.state()): Promise<void> {
    const { engine, phase, observers } = this.#recorded;
    const { ahead } = phase;
    if (this.completed === 0 || this.#saved === this.completed || observers.store === undefined) return;
    await ahead?.drain();
    const { completed, consecutiveSkips, isUnmeasured } = this;
    const trainer = {
      version: 1 as const,
      completed,
      consecutiveSkips,
      ...(isUnmeasured && { isUnmeasured }),
      state: state.plain,
    };
    const writeMore = async (directory: string) => {
      await state.write?.(directory);
      await ahead?.save(directory);
    };
    const path = await observers.store.save(engine, trainer, phase.keepCheckpoints, writeMore);
    this.#saved = completed;
    await observers.event({ event: "checkpoint", completed, path });
  }
}
