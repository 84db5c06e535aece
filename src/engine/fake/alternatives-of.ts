/**
 * @module
 * The likeliest tokens at each position.
 */
import type { Alternatives } from "../engine.ts";
import { likeliestIds } from "./draw-token.ts";

/** @param logs `[T][V]` log-probs */
export function alternativesOf(logs: readonly Float64Array[], count: number): Alternatives {
  const ids = logs.map((own) => likeliestIds(own, count));
  return {
    tokens: Int32Array.from(ids.flat()),
    logprobs: Float64Array.from(ids.flatMap((own, t) => own.map((id) => logs[t]![id]!))),
  };
}
