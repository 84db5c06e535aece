/**
 * @module
 * Operations under way and their results. A request that comes again has the same key, and gets the operation
 * of the first time: nothing is done twice.
 */
import { randomUUID } from "node:crypto";
import { wire } from "../engine/index.ts";
import { failureBody, Refusal } from "./refusal.ts";
import type { Results } from "./results.ts";

/** Characters of results that wait in memory for room on the disk; beyond, the oldest are forgotten. */
const UNSAVED = 2 ** 29;

/** An operation that is under way, or whose result is not on the disk. */
interface Future {
  readonly id: string;
  readonly call: string;
  readonly key: string | undefined;
  readonly digest: string | undefined;
  readonly session: string;
  readonly model: string | undefined;
  /** The result, JSON. */
  text: string | undefined;
  readonly waiting: Set<() => void>;
}

/** The client, and the key by which a repeated request is recognised. */
export interface FutureOwner {
  readonly call: string;
  readonly session: string;
  /** The model whose end is the operation's; absent where it outlives all models. */
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  /** Digest of the request's body. */
  readonly digest?: string | undefined;
}

/** All operations of a server. */
export class Futures {
  readonly #results: Results;
  readonly #byId = new Map<string, Future>();
  readonly #byKey = new Map<string, Future>();
  /** Those with a result that the disk had no room for, oldest first. */
  readonly #unsaved = new Set<Future>();
  #unsavedLength = 0;
  #isFrozen = false;

  constructor(results: Results) {
    this.#results = results;
  }

  /**
   * The id of the operation that this request is, begun by `start` when it is new.
   *
   * @param start begins the work; what it throws at once is the operation's failure
   * @throws Refusal when the key was used by another request
   */
  begin({ call, session, model, key, digest }: FutureOwner, start: () => Promise<object>): string {
    const known = key === undefined ? undefined : (this.#byKey.get(key) ?? this.#results.withKey(key));
    if (known !== undefined) {
      if (known.digest === digest) return known.id;
      throw new Refusal(
        "sequence-conflict",
        `${call}: number ${key?.split("#").at(-1)} was used by another request; do two clients train one model?`,
      );
    }
    const id = randomUUID();
    const future: Future = { id, call, key, digest, session, model, text: undefined, waiting: new Set() };
    this.#byId.set(id, future);
    if (key !== undefined) this.#byKey.set(key, future);
    const settle = (result: object) => this.#settle(future, result);
    const failed = (error: unknown) => {
      // An operation that the server's end prevents has no result: the request may be made again.
      if (!(error instanceof Refusal && error.code === "restarting")) settle(failureBody(error, call));
    };
    let work: Promise<object>;
    try {
      work = start();
    } catch (error) {
      failed(error);
      return id;
    }
    void work.then(settle).catch(failed);
    return id;
  }

  #settle(future: Future, result: object): void {
    if (future.text !== undefined || this.#isFrozen) return;
    future.text = wire.jsonText(result);
    this.#keep(future);
    for (const wake of future.waiting) wake();
    future.waiting.clear();
  }

  /** Writes a result, and then earlier results for which there was no room. A result without room stays in memory. */
  #keep(future: Future): void {
    try {
      this.#save(future);
      for (const late of this.#unsaved) this.#save(late);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!this.#byId.has(future.id)) return;
      this.#unsaved.add(future);
      this.#unsavedLength += future.text?.length ?? 0;
      for (const oldest of this.#unsaved) {
        if (this.#unsavedLength <= UNSAVED) break;
        this.#forget(oldest);
      }
    }
  }

  #save(future: Future): void {
    this.#results.add({ ...future, text: future.text ?? "" });
    this.#forget(future);
  }

  /** Lets go of an operation that is done. */
  #forget(future: Future): void {
    this.#byId.delete(future.id);
    if (future.key !== undefined) this.#byKey.delete(future.key);
    if (this.#unsaved.delete(future)) this.#unsavedLength -= future.text?.length ?? 0;
  }

  /**
   * An operation's result, JSON; undefined when it has none after so many milliseconds, or the client has gone.
   *
   * @throws Refusal when there is no such operation, or its result cannot be read
   */
  async wait(id: string, milliseconds: number, gone: AbortSignal): Promise<string | undefined> {
    const future = this.#byId.get(id);
    if (future === undefined) {
      const text = this.#results.text(id);
      if (text === undefined) throw new Refusal("unknown-future", `no future ${id}`);
      return text;
    }
    if (future.text === undefined) {
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
    return future.text;
  }

  /** Leaves what is not done undone: the requests are forgotten, and may be made again after a restart. */
  freeze(): void {
    this.#isFrozen = true;
  }

  /** The session whose operation it is. */
  sessionOf(id: string): string | undefined {
    return this.#byId.get(id)?.session ?? this.#results.sessionOf(id);
  }

  /** Ends what a session, or a model's client, still waits for. */
  failAll(owner: { readonly session: string } | { readonly model: string }, error: Refusal): void {
    const isOf = (future: Future) =>
      "session" in owner ? future.session === owner.session : future.model === owner.model;
    for (const future of this.#byId.values()) {
      if (isOf(future) && future.text === undefined) {
        this.#settle(future, failureBody(error, future.call));
      }
    }
  }
}
