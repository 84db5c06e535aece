/**
 * @module
 * What a run tells while it goes on: one plain object at a time, the same for progress bars and for `--json`.
 */
import type { ChosenArrangement, EngineCheck, RetryEvent } from "../../engine/index.ts";
import type { DownloadProgress } from "../../model/index.ts";
import type { EvaluationRecord } from "../iteration/evaluation-record.ts";
import type { BrokenRow, IterationMetrics } from "../iteration/iteration-metrics.ts";
import type { WarmStartMetrics } from "../warm-start/metrics.ts";

export interface StartedEvent {
  readonly event: "started";
  readonly kind: "train" | "sft";
  /** Absent where the run is not recorded. */
  readonly runDirectory?: string;
  /** Iterations or steps of the whole run. */
  readonly steps: number;
}

export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly completed: number;
  readonly path: string;
}

/** A server has lost the session; the run goes back to its newest checkpoint. */
export interface SessionLostEvent {
  readonly event: "session-lost";
  /** Iterations or steps that were done. */
  readonly completed: number;
  readonly message: string;
}

/** A model on its way from the hub. */
export interface DownloadEvent extends DownloadProgress {
  readonly event: "download";
}

/** An observer failed; it is told nothing more. */
export interface ObserverFailedEvent {
  readonly event: "observer-failed";
  readonly observer: string;
  readonly message: string;
}

/** How the local engine uses the machine, where that was left to it. */
export interface ArrangementEvent extends ChosenArrangement {
  readonly event: "arrangement";
}

/** The check of a remote engine before the first step. */
export interface EngineCheckEvent extends EngineCheck {
  readonly event: "engine-check";
}

/** Something that a user should know and that does not stop the run. */
export interface WarningEvent {
  readonly event: "warning";
  readonly message: string;
}

/** A reward failed on completions, which are without reward; one event an iteration and message. */
export interface RewardFailedEvent {
  readonly event: "reward-failed";
  readonly iteration: number;
  /** The error, which names reward and problem. */
  readonly message: string;
  /** Completions of the iteration on which a reward failed in this way. */
  readonly completions: number;
}

/** Anything that happens in a run. */
export type RunEvent =
  | DownloadEvent
  | StartedEvent
  | CheckpointEvent
  | SessionLostEvent
  | ObserverFailedEvent
  | WarningEvent
  | RetryEvent
  | ArrangementEvent
  | EngineCheckEvent
  | RewardFailedEvent
  | IterationMetrics
  | BrokenRow
  | WarmStartMetrics
  | EvaluationRecord;

/** Called for each event, in order. */
export type OnEvent = (event: RunEvent) => void;
