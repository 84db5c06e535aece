/**
 * @module
 * The numbers of one step of a warm start, a line of metrics.jsonl.
 */

export interface WarmStartMetrics {
  readonly event: "warm-start";
  /** Optimiser steps so far, this one included. */
  readonly iteration: number;
  readonly learningRate: number;
  /** Completion tokens of the batch. */
  readonly tokens: number;
  /** Mean negative log-prob of the batch's tokens before the step, nats; only at steps that measure it. */
  readonly loss?: number;
  /** The same of the held-out demonstrations of the lesson; only at steps that measure it. */
  readonly validationLoss?: number;
  readonly gradientNorm?: number;
  readonly skipReason?: string;
  readonly timing: { readonly totalSeconds: number; readonly tokensPerSecond: number };
}
