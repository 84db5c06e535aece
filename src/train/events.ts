/**
 * @module
 * What a run tells while it goes on: one plain object at a time, the same for progress bars and for `--json`.
 */
import type { RetryEvent } from "../engine/index.ts";
import type { DownloadProgress } from "../model/index.ts";
import type { EngineCheckEvent } from "./engine-check.ts";
import type { EvaluationRecord } from "./evaluation-record.ts";
import type { BrokenRow, IterationMetrics } from "./iteration-metrics.ts";
import type { WarmStartMetrics } from "./warm-start.ts";

export interface StartedEvent {
  readonly event: "started";
  readonly kind: "train" | "sft";
  readonly runDirectory: string;
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

/** Anything that happens in a run. */
export type RunEvent =
  | DownloadEvent
  | StartedEvent
  | CheckpointEvent
  | SessionLostEvent
  | RetryEvent
  | EngineCheckEvent
  | IterationMetrics
  | BrokenRow
  | WarmStartMetrics
  | EvaluationRecord;

/** Called for each event, in order. */
export type OnEvent = (event: RunEvent) => void;
