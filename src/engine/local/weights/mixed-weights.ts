/**
 * @module
 * Weights of which a failed `load` replaced some, in one model or in some of several replicas.
 */
import { EngineError } from "../../../errors/index.ts";

/** The error of all that uses such weights, until a checkpoint is loaded whole. */
export function mixedWeights(cause: unknown): EngineError {
  return new EngineError(
    `local engine: expected weights of one checkpoint, got weights of two, since load failed: ${(cause as Error).message}; load a checkpoint first`,
    { cause },
  );
}
