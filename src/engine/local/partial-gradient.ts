/**
 * @module
 * A gradient of which a failed `accumulate` left a part.
 */
import { EngineError } from "../../errors/index.ts";

/** The error of a step on such a gradient, which has been cleared. */
export function partialGradient(cause: Error): EngineError {
  return new EngineError(
    `step: the gradient was not whole and is cleared, since accumulate failed: ${cause.message}`,
    { cause },
  );
}
