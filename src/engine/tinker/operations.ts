/**
 * @module
 * Operations of one session: requests that answer with a future, whose result is waited for. They find out when the server
 * has lost the session, and then nothing more is sent in it.
 */
import { EngineError, type FoveaError, InterruptedError, SessionLostError } from "../../errors/index.ts";
import { type Clock, systemClock } from "../../http/index.ts";
import { type HttpClient, JSON_TYPE, PENDING, RefusedError, type RequestBody } from "./http-client.ts";
import { parsed } from "./parsed.ts";
import type { TinkerEngineOptions } from "./tinker-options.ts";
import { failureSchema, futureSchema, jsonText, pendingSchema } from "./wire.ts";

/** Where the API is at a server. */
export const API = "/api/v1";
/** Operations that must not run twice on a model. */
const ADDING = new Set(["forward_backward", "optim_step"]);
/** Codes of a failed operation that mean that the model is gone. */
const LOST = new Set(["unknown-session", "unknown-model", "unknown-future", "unknown-sampling-session"]);

/** A server that answers "not yet" at once is asked no more often than this. */
const SHORTEST_POLL_MS = 100;

/** A body in JSON. */
export function jsonBody(body: object): RequestBody {
  return { type: JSON_TYPE, content: jsonText(body) };
}

/** A request whose answer is a future. */
export interface Submission {
  readonly call: string;
  /** Below the API's address. */
  readonly path: string;
  readonly body: RequestBody;
  /** The call's name in errors. */
  readonly name: string;
  /** Whether an answer of 404 means that the session is gone; true unless given. */
  readonly isOfSession?: boolean;
  /** It has the model's next number, which no other request may have once the server took this one. */
  readonly isNumbered?: boolean;
}

/** Facts that were found out about a server; they hold for all sessions there. */
export interface ServerHabits {
  /** Whether it does a request of a number again where it comes again. */
  isDoneEachTime: boolean;
}

export class Operations {
  readonly #http: HttpClient;
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #server: ServerHabits;
  #lost: FoveaError | undefined;

  constructor(http: HttpClient, options: TinkerEngineOptions, server: ServerHabits) {
    this.#http = http;
    this.#server = server;
    this.#clock = options.clock ?? systemClock;
    this.#limitMs = options.futureLimitMs ?? 3_600_000;
  }

  /** Why the session is lost; undefined while it is not. */
  get lost(): FoveaError | undefined {
    return this.#lost;
  }

  /** @throws SessionLostError when the session is lost */
  requireLive(): void {
    if (this.#lost !== undefined) throw this.#lost;
  }

  /**
   * Sends a request; its result is had from `result`.
   *
   * @throws SessionLostError also where nobody knows whether the server took a request with a number
   */
  async submit(submission: Submission): Promise<string> {
    const { call, path, body, name, isOfSession = true, isNumbered = false } = submission;
    this.requireLive();
    const isDoneEachTime = this.#server.isDoneEachTime && ADDING.has(call);
    let isInDoubt = false;
    const onLostAnswer = () => {
      isInDoubt = isNumbered;
    };
    const request = { call: name, path: `${API}/${path}`, body, isOfSession, isDoneEachTime, onLostAnswer };
    try {
      const answer = await this.noting(this.#http.send(request));
      return parsed(futureSchema, answer, name).request_id;
    } catch (error) {
      // A refusal is an answer to all attempts: the same bytes are one request to the server.
      if (!isInDoubt || this.#lost !== undefined || error instanceof RefusedError) throw error;
      const { message } = error as Error;
      this.#lost = new SessionLostError(`${message}; the server may have taken the request`, {
        cause: error,
      });
      throw error instanceof InterruptedError ? error : this.#lost;
    }
  }

  /**
   * Waits for a result, for as long as the limit allows.
   *
   * @throws EngineError when the operation failed, or does not end
   */
  result(requestId: string, name: string, accept?: string): Promise<unknown> {
    return this.noting(this.#result(requestId, name, accept));
  }

  async #result(requestId: string, call: string, accept: string = JSON_TYPE): Promise<unknown> {
    const start = this.#clock.now();
    const body = jsonBody({ request_id: requestId });
    const path = `${API}/retrieve_future`;
    const request = { call, path, body, accept, isOfSession: true, mayWait: true };
    for (;;) {
      const asked = this.#clock.now();
      const answer = await this.#http.send(request);
      if (answer !== PENDING && !pendingSchema.safeParse(answer).success) return this.#checked(answer, call);
      const early = SHORTEST_POLL_MS - (this.#clock.now() - asked);
      if (early > 0) await this.#clock.sleep(early);
      if (this.#clock.now() - start > this.#limitMs) {
        const seconds = Math.round(this.#limitMs / 1000);
        throw new EngineError(
          `${call}: no result after ${seconds} s (future ${requestId} at ${this.#http.url})`,
        );
      }
      this.requireLive();
    }
  }

  #checked(answer: unknown, name: string): unknown {
    const failure = failureSchema.safeParse(answer);
    if (!failure.success) return answer;
    const { error, code } = failure.data;
    if (code != null && LOST.has(code)) {
      throw new SessionLostError(`${name}: ${this.#http.url} has lost the session: ${error}`);
    }
    throw new EngineError(`${name}: ${this.#http.url}: ${error}`);
  }

  /** Notes that the session is lost where work in it fails by that. */
  async noting<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SessionLostError) this.#lost = error;
      throw error;
    }
  }
}
