/**
 * @module
 * Observers of a run: they receive its events and rollouts, and one of them may keep its checkpoints.
 */
import type { Engine } from "../../engine/index.ts";
import { errorText } from "../../parts/index.ts";
import type { RunEvent } from "./events.ts";

/** A description of a run, given to observers before its first step. */
export interface RunDescription {
  readonly kind: "train" | "sft";
  /** Iterations or steps of the whole run. */
  readonly steps: number;
  /** The configuration, or for parts made in code their names and settings; plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Fingerprints of the data, by role. */
  readonly data: Readonly<Record<string, string>>;
  /** User modules by their path, with the SHA-256 of their sources. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Parts that were made in code by their name, with the SHA-256 of their text. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** The trainer's part of a checkpoint. */
export interface TrainerState {
  readonly version: 1;
  /** Iterations or steps that are done. */
  readonly completed: number;
  /** Skipped steps in a row, up to now. */
  readonly consecutiveSkips: number;
  /** The rest of the state of the phase: data position, generator, totals. */
  readonly state: unknown;
}

/** A checkpoint that can be loaded. */
export interface Checkpoint {
  readonly path: string;
  readonly trainer: TrainerState;
}

/** Keeps checkpoints and the final model of a run. */
export interface CheckpointStore {
  /** The newest checkpoint; undefined when there is none. */
  latest(): Checkpoint | undefined;
  /**
   * Saves a checkpoint and drops the oldest beyond `keep`.
   *
   * @param writeMore writes further files into the directory of the checkpoint
   * @returns its path
   */
  save(
    engine: Engine,
    trainer: TrainerState,
    keep: number,
    writeMore?: (directory: string) => Promise<void>,
  ): Promise<string>;
  /** Forgets every record after so many iterations; all records for −1. */
  rollBack(completed: number): Promise<void>;
  /**
   * Writes the final model.
   *
   * @returns its directory
   */
  saveModel(engine: Engine): Promise<string>;
}

/** The end of a run without an error. */
export interface RunEnd {
  readonly status: "finished" | "interrupted";
  readonly completed: number;
}

/**
 * Receives what happens in a run. All members are optional; calls come one after another.
 *
 * An observer that throws is reported by the event `observer-failed` and left out from then on, except one that keeps the
 * checkpoints, whose errors stop the run. Where no other observer takes events, a warning of the process says so too.
 */
export interface Observer {
  readonly name?: string;
  /** Before the first step, also of a resumed run. */
  start?(run: RunDescription): void | Promise<void>;
  /** Each event, in order: the objects that `--json` prints. */
  event?(event: RunEvent): void | Promise<void>;
  /** The rollouts of an iteration that are to be recorded, one object each. */
  rollouts?(iteration: number, lines: readonly object[]): void | Promise<void>;
  /** After the last step, also when the run was interrupted; not after an error. */
  finish?(end: RunEnd): void | Promise<void>;
  /** After an error that ended the run, in place of `finish`; the error is thrown on. */
  fail?(error: unknown): void | Promise<void>;
  /** Keeps checkpoints; at most one observer of a run has it. */
  readonly checkpoints?: CheckpointStore;
}

/** The observers of a run as one. */
export class Observers {
  #active: readonly Observer[];
  readonly store: CheckpointStore | undefined;

  constructor(observers: readonly Observer[]) {
    this.#active = observers;
    this.store = observers.find(({ checkpoints }) => checkpoints !== undefined)?.checkpoints;
  }

  async start(run: RunDescription): Promise<void> {
    // A directory that is not free must be known before anything else is told of the run.
    for (const observer of this.#active) if (observer.checkpoints) await observer.start?.(run);
    await this.#each((observer) => (observer.checkpoints ? undefined : observer.start?.(run)));
  }

  async event(event: RunEvent): Promise<void> {
    await this.#each((observer) => observer.event?.(event));
  }

  async rollouts(iteration: number, lines: readonly object[]): Promise<void> {
    await this.#each((observer) => observer.rollouts?.(iteration, lines));
  }

  async finish(end: RunEnd): Promise<void> {
    await this.#each((observer) => observer.finish?.(end));
  }

  /** Tells of an error that ends the run; an observer that fails too does not hide it. */
  async fail(error: unknown): Promise<void> {
    for (const observer of this.#active) {
      try {
        await observer.fail?.(error);
      } catch {
        // The first error is the one that the user needs.
      }
    }
  }

  async #each(call: (observer: Observer) => void | Promise<void>): Promise<void> {
    for (const observer of this.#active) {
      try {
        await call(observer);
      } catch (error) {
        if (observer.checkpoints !== undefined) throw error;
        this.#active = this.#active.filter((other) => other !== observer);
        const name = observer.name ?? "observer";
        const message = errorText(error);
        const isShown = this.#active.some((other) => other.event && other.checkpoints === undefined);
        if (!isShown)
          process.emitWarning(`observer "${name}" failed and is left out: ${message}`, "FoveaWarning");
        await this.event({ event: "observer-failed", observer: name, message });
      }
    }
  }
}
