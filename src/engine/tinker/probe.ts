/**
 * @module
 * Requests that find out how a server computes, and change nothing of a model.
 */
import type { Sequence } from "../engine.ts";

/** Tokens that every model has. */
export const ANY_SEQUENCE: Sequence = {
  prompt: { chunks: [{ kind: "text", tokens: [0] }] },
  completion: Int32Array.of(1, 0),
};

/** A step of Adam that leaves weights as they are. */
export const STANDING_STEP = {
  adam_params: { learning_rate: 0, beta1: 0.9, beta2: 0.95, eps: 1e-12, weight_decay: 0 },
} as const;
