/**
 * @module
 * The reason of a refused request or a failed operation, as clients get it: a status, a stable code and
 * words.
 */
import { EngineError, FoveaError } from "../errors/index.ts";

/** Stable, machine-readable kinds. */
export type RefusalCode =
  | "bad-request"
  | "malformed-json"
  | "malformed-body"
  | "unsupported-media-type"
  | "too-large"
  | "unauthorized"
  | "unknown-path"
  | "unknown-model"
  | "unknown-base-model"
  | "unknown-session"
  | "unknown-sampling-session"
  | "unknown-future"
  | "unknown-checkpoint"
  | "sequence-conflict"
  | "sequence-gap"
  | "expected-tokens"
  | "unsupported"
  | "too-many-models"
  | "storage"
  | "restarting"
  | "failed";

const STATUS: Readonly<Partial<Record<RefusalCode, number>>> = {
  "malformed-json": 400,
  "too-large": 413,
  "unsupported-media-type": 415,
  unauthorized: 401,
  "unknown-path": 404,
  "unknown-model": 404,
  "unknown-base-model": 404,
  "unknown-session": 404,
  "unknown-sampling-session": 404,
  "unknown-future": 410,
  "unknown-checkpoint": 404,
  storage: 507,
  restarting: 503,
  failed: 500,
};

/** A request that is not done. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code] ?? 400;
  }
}

/** The body that says so; also the result of an operation that failed. */
export interface FailureBody {
  readonly error: string;
  /** Whose fault it is, in the protocol's words. */
  readonly category: "user" | "server";
  readonly code: string;
  /** The call that failed. */
  readonly call: string;
}

/** Whether an engine broke, so that the request is not to blame. */
export function isEngineFault(error: unknown): error is EngineError {
  return error instanceof EngineError && error.isFault;
}

/** Whether an engine has ended, so that every later call would fail. */
export function hasEngineEnded(error: unknown): error is EngineError {
  return error instanceof EngineError && error.hasEnded;
}

/** The answer to a client about an error. For an error that is not Fovea's, it only says that there was one. */
export function failureBody(error: unknown, call: string): FailureBody {
  if (error instanceof Refusal) {
    const isOurs = ["storage", "restarting", "failed"].includes(error.code) || isEngineFault(error.cause);
    return { error: error.message, category: isOurs ? "server" : "user", code: error.code, call };
  }
  if (error instanceof FoveaError) {
    const isOurs = error.code === "run" || isEngineFault(error);
    return { error: error.message, category: isOurs ? "server" : "user", code: error.code, call };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { error: `unexpected: ${message}`, category: "server", code: "failed", call };
}
