/**
 * @module
 * The thread in which a model computes, from outside: calls go in, answers come back in the same order.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { EngineError } from "../../errors/index.ts";
import { fromPlainError } from "../../errors/plain-error.ts";
import type { ReplicaOptions } from "./local-options.ts";
import type { Answer, Call, Method, Progress } from "./protocol.ts";
import { threadProgram } from "./thread-program.ts";

interface Pending {
  readonly onProgress: ((progress: unknown) => void) | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ModelThread {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #nextCall = 0;
  #closed = false;
  /** The error that ended the thread, if it was not closed. */
  #cause: EngineError | undefined;

  constructor(options: ReplicaOptions) {
    const program = threadProgram();
    if (!existsSync(program)) {
      throw new EngineError(
        `local engine: ${fileURLToPath(program)}: no such file; a bundled program needs the package fovea installed where it runs`,
      );
    }
    this.#worker = new Worker(program, { workerData: options });
    this.#worker.on("message", (said: Answer | Progress) => this.#hear(said));
    this.#worker.on("error", (cause) =>
      this.#fail(
        new EngineError(`local engine: its thread failed: ${cause.message}`, { cause, hasEnded: true }),
      ),
    );
    this.#worker.on("exit", (code) =>
      this.#fail(new EngineError(`local engine: its thread ended with code ${code}`, { hasEnded: true })),
    );
  }

  /** Calls a method of the model in the thread; after `close` every call fails. */
  call(method: Method, ...parameters: readonly unknown[]): Promise<unknown> {
    return this.follow(undefined, method, ...parameters);
  }

  /** Calls a method that reports its progress before it ends. */
  follow(
    onProgress: ((progress: unknown) => void) | undefined,
    method: Method,
    ...parameters: readonly unknown[]
  ): Promise<unknown> {
    if (this.#closed) {
      const cause = this.#cause;
      const why = cause === undefined ? "" : `: ${cause.message}`;
      return Promise.reject(
        new EngineError(`${method}: the engine is closed${why}`, { cause, hasEnded: true }),
      );
    }
    const id = this.#nextCall++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onProgress });
      try {
        this.#worker.postMessage({ id, method, parameters } satisfies Call);
      } catch (cause) {
        this.#pending.delete(id);
        reject(
          new EngineError(
            `${method}: expected a request of numbers, texts and lists, which its thread can be sent: ${(cause as Error).message}`,
            { cause },
          ),
        );
      }
    });
  }

  /** Ends the thread, and with it the calls that wait for it; a second call waits for the same end. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#fail(new EngineError("local engine: it was closed", { hasEnded: true }));
      this.#cause = undefined;
    }
    await this.#worker.terminate();
  }

  #hear(said: Answer | Progress): void {
    if ("progress" in said) this.#pending.get(said.id)?.onProgress?.(said.progress);
    else this.#settle(said);
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if ("error" in answer) {
      pending?.reject(fromPlainError(answer.error, "local engine"));
    } else {
      pending?.resolve(answer.result);
    }
  }

  /** The thread is gone: every call that waits for it fails. Later events, such as its exit, are no causes of their own. */
  #fail(error: EngineError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cause = error;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) {
      reject(error);
    }
  }
}
