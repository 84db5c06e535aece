/**
 * @module
 * The options of an engine behind the Tinker protocol.
 */
import type { Clock } from "../../http/index.ts";
import type { FreshModel } from "../local/local-options.ts";
import type { LossReduction } from "./coefficient-loss.ts";

/** Sends one request. */
export type Fetch = (url: string, options: RequestInit) => Promise<Response>;

/** A request has no answer yet and is tried again. */
export interface RetryEvent {
  readonly event: "engine-retry";
  readonly url: string;
  readonly call: string;
  /** Attempts so far. */
  readonly attempt: number;
  /** Until the next, ms. */
  readonly waitMs: number;
  /** Longest time that attempts continue, ms. */
  readonly limitMs: number;
  /** Why there is no answer. */
  readonly message: string;
}

export interface TinkerEngineOptions {
  /** Address of the server, such as http://127.0.0.1:8000. */
  readonly url: string;
  /** Sent as X-API-Key. */
  readonly apiKey?: string | undefined;
  /** Name of the model at the server; may be left out where the server has only one. */
  readonly baseModel?: string | undefined;
  /** Directory of the model's tokenizer and processor here, or the built-in model; its weights are not read. */
  readonly model: string | FreshModel;
  /** Rank of LoRA; 0, the default, trains all weights. */
  readonly loraRank?: number;
  /** Seed of LoRA's first factors. */
  readonly loraSeed?: number;
  readonly valueHead?: boolean;
  /** Compare the sampler's log-probs with the trainer's in every update that allows it; true unless given. */
  readonly measureMismatch?: boolean;
  /** How the server adds up losses; measured when the engine is opened unless given. */
  readonly lossReduction?: LossReduction | undefined;
  /** Form of large bodies; what the server says it takes unless given. */
  readonly wire?: "auto" | "json" | "protobuf" | undefined;
  /**
   * Once it is aborted, what has no answer is not tried again, and waits end. A request under way may end, except while the
   * engine is being opened.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called after every attempt without an answer. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Largest body of one request, bytes; a batch that is larger is sent in parts. 64 MiB unless given. */
  readonly maxRequestBytes?: number;
  /** Longest that one attempt of a request may take, ms. */
  readonly requestTimeoutMs?: number;
  /** Longest that a request is tried again without an answer, ms. */
  readonly retryLimitMs?: number;
  /** Longest that an operation's result is waited for, ms. */
  readonly futureLimitMs?: number;
  /** Time between signs of life, ms. */
  readonly heartbeatMs?: number;
  /** Seed of the jitter between attempts. */
  readonly seed?: number;
  readonly clock?: Clock;
  readonly fetch?: Fetch;
}
