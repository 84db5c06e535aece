/**
 * @module
 * One of the requests that are sampled together.
 */
import type { Completion, DrawnToken, Prompt } from "../engine/index.ts";

/** A prompt whose group of completions is wanted. */
export interface SampleJob {
  readonly prompt: Prompt;
  /** Drawn by the server unless given. */
  readonly seed?: number | null | undefined;
  /** Called with tokens, as `SampleRequest.watch`. */
  readonly watch?: ((drawn: DrawnToken) => boolean) | undefined;
  /** Aborted when the completions are not wanted any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A job and whom its completions go to. Its errors never reach the other members, which are sampled with it. */
export class SampleMember {
  readonly job: SampleJob;
  readonly #resolve: (group: Completion[]) => void;
  readonly reject: (error: unknown) => void;
  #failure: { readonly error: unknown } | undefined;

  constructor(job: SampleJob, resolve: (group: Completion[]) => void, reject: (error: unknown) => void) {
    this.job = job;
    this.#resolve = resolve;
    this.reject = reject;
  }

  /** Whether it is still wanted; one that is not has its answer. */
  isWanted(): boolean {
    const { signal } = this.job;
    if (signal?.aborted === true) this.reject(signal.reason);
    return signal?.aborted !== true;
  }

  /** Passes a token on. False ends the completion: the job says so, is not wanted any more, or cannot take tokens. */
  take(drawn: DrawnToken): boolean {
    const { watch, signal } = this.job;
    if (signal?.aborted === true || this.#failure !== undefined) return false;
    try {
      return watch?.(drawn) ?? true;
    } catch (error) {
      this.#failure = { error };
      return false;
    }
  }

  /** Gives the completions, if they are whole and still wanted. */
  settle(group: Completion[]): void {
    if (this.#failure !== undefined) this.reject(this.#failure.error);
    else if (this.isWanted()) this.#resolve(group);
  }
}
