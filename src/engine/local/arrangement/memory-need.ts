/**
 * @module
 * The memory that training a model needs, estimated from its shape.
 */

import { parameterLayout } from "../../../model/graph/index.ts";
import { graphsOf, type ModelConfig } from "../../../model/index.ts";
import type { Arrangement } from "./arrangement.ts";

const NUMBER = Float32Array.BYTES_PER_ELEMENT;
/** Weights, gradients, both moments, and a replica's gradient where the others find it. */
const TRAINED = 5;
/** Logits, their distribution and the gradients of both, of all tokens that are computed at once. */
const OF_LOGITS = 4;
/** The runtime and the buffers of its programs, a replica. */
const OVERHEAD = 256 * 2 ** 20;

/** Numbers in a model. */
export function parameterCount(config: ModelConfig): number {
  return parameterLayout(graphsOf(config)).size;
}

/**
 * Bytes that training needs.
 *
 * @param maxTokens tokens computed at once, of all replicas together
 * @param isAdapted whether adapters are trained and the model's own weights are held once
 */
export function trainingMemory(
  config: ModelConfig,
  { replicas }: Arrangement,
  { maxTokens, isAdapted }: { readonly maxTokens: number; readonly isAdapted: boolean },
): number {
  const held = (isAdapted ? 1 : TRAINED) * parameterCount(config) * NUMBER;
  const logits = OF_LOGITS * maxTokens * config.text.vocabSize * NUMBER;
  return replicas * (held + OVERHEAD) + logits;
}
