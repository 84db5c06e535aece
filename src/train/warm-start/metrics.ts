/**
 * @module
 * The metrics of one step of a warm start, a line of metrics.jsonl.
 */

export interface WarmStartMetrics {
  readonly event: "warm-start";
  /** Optimiser steps so far, this one included. */
  readonly iteration: number;
  readonly learningRate: number;
  /** Completion tokens of the batch. */
  readonly tokens: number;
  /** Mean negative log-prob of the batch's tokens before the step, nats; only at measured steps. */
  readonly loss?: number;
  /** The same on the lesson's held-out demonstrations; only at measured steps. */
  readonly validationLoss?: number;
  readonly gradientNorm?: number;
  readonly skipReason?: string;
  readonly timing: { readonly totalSeconds: number; readonly tokensPerSecond: number };
}
