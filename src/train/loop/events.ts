/**
 * @module
 * The events of a run: plain objects, the same for progress bars and for `--json`.
 */
import type { ChosenArrangement, EngineCheck, RetryEvent } from "../../engine/index.ts";
import type { DownloadProgress } from "../../model/index.ts";
import type { EvaluationRecord } from "../iteration/evaluation-record.ts";
import type { BrokenRow, IterationMetrics } from "../iteration/iteration-metrics.ts";
import type { WarmStartMetrics } from "../warm-start/metrics.ts";

export interface StartedEvent {
  readonly event: "started";
  readonly kind: "train" | "sft";
  /** Absent if the run is not recorded. */
  readonly runDirectory?: string;
  /** Iterations or steps of the whole run. */
  readonly steps: number;
}

export interface CheckpointEvent {
  readonly event: "checkpoint";
  readonly completed: number;
  readonly path: string;
}

/** A server has lost the session; the run restores its newest checkpoint. */
export interface SessionLostEvent {
  readonly event: "session-lost";
  /** Completed iterations or steps. */
  readonly completed: number;
  readonly message: string;
}

/** Progress of a model's download from the hub. */
export interface DownloadEvent extends DownloadProgress {
  readonly event: "download";
}

/** An observer failed and receives no more events. */
export interface ObserverFailedEvent {
  readonly event: "observer-failed";
  readonly observer: string;
  readonly message: string;
}

/** The arrangement of the local engine, if a setting was `auto`. */
export interface ArrangementEvent extends ChosenArrangement {
  readonly event: "arrangement";
}

/** The check of a remote engine before the first step. */
export interface EngineCheckEvent extends EngineCheck {
  readonly event: "engine-check";
}

/** A warning that does not stop the run. */
export interface WarningEvent {
  readonly event: "warning";
  readonly message: string;
  /** Completed iterations, for a warning of a measurement; metrics.jsonl records the others with the preceding iteration. */
  readonly iteration?: number;
}

/** A reward failed on completions, which then have no reward; one event an iteration and message. */
export interface RewardFailedEvent {
  readonly event: "reward-failed";
  readonly iteration: number;
  /** The error, which names reward and problem. */
  readonly message: string;
  /** Completions of the iteration on which a reward failed in this way. */
  readonly completions: number;
}

/** Any event of a run. */
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
