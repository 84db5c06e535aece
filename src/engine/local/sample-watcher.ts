/**
 * @module
 * The caller's side of a watched sampling request. Tokens from the model's thread go to the caller. The
 * caller's request to end a completion goes back through shared memory, since the thread reads no messages while it
 * computes.
 */
import type { DrawnToken, SampleRequest } from "../engine.ts";
import { checkPositive } from "./local-options.ts";

type Watch = NonNullable<SampleRequest["watch"]>;

export class SampleWatcher {
  /** `[P·G]` 1 where the caller has ended a completion. */
  readonly ended: Int32Array;
  readonly #watch: Watch;
  readonly #groupSize: number;
  #failure: { readonly error: unknown } | undefined;

  /** @throws EngineError when the group size is no positive integer */
  constructor(watch: Watch, { prompts, groupSize }: Pick<SampleRequest, "prompts" | "groupSize">) {
    checkPositive("sample: groupSize", groupSize);
    this.#watch = watch;
    this.#groupSize = groupSize;
    const bytes = prompts.length * groupSize * Int32Array.BYTES_PER_ELEMENT;
    this.ended = new Int32Array(new SharedArrayBuffer(bytes));
  }

  /** Passes the tokens of a step to the caller. When its function throws, every completion ends. */
  readonly take = (progress: unknown): void => {
    for (const drawn of progress as readonly DrawnToken[]) {
      const at = drawn.prompt * this.#groupSize + drawn.place;
      if (this.#failure !== undefined || Atomics.load(this.ended, at) !== 0) continue;
      try {
        if (!this.#watch(drawn)) Atomics.store(this.ended, at, 1);
      } catch (error) {
        this.#failure = { error };
        this.ended.fill(1);
      }
    }
  };

  /** @throws what the caller's function threw */
  requireWhole(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
