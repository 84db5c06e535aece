/**
 * @module
 * A gradient of which a failed `accumulate` may have left a part, so that no step is taken on it.
 */
import { EngineError } from "../../errors/index.ts";

/** Remembers a failed accumulation until the gradient is cleared. */
export class GradientGuard {
  #failure: Error | undefined;

  /** Runs an accumulation. @throws its error, which is remembered */
  async watch<T>(accumulate: () => Promise<T>): Promise<T> {
    try {
      return await accumulate();
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** The error of a step on what is left, which the caller has to clear; undefined where the gradient is whole. */
  get fault(): EngineError | undefined {
    if (this.#failure === undefined) return undefined;
    return new EngineError(
      `step: the gradient was not whole and is cleared, since accumulate failed: ${this.#failure.message}`,
      { cause: this.#failure },
    );
  }

  /** Forgets the failure, for the gradient has been cleared. */
  clear(): void {
    this.#failure = undefined;
  }
}
