/**
 * @module
 * One request to a Tinker server, tried until it is answered: a cut connection, 429 and 5xx are tried again after a
 * wait that doubles, with jitter. Every mutating request carries its sequence number in its body, so the same bytes
 * sent twice are one request to the server.
 */
import { EngineError, type FoveaError, InterruptedError, SessionLostError } from "../../errors/index.ts";
import { askedWait, type Clock, doubledWait, shownBody, systemClock } from "../../http/index.ts";
import { Rng } from "../../math/index.ts";
import { timerMs } from "../../parts/index.ts";
import { isWhole, PROTOBUF } from "./protobuf/index.ts";
import type { Fetch, RetryEvent, TinkerEngineOptions } from "./tinker-options.ts";
import { failureSchema } from "./wire.ts";

const WAIT_MS = { first: 250, longest: 30_000 };
/** Of a server that answers, but cannot do what was asked: trying again would not help. */
const FINAL_SERVER_ERRORS = new Set([501, 505, 507]);
/** Of a server that has not taken the request. Any other failure may be a proxy's, before a server that has. */
const NOT_TAKEN = new Set([429, 503]);
/** Codes of connections that never were. */
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);
/** Messages of fetch for addresses to which it sends nothing. */
const NEVER_SENT = new Set(["bad port", "unknown scheme"]);
/** SkyRL's message (400) about a model that it had before a restart. */
const NOT_LOADED = /\bmodel '?\S+ not loaded\b/i;

/** Media type of JSON. */
export const JSON_TYPE = "application/json";

/** The request body. */
export interface RequestBody {
  readonly type: string;
  readonly content: string | Uint8Array;
  /** How the content is compressed. */
  readonly encoding?: "zstd";
}

/** An answer that is no JSON. */
export interface BinaryAnswer {
  readonly bytes: Uint8Array;
}

/** Whether an answer is one that is no JSON. */
export function isBinary(answer: unknown): answer is BinaryAnswer {
  return answer instanceof Binary;
}

class Binary implements BinaryAnswer {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** One call. */
export interface Request {
  /** The purpose of the request, for errors. */
  readonly call: string;
  readonly path: string;
  /** A request without one is a GET. */
  readonly body?: RequestBody;
  /** The format requested for the answer; JSON unless given, and the server may answer in JSON regardless. */
  readonly accept?: string;
  /** An answer of 404 means that the session is gone. */
  readonly isOfSession?: boolean;
  /** Tries only once. */
  readonly isOnce?: boolean;
  /** The server would do it again: where an attempt may have arrived and its answer is lost, there is no other. */
  readonly isDoneEachTime?: boolean;
  /** Called when an attempt may have arrived whose answer is lost. */
  readonly onLostAnswer?: () => void;
  /**
   * Gives "not yet" to the caller instead of trying again: the answer 408, or none in the time of an attempt. A server may
   * hold the request for as long as the operation takes; SkyRL does for five minutes.
   */
  readonly mayWait?: boolean;
}

/** The server's answer is that it will not. */
export class RefusedError extends EngineError {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/**
 * The name to save under exists: the server accepted an earlier attempt, and its answer was lost. SkyRL 0.3.0 answers
 * so (409).
 */
export class NameTakenError extends RefusedError {}

/** The answer is not there yet. */
export const PENDING: unique symbol = Symbol("pending");

interface Answer {
  readonly status: number;
  /** Media type, without parameters. */
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly retryAfterMs: number | undefined;
  /** Where a redirect leads. */
  readonly location: string | null;
}

/** Sends requests to one server. */
export class HttpClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #attemptMs: number;
  readonly #limitMs: number;
  readonly #onRetry: (event: RetryEvent) => void;
  readonly #closing = new AbortController();
  /** Aborted when the engine is closed, or by the caller's own signal: then nothing is tried again. */
  readonly #ending: AbortSignal;
  #isOpening = true;

