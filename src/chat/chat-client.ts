/**
 * @module
 * Chat completions of an OpenAI-compatible server: so many at once, sent again where that may help, within a budget.
 */
import { PartError } from "../errors/index.ts";
import { askedWait, type Clock, doubledWait, shownBody, systemClock } from "../http/index.ts";
import { Rng } from "../math/index.ts";
import { timerMs } from "../parts/index.ts";
import { answerOf, type ChatAnswer, type ChatRequest } from "./chat-wire.ts";
import type { ChatServerOptions } from "./options.ts";
import { RequestGate } from "./request-gate.ts";

const WAIT_MS = { first: 1000, longest: 60_000 };
/** The longest wait that a server's Retry-After may ask for. */
const LONGEST_ASKED_MS = 300_000;
/** Codes of connections to an address where no server is. */
const NOBODY_THERE = new Set(["ECONNREFUSED", "ENOTFOUND"]);
/** Server errors that stay when the request is sent again. */
const FINAL = new Set([501, 505]);

export interface ChatClientContext {
  /** Who answers, for messages: "model" unless given. */
  readonly role?: string | undefined;
  /** Called once for each delay before a retry. */
  readonly warn?: ((message: string) => void) | undefined;
  readonly clock?: Clock | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The usage of a client so far. */
export interface ChatSpending {
  /** Those sent again included. */
  readonly requests: number;
  /** As the server counts them; answers without usage count as none. */
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Why a request is to be sent again. */
interface Retry {
  readonly reason: string;
  readonly afterMs?: number | undefined;
}

export class ChatClient {
  readonly #options: ChatServerOptions;
  readonly #context: ChatClientContext;
  readonly #clock: Clock;
  readonly #gate: RequestGate;
  /** Of waits alone, which no result depends on. */
  readonly #rng = new Rng(0).fork("waits");
  /** Aborted by a failure of the server for all, with the requests that are under way or wait. */
  #outage = new AbortController();
  #toldUntil = -Infinity;
  #requests = 0;
  #promptTokens = 0;
  #completionTokens = 0;
  #answers = 0;

  constructor(options: ChatServerOptions, context: ChatClientContext = {}) {
    this.#options = options;
    this.#context = context;
    this.#clock = context.clock ?? systemClock;
    this.#gate = new RequestGate(options.concurrency, this.#clock);
  }

  get spent(): ChatSpending {
    return {
      requests: this.#requests,
      promptTokens: this.#promptTokens,
      completionTokens: this.#completionTokens,
    };
  }

  /**
   * The replies to a conversation.
   *
   * @throws PartError when the server refuses the request. With `isTotal` when no server is there, it refuses the key
   *   or the model, keeps answering nothing or 429, or the budget is used up.
   * @throws the signal's reason when it is aborted
   */
  async chat(request: ChatRequest, signal?: AbortSignal): Promise<ChatAnswer> {
    const outage = this.#outage;
    const ending = signal === undefined ? outage.signal : AbortSignal.any([signal, outage.signal]);
    try {
      return await this.#gate.within(ending, () => this.#answered(request, ending));
    } catch (error) {
      if (error instanceof PartError && error.isTotal && this.#outage === outage) {
        outage.abort(error);
        this.#outage = new AbortController();
      }
      throw error;
    }
  }

  async #answered(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer> {
    const answersBefore = this.#answers;
    for (let attempt = 1; ; attempt++) {
      await this.#gate.pause(signal);
      this.#requireBudget();
      this.#requests += 1;
      const answer = await this.#attempt(request, signal);
      if (!("reason" in answer)) {
        this.#answers += 1;
        this.#count(answer);
        return answer;
      }
      if (attempt > this.#options.retries) {
        // A server that answers others can still be broken for this request alone.
        const isTotal = this.#answers === answersBefore;
        const times = attempt === 1 ? "" : `, ${attempt} times in a row`;
        throw this.#error(`${answer.reason}${times}; look at the server, or raise retries`, isTotal);
      }
      this.#wait(attempt, answer);
    }
  }

