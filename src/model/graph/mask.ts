/**
 * @module
 * Additive attention masks.
 */
import type { Graph, Tensor } from "../../tensor/index.ts";

/** Added to the score of a hidden key: large enough that its weight is exactly 0, finite so that a row of hidden keys stays finite. */
export const HIDDEN = -1e9;

/** `[1, 1, T, T]`, query t sees keys up to t. */
export function causalMask(graph: Graph, length: number): Tensor {
  const data = new Float32Array(length * length);
  for (let query = 0; query < length; query++) {
    data.fill(HIDDEN, query * length + query + 1, (query + 1) * length);
  }
  return graph.constant(data, [1, 1, length, length]);
}