  constructor(options: TinkerEngineOptions) {
    this.url = options.url.replace(/\/+$/, "");
    const { apiKey = "" } = options;
    this.#headers = apiKey === "" ? {} : { "x-api-key": apiKey };
    this.#onRetry = options.onRetry ?? (() => {});
    const { signal } = options;
    this.#ending = signal ? AbortSignal.any([this.#closing.signal, signal]) : this.#closing.signal;
    this.#fetch = options.fetch ?? globalThis.fetch;
    this.#clock = options.clock ?? systemClock;
    this.#rng = new Rng(options.seed ?? 0).fork("tinker");
    this.#attemptMs = options.requestTimeoutMs ?? 120_000;
    this.#limitMs = options.retryLimitMs ?? 300_000;
  }

  /** From now on the caller's signal lets the attempt under way end, so that what it does is not lost. */
  opened(): void {
    this.#isOpening = false;
  }

  /** Ends requests that wait for an answer. */
  close(): void {
    this.#closing.abort();
  }

  /**
   * The answer's JSON, or its bytes where it is none and that was asked for.
   *
   * @throws SessionLostError when the server does not know the session, the model or the future any more, or when nobody knows
   *   whether a request was done that must not be done twice
   * @throws EngineError naming the call: refused, or without an answer for too long
   * @throws InterruptedError when there is no answer and the caller's signal is aborted
   */
  async send(request: Request): Promise<unknown> {
    const start = this.#clock.now();
    for (let attempt = 0; ; attempt++) {
      const problem = await this.#attempt(request);
      if (!(problem instanceof Retry)) return problem;
      if (problem.mayBeDone) request.onLostAnswer?.();
      if (request.isDoneEachTime && problem.mayBeDone) {
        throw new SessionLostError(
          `${request.call}: the answer of ${this.url}, which would do again what comes again, is lost: ${problem.message}`,
        );
      }
      const waited = this.#clock.now() - start;
      const { afterMs = 0 } = problem;
      const wait = Math.max(afterMs, doubledWait(WAIT_MS, attempt, this.#rng.uniform()));
      if (!request.isOnce && afterMs > this.#limitMs) {
        const [asked, allowed] = [afterMs, this.#limitMs].map((own) => `${Math.round(own / 1000)} s`);
        throw new EngineError(
          `${request.call}: ${this.url} asks to wait ${asked}, more than the ${allowed} allowed: ${problem.message}`,
        );
      }
      if (request.isOnce || waited + wait > this.#limitMs) {
        const tries = `${attempt + 1} attempts in ${Math.round(waited / 1000)} s`;
        throw new EngineError(`${request.call}: ${this.url} does not answer (${tries}): ${problem.message}`);
      }
      this.#requireOpen(request, problem);
      this.#onRetry({
        event: "engine-retry",
        url: this.url,
        call: request.call,
        attempt: attempt + 1,
        waitMs: wait,
        limitMs: this.#limitMs,
        message: problem.message,
      });
      await this.#clock.sleep(wait, this.#ending);
      this.#requireOpen(request, problem);
    }
  }

  /** @throws EngineError when the engine is closed, InterruptedError when the caller's signal is aborted */
  #requireOpen({ call }: Request, { message }: { readonly message: string }): void {
    if (this.#closing.signal.aborted) throw new EngineError(`${call}: the engine is closed`);
    if (this.#ending.aborted) {
      throw new InterruptedError(`${call}: interrupted while ${this.url} gave no answer: ${message}`);
    }
  }

  async #attempt(request: Request): Promise<unknown> {
    let answer: Answer;
    try {
      answer = await this.#exchange(request);
    } catch (error) {
      const { message, cause } = error as Error;
      if (this.#closing.signal.aborted) throw new EngineError(`${request.call}: the engine is closed`);
      if (request.mayWait && isUnanswered(error as Error)) return PENDING;
      if (cause instanceof Error && NEVER_SENT.has(cause.message)) {
        throw new EngineError(
          `${request.call}: ${this.url} cannot be asked: ${cause.message}; correct engine.url`,
        );
      }
      const mayBeDone = !NOT_CONNECTED.has(String((cause as NodeJS.ErrnoException | undefined)?.code));
      return new Retry(cause instanceof Error ? `${message}: ${cause.message}` : message, mayBeDone);
    }
    const { status, type, bytes, retryAfterMs, location } = answer;
    const isProtobuf = type === PROTOBUF;
    const text = isProtobuf ? `${bytes.byteLength} bytes of ${type}` : new TextDecoder().decode(bytes);
    if (status === 408 && request.mayWait) return PENDING;
    if (status === 408 || status === 429 || (status >= 500 && !FINAL_SERVER_ERRORS.has(status))) {
      return new Retry(`status ${status}: ${shownBody(text)}`, !NOT_TAKEN.has(status), retryAfterMs);
    }
    if (status >= 300 && status < 400 && location !== null) {
      // Nothing goes there, the API key least of all; and a POST would arrive as a GET.
      throw new RefusedError(
        `${request.call}: ${this.url} redirects to ${location} (${status}), where nothing is sent; correct engine.url`,
        status,
      );
    }
    if (status >= 300) throw this.#refused(request, status, text);
    if (isProtobuf) {
      if (request.accept?.startsWith(PROTOBUF) !== true) {
        throw new EngineError(
          `${request.call}: content-type: expected ${JSON_TYPE}, as the request asked, got ${type}`,
        );
      }
      return isWhole(bytes) ? new Binary(bytes) : new Retry(`expected a whole message, got ${text}`, true);
    }
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Cut off on its way, or not from the server at all.
      return new Retry(`expected JSON, got ${shownBody(text)}`, true);
    }
  }

