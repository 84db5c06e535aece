/**
 * @module
 * Drawing one token from log-probs: greedy, or by temperature with top-k and nucleus truncation.
 */
import type { Rng } from "../../math/index.ts";

/** The likeliest id; the lowest of equals. */
export function likeliest(logs: Float64Array): number {
  let best = 0;
  for (let v = 1; v < logs.length; v++) if (logs[v]! > logs[best]!) best = v;
  return best;
}

/** The `count` likeliest ids, the likeliest first; the lower of equals first. */
export function likeliestIds(logs: Float64Array, count: number): number[] {
  return Array.from(logs.keys())
    .sort((a, b) => logs[b]! - logs[a]! || a - b)
    .slice(0, count);
}

/**
 * An id drawn in proportion to its probability among those kept.
 *
 * @param topK keep the k likeliest; 0 keeps all
 * @param topP keep the smallest set whose probability reaches it; 1 keeps all
 */
export function drawToken(logs: Float64Array, topK: number, topP: number, rng: Rng): number {
  const isCut = topK > 0 || topP < 1;
  const ids = isCut ? Array.from(logs.keys()).sort((a, b) => logs[b]! - logs[a]! || a - b) : logs.keys();
  const kept: number[] = [];
  let mass = 0;
  for (const id of ids) {
    if ((topK > 0 && kept.length >= topK) || (topP < 1 && mass >= topP)) break;
    if (logs[id] === -Infinity) continue;
    kept.push(id);
    mass += Math.exp(logs[id]!);
  }
  let left = rng.uniform() * mass;
  for (const id of kept) {
    left -= Math.exp(logs[id]!);
    if (left < 0) return id;
  }
  return kept.at(-1) ?? 0;
}
