/**
 * @module
 * Operations under way and their results. A request that comes again, told by its key, is the operation that it was the
 * first time: nothing is done twice.
 */
import { randomUUID } from "node:crypto";
import type { EntryOf, Journal } from "./journal.ts";
import { failureBody, Refusal } from "./refusal.ts";

/** Results that are kept; beyond, the oldest are forgotten. */
const KEPT = 20_000;
/** Bytes of results that are kept. */
const KEPT_BYTES = 2 ** 29;
/** Larger results are lost by a restart. */
const JOURNALED_BYTES = 2 ** 20;
/** Results that a restart takes over. */
const KEPT_OVER_RESTART = 2000;

interface Future {
  readonly id: string;
  readonly key: string | undefined;
  readonly digest: string | undefined;
  readonly session: string;
  result: object | undefined;
  bytes: number;
  readonly waiting: Set<() => void>;
}

/** Who asks, and by what the request is known again. */
export interface FutureOwner {
  readonly call: string;
  readonly session: string;
  readonly key?: string | undefined;
  /** Digest of the request's body. */
  readonly digest?: string | undefined;
}

/** All operations of a server. */
export class Futures {
  readonly #journal: Journal;
  readonly #byId = new Map<string, Future>();
  readonly #byKey = new Map<string, Future>();
  #bytes = 0;
  #isFrozen = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Takes up results of before a restart. */
  restore(results: readonly EntryOf<"result">[]): void {
    for (const { id, key, digest, session, result } of results) {
      const bytes = JSON.stringify(result).length;
      this.#add({ id, key, digest, session, result, bytes, waiting: new Set() });
      this.#bytes += bytes;
    }
  }

  /** The newest results as the journal has them. */
  entries(): EntryOf<"result">[] {
    const kept = [...this.#byId.values()].filter(
      ({ result, bytes }) => result !== undefined && bytes <= JOURNALED_BYTES,
    );
    return kept.slice(-KEPT_OVER_RESTART).map(({ id, key, digest, session, result = {} }) => ({
      kind: "result",
      id,
      key,
      digest,
      session,
      result,
    }));
  }

  #add(future: Future): void {
    this.#byId.set(future.id, future);
    if (future.key !== undefined) this.#byKey.set(future.key, future);
  }

  /**
   * The id of the operation that this request is, begun by `start` when it is new.
   *
   * @param start begins the work; what it throws at once is the operation's failure
   * @throws Refusal when the key was used by another request
   */
  begin({ call, session, key, digest }: FutureOwner, start: () => Promise<object>): string {
    const known = key === undefined ? undefined : this.#byKey.get(key);
    if (known !== undefined) {
      if (known.digest === digest) return known.id;
      throw new Refusal(
        "sequence-conflict",
        `${call}: number ${key?.split("#").at(-1)} was used by another request; do two clients train one model?`,
      );
    }
    const id = randomUUID();
    const future: Future = { id, key, digest, session, result: undefined, bytes: 0, waiting: new Set() };
    this.#add(future);
    const settle = (result: object) => this.#settle(future, result);
    const failed = (error: unknown) => settle(failureBody(error, call));
    let work: Promise<object>;
    try {
      work = start();
    } catch (error) {
      failed(error);
      return id;
    }
    void work.then(settle, failed);
    return id;
  }

  #settle(future: Future, result: object): void {
    if (future.result !== undefined || this.#isFrozen) return;
    future.result = result;
    const { id, key, digest, session } = future;
    future.bytes = JSON.stringify(result).length;
    try {
      if (future.bytes <= JOURNALED_BYTES) {
        this.#journal.add({ kind: "result", id, key, digest, session, result });
      }
    } catch {
      // The disk is full: the result is lost by a restart only, and the work is not done again before one.
    }
    this.#bytes += future.bytes;
    for (const wake of future.waiting) wake();
    future.waiting.clear();
    this.#forgetOldest();
  }

  #forgetOldest(): void {
    for (const future of this.#byId.values()) {
      if (this.#byId.size <= KEPT && this.#bytes <= KEPT_BYTES) return;
      if (future.result !== undefined) this.#forget(future);
    }
  }

  #forget(future: Future): void {
    this.#byId.delete(future.id);
    if (future.key !== undefined) this.#byKey.delete(future.key);
    this.#bytes -= future.bytes;
  }

  /**
   * An operation's result; undefined when it has none after so many milliseconds, or the client has gone.
   *
   * @throws Refusal when there is no such operation
   */
  async wait(id: string, milliseconds: number, gone: AbortSignal): Promise<object | undefined> {
    const future = this.#byId.get(id);
    if (future === undefined) throw new Refusal("unknown-future", `no future ${id}`);
    if (future.result === undefined) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        const wake = () => {
          clearTimeout(timer);
          future.waiting.delete(wake);
          resolve();
        };
        future.waiting.add(wake);
        gone.addEventListener("abort", wake, { once: true });
      });
    }
    return future.result;
  }

  /** Leaves what is not done undone: the requests are forgotten, and may be made again after a restart. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** The session whose operation it is. */
  sessionOf(id: string): string | undefined {
    return this.#byId.get(id)?.session;
  }

  /** Ends what a session still waits for. */
  failAll(session: string, error: Refusal): void {
    for (const future of this.#byId.values()) {
      if (future.session === session && future.result === undefined) {
        this.#settle(future, failureBody(error, "session"));
      }
    }
  }
}
