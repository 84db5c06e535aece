/**
 * @module
 * Observers of a run receive its events and rollouts; one of them can store its checkpoints.
 */
import type { Engine } from "../../engine/index.ts";
import { PartError } from "../../errors/index.ts";
import { type Define, errorText, withinTime } from "../../parts/index.ts";
import type { RunEvent } from "./events.ts";

/** A description of a run, given to observers before its first step. */
export interface RunDescription {
  readonly kind: "train" | "sft";
  /** Iterations or steps of the whole run. */
  readonly steps: number;
  /** The configuration, or names and settings of parts made in code; plain JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Fingerprints of the data, by role. */
  readonly data: Readonly<Record<string, string>>;
  /** User modules by their path, with the SHA-256 of their sources. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Parts made in code by name, with the SHA-256 of their text. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** The trainer's part of a checkpoint. */
export interface TrainerState {
  readonly version: 1;
  /** Completed iterations or steps. */
  readonly completed: number;
  /** Skipped steps in a row, up to now. */
  readonly consecutiveSkips: number;
  /** The measurement after the last step failed; the resumed run measures first. Absent otherwise. */
  readonly isUnmeasured?: boolean;
  /** The rest of the state of the phase: data position, generator, totals. */
  readonly state: unknown;
}

/** A checkpoint that can be loaded. */
export interface Checkpoint {
  readonly path: string;
  readonly trainer: TrainerState;
}

/** Stores checkpoints and the final model of a run. */
export interface CheckpointStore {
  /** The newest checkpoint; undefined when there is none. */
  latest(): Checkpoint | undefined;
  /**
   * Saves a checkpoint and drops the oldest beyond `keep`.
   *
   * @param writeMore writes more files into the checkpoint's directory
   * @returns its path
   */
  save(
    engine: Engine,
    trainer: TrainerState,
    keep: number,
    writeMore?: (directory: string) => Promise<void>,
  ): Promise<string>;
  /**
   * Deletes every record after the given iteration; all records for −1.
   *
   * @param isMeasured whether the evaluation after that iteration is kept
   */
  rollBack(completed: number, isMeasured: boolean): Promise<void>;
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
 * Receives the events of a run. All members are optional; calls are sequential.
 *
 * An observer that throws, or takes more than ten minutes for a call, is reported by the event `observer-failed` and removed,
 * except for the one that stores checkpoints, whose errors stop the run. If no other observer receives events, a process warning reports it too.
 */
export interface Observer {
  readonly name?: string;
  /** Before the first step, also of a resumed run. */
  start?(run: RunDescription): void | Promise<void>;
  /** Each event, in order: the objects that `--json` prints. */
  event?(event: RunEvent): void | Promise<void>;
  /** The rollouts of an iteration to record, one object each. */
  rollouts?(iteration: number, lines: readonly object[]): void | Promise<void>;
  /** After the last step, also of an interrupted run; not after an error. */
  finish?(end: RunEnd): void | Promise<void>;
  /** After an error that ended the run, in place of `finish`; the error is rethrown. */
  fail?(error: unknown): void | Promise<void>;
  /** Stores checkpoints; at most one observer of a run has this member. */
  readonly checkpoints?: CheckpointStore;
}

/** The run that a user's observer is made for. */
export interface ObserverContext {
  /** Path of the run directory. */
  readonly runDirectory: string;
  readonly kind: RunDescription["kind"];
}

/** The definition of an observer: schema of its options, if any, and its maker. */
export const defineObserver: Define<ObserverContext, Observer> = <T>(definition: T) => definition;

/** Milliseconds that an observer may take for one call. */
const CALL_LIMIT = 600_000;

/** The observers of a run as one. */
export class Observers {
  #active: readonly Observer[];
  readonly store: CheckpointStore | undefined;
  readonly #limit: number;

  /** @param limit milliseconds of one call of an observer that stores no checkpoints */
  constructor(observers: readonly Observer[], limit = CALL_LIMIT) {
    this.#active = observers;
    this.#limit = limit;
    this.store = observers.find(({ checkpoints }) => checkpoints !== undefined)?.checkpoints;
  }

  async start(run: RunDescription): Promise<void> {
    // An occupied directory must be reported before any other observer is called.
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

  /** Reports an error that ends the run; an observer that fails too does not hide it. */
  async fail(error: unknown): Promise<void> {
    for (const observer of this.#active) {
      try {
        await this.#called(observer, observer.fail?.(error));
      } catch {
        // The user needs the first error.
      }
    }
  }

  /** Waits for a call. A request without an end must not hold up the run; a checkpoint may take its time. */
  #called(observer: Observer, work: void | Promise<void>): void | Promise<void> {
    if (observer.checkpoints !== undefined) return work;
    const late = () => new PartError(`did not end within ${this.#limit / 1000} s`);
    return withinTime<void>(work, { milliseconds: this.#limit, late });
  }

  async #each(call: (observer: Observer) => void | Promise<void>): Promise<void> {
    for (const observer of this.#active) {
      try {
        await this.#called(observer, call(observer));
      } catch (error) {
        if (observer.checkpoints !== undefined) throw error;
        this.#active = this.#active.filter((other) => other !== observer);
        const name = observer.name ?? "observer";
        const message = errorText(error);
        const isShown = this.#active.some((other) => other.event && other.checkpoints === undefined);
        if (!isShown)
          process.emitWarning(`observer "${name}" failed and was removed: ${message}`, "FoveaWarning");
        await this.event({ event: "observer-failed", observer: name, message });
      }
    }
  }
}