  #requireBudget(): void {
    const { requests = Infinity, tokens = Infinity } = this.#options.budget ?? {};
    if (this.#requests >= requests) {
      throw this.#error(`the budget of ${requests} requests is used up; raise budget.requests`, true);
    }
    const spent = this.#promptTokens + this.#completionTokens;
    if (spent >= tokens) {
      throw this.#error(
        `the budget of ${tokens} tokens is used up (${spent} in ${this.#requests} requests); raise budget.tokens`,
        true,
      );
    }
  }

  #count({ usage }: ChatAnswer): void {
    this.#promptTokens += usage?.prompt ?? 0;
    this.#completionTokens += usage?.completion ?? 0;
    if (usage !== undefined || this.#options.budget?.tokens === undefined) return;
    throw this.#error("reports no usage, so budget.tokens cannot be kept; set budget.requests", true);
  }

  /** Makes every request wait: a server that is overloaded is so for all. */
  #wait(attempt: number, { reason, afterMs = 0 }: Retry): void {
    const own = doubledWait(WAIT_MS, attempt - 1, this.#rng.uniform());
    const wait = Math.max(own, Math.min(afterMs, LONGEST_ASKED_MS));
    const now = this.#clock.now();
    this.#gate.pauseUntil(now + wait);
    if (now < this.#toldUntil) return;
    this.#toldUntil = now + wait;
    const again = `attempt ${attempt + 1} of ${this.#options.retries + 1} in ${(wait / 1000).toFixed(1)} s`;
    const asked = afterMs > LONGEST_ASKED_MS ? `; it asks to wait ${Math.round(afterMs / 1000)} s` : "";
    this.#context.warn?.(`${this.#name()}: ${reason}${asked}; ${again}`);
  }

  async #attempt(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer | Retry> {
    const { url, model, timeoutSeconds, apiKeyVariable } = this.#options;
    const { messages, temperature, fields } = request;
    const key = process.env[apiKeyVariable] ?? "";
    const timeout = AbortSignal.timeout(timerMs(timeoutSeconds * 1000));
    const body = JSON.stringify({ model, messages, temperature, ...fields });
    let response: Response;
    let text: string;
    try {
      response = await (this.#context.fetch ?? fetch)(`${url.replace(/\/+$/, "")}/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(key !== "" && { authorization: `Bearer ${key}` }),
        },
        body,
        signal: AbortSignal.any([signal, timeout]),
      });
      text = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      if (timeout.aborted) return { reason: `no answer within ${timeoutSeconds} s (timeoutSeconds)` };
      const { message, cause } = error as Error;
      const { code } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
      // A server that has answered before may be about to start again.
      if (code !== undefined && NOBODY_THERE.has(code) && this.#answers === 0) {
        throw this.#error(`no server there (${code}); start it, or correct url`, true, error);
      }
      const detail = cause instanceof Error && cause.message !== "" ? cause.message : message;
      // Errors of the network have a code; a request without a code cannot be sent at all, such as to a port that
      // fetch refuses.
      if (cause instanceof Error && code === undefined) {
        throw this.#error(`cannot be asked: ${detail}; correct url`, true, error);
      }
      return { reason: `no answer: ${detail}` };
    }
    return this.#read(response, text);
  }

  #read({ status, headers }: Response, text: string): ChatAnswer | Retry {
    const { model, apiKeyVariable } = this.#options;
    if (status === 408 || status === 429 || (status >= 500 && !FINAL.has(status))) {
      return {
        reason: `status ${status}: ${shownBody(text)}`,
        afterMs: askedWait(headers.get("retry-after")),
      };
    }
    if (status === 401 || status === 403) {
      const hint = `expected a valid API key in the environment variable ${apiKeyVariable} (apiKeyVariable)`;
      throw this.#error(`status ${status}: ${shownBody(text)}; ${hint}`, true);
    }
    if (status === 404) {
      const hint = `expected url to end as the server's documentation says, such as /v1, and a model ${model}`;
      throw this.#error(`status 404: ${shownBody(text)}; ${hint}`, true);
    }
    if (status >= 300) throw this.#error(`refuses the request, status ${status}: ${shownBody(text)}`, false);
    const answer = answerOf(text);
    return answer ?? { reason: `expected a chat completion as JSON, got ${shownBody(text)}` };
  }

  #name(): string {
    return `${this.#context.role ?? "model"} ${this.#options.model} at ${this.#options.url}`;
  }

  #error(problem: string, isTotal: boolean, cause?: unknown): PartError {
    return new PartError(`${this.#name()}: ${problem}`, { isTotal, ...(cause !== undefined && { cause }) });
  }
}