  async #exchange({ path, body, accept = JSON_TYPE }: Request): Promise<Answer> {
    const response = await this.#fetch(`${this.url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...this.#headers,
        accept,
        ...(body && { "content-type": body.type }),
        ...(body?.encoding && { "content-encoding": body.encoding }),
      },
      redirect: "manual",
      ...(body && { body: body.content as string | Uint8Array<ArrayBuffer> }),
      signal: AbortSignal.any([
        this.#isOpening ? this.#ending : this.#closing.signal,
        AbortSignal.timeout(timerMs(this.#attemptMs)),
      ]),
    });
    const { status, headers } = response;
    const [type = ""] = (headers.get("content-type") ?? "").split(";");
    return {
      status,
      type: type.trim().toLowerCase(),
      bytes: new Uint8Array(await response.arrayBuffer()),
      retryAfterMs: askedWait(headers.get("retry-after")),
      location: headers.get("location"),
    };
  }

  #refused({ call, isOfSession }: Request, status: number, text: string): FoveaError {
    const said = failureText(text);
    if (status === 401 || status === 403) {
      return new RefusedError(
        `${call}: ${this.url} does not accept the API key (${status}): ${said}`,
        status,
      );
    }
    const isGone = status === 404 || status === 410 || (status === 400 && NOT_LOADED.test(said));
    // A checkpoint that is not there is no sign of the session.
    if (isGone && isOfSession && !UNKNOWN_CHECKPOINT.test(text)) {
      return new SessionLostError(`${call}: ${this.url} has lost the session: ${said}`);
    }
    const kind = status === 409 ? NameTakenError : RefusedError;
    return new kind(`${call}: ${this.url} refuses the request (${status}): ${said}`, status);
  }
}

/** Whether a request arrived at a server that has not begun to answer. */
function isUnanswered({ name, cause }: Error): boolean {
  return (
    name === "TimeoutError" ||
    (cause as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_HEADERS_TIMEOUT"
  );
}

const UNKNOWN_CHECKPOINT = /"code"\s*:\s*"unknown-checkpoint"/;

/** Why an attempt is to be made again. */
class Retry {
  readonly message: string;
  /** Whether the server may have taken it all the same. */
  readonly mayBeDone: boolean;
  readonly afterMs: number | undefined;

  constructor(message: string, mayBeDone: boolean, afterMs?: number) {
    this.message = message;
    this.mayBeDone = mayBeDone;
    this.afterMs = afterMs;
  }
}

/** The error that a body reports, in the server's words. */
function failureText(text: string): string {
  try {
    const json: unknown = JSON.parse(text);
    const failure = failureSchema.safeParse(json);
    if (failure.success) return failure.data.error;
    const { detail } = json as { readonly detail?: unknown };
    return shownBody(typeof detail === "string" ? detail : JSON.stringify(detail ?? json));
  } catch {
    return shownBody(text);
  }
}
