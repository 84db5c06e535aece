/**
 * @module
 * One model of a client: its engine, and its requests in the order of their sequence numbers, in any order of
 * arrival.
 */
import { randomUUID } from "node:crypto";
import type { Engine } from "../engine/index.ts";
import type { EngineError } from "../errors/index.ts";
import type { PromptPool } from "./prompt-pool.ts";
import { hasEngineEnded, Refusal } from "./refusal.ts";
import type { LoraRequest, ServedModel } from "./served-model.ts";

interface Waiting {
  readonly run: () => void;
  readonly fail: (error: Refusal) => void;
}

/** A model's id: of the session that made it, and its number there, as the SDK makes it too. */
export function modelId(session: string, sequence: number | null | undefined): string {
  return `${session}:train:${sequence ?? randomUUID()}`;
}

/** The parts of a host. */
export interface HostOptions {
  readonly id: string;
  readonly session: string;
  readonly served: ServedModel;
  /** Of LoRA, as it was asked for. */
  readonly rank: number;
  /** The adapters that are trained; absent, all weights are. */
  readonly lora: LoraRequest | undefined;
  readonly valueHead: boolean;
  readonly engine: Engine;
  readonly pool: PromptPool;
  /** Longest that requests wait for one with a lower number, ms. */
  readonly gapLimitMs: number;
  /** Closes the host, whose engine broke. */
  readonly onFault: (host: ModelHost, reason: Refusal) => void;
  /** The sequence number from which a suspended model continues. */
  readonly nextSequence?: number;
  readonly version?: number;
}

export class ModelHost {
  readonly id: string;
  readonly session: string;
  readonly served: ServedModel;
  /** Of LoRA, as it was asked for. */
  readonly rank: number;
  /** The adapters that are trained; absent, all weights are. */
  readonly lora: LoraRequest | undefined;
  readonly valueHead: boolean;
  readonly engine: Engine;
  readonly pool: PromptPool;
  readonly #gapLimitMs: number;
  readonly #onFault: HostOptions["onFault"];
  readonly #waiting = new Map<number, Waiting>();
  /** Numbers that failed while a lower one was missing; they are used. */
  readonly #failed = new Set<number>();
  #nextSequence: number;
  #version: number;
  #hasGradient = false;
  #tail: Promise<unknown> = Promise.resolve();
  /** Requests that are under way or wait for their turn on the engine. */
  #pending = 0;
  /** Runs while a number is missing, from when that was first so. */
  #gap: { readonly missing: number; readonly timer: NodeJS.Timeout } | undefined;
  #closed: Refusal | undefined;
  lastUsed: Date = new Date();

  constructor(options: HostOptions) {
    this.id = options.id;
    this.session = options.session;
    this.served = options.served;
    this.rank = options.rank;
    this.lora = options.lora;
    this.valueHead = options.valueHead;
    this.engine = options.engine;
    this.pool = options.pool;
    this.#gapLimitMs = options.gapLimitMs;
    this.#onFault = options.onFault;
    this.#nextSequence = options.nextSequence ?? 1;
    this.#version = options.version ?? 0;
  }

  get nextSequence(): number {
    return this.#nextSequence;
  }

  /** Number of times that the weights have changed. */
  get version(): number {
    return this.#version;
  }

  /** Whether gradients were added since the last step. */
  get hasGradient(): boolean {
    return this.#hasGradient;
  }

  noteGradient(): void {
    this.#hasGradient = true;
  }

  noteStep(): void {
    this.#hasGradient = false;
    this.#version += 1;
  }

  /**
   * Runs work on the engine after all that was enqueued before.
   *
   * @throws Refusal in the promise: the model is gone. An engine that has ended takes its model with it
   */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    this.lastUsed = new Date();
    const guarded = async () => {
      if (this.#closed !== undefined) throw this.#closed;
      try {
        return await work();
      } catch (error) {
        if (!hasEngineEnded(error)) throw error;
        throw this.#lost(error);
      }
    };
    this.#pending += 1;
    const result = this.#tail.then(guarded, guarded).finally(() => {
      this.#pending -= 1;
    });
    this.#tail = result.catch(() => {});
    return result;
  }

  /** Why the model is gone, whose engine broke or was closed. */
  #lost(cause: EngineError): Refusal {
    if (this.#closed !== undefined) return this.#closed;
    const words = `the model ${this.id} is lost, since its engine broke: ${cause.message}`;
    const reason = new Refusal("unknown-model", words, { cause });
    this.#onFault(this, reason);
    return reason;
  }

  /**
   * Runs work when it is its turn by number; a request without one comes when it comes.
   *
   * @throws Refusal in the promise: a lower number never came, or the model is gone
   */
  inTurn<T>(sequence: number | null | undefined, work: () => Promise<T>): Promise<T> {
    if (sequence == null) return this.enqueue(work);
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (sequence < this.#nextSequence) {
      return Promise.reject(
        new Refusal(
          "sequence-conflict",
          `number ${sequence} was used before; the next is ${this.#nextSequence}`,
        ),
      );
    }
    this.#failed.delete(sequence);
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(sequence, {
        run: () => void this.enqueue(work).then(resolve, reject),
        fail: reject,
      });
      this.#advance();
    });
  }

  #advance(): void {
    for (;;) {
      while (this.#failed.delete(this.#nextSequence)) this.#nextSequence += 1;
      const next = this.#waiting.get(this.#nextSequence);
      if (next === undefined) break;
      this.#waiting.delete(this.#nextSequence);
      this.#nextSequence += 1;
      next.run();
    }
    const missing = this.#nextSequence;
    if (this.#waiting.size > 0 && this.#gap?.missing === missing) return;
    this.#endGap();
    if (this.#waiting.size === 0) return;
    this.#gap = { missing, timer: setTimeout(() => this.#failWaiting(), this.#gapLimitMs).unref() };
  }

  #endGap(): void {
    clearTimeout(this.#gap?.timer);
    this.#gap = undefined;
  }

  #failWaiting(): void {
    this.#endGap();
    const error = new Refusal(
      "sequence-gap",
      `request number ${this.#nextSequence} did not come within ${this.#gapLimitMs / 1000} s, so those after it were not run`,
    );
    for (const [sequence, { fail }] of this.#waiting) {
      fail(error);
      this.#failed.add(sequence);
    }
    this.#waiting.clear();
  }

  /** Ends what is under way and frees the engine. */
  async close(reason: Refusal): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    this.#endGap();
    for (const { fail } of this.#waiting.values()) fail(reason);
    this.#waiting.clear();
    await this.engine.close();
  }

  /** Whether nothing is under way. */
  get isIdle(): boolean {
    return this.#pending === 0;
  }

  /** Waits for the enqueued requests, also for requests that come meanwhile. */
  async idle(): Promise<void> {
    while (!this.isIdle) await this.#tail;
  }
}
