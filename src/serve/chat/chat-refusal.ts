/**
 * @module
 * The reason of a refused or failed chat completion, in the form of OpenAI's API: a status, and `error` with a
 * message, a type, a parameter and a code.
 */
import { Refusal, type RefusalCode } from "../refusal.ts";

/** The subject of a refusal. */
export interface ChatRefusalDetails {
  /** HTTP status; 400 unless given. */
  readonly status?: number;
  /** The parameter, such as `messages[0].content`. */
  readonly param?: string;
  readonly code?: string;
}

/** A request that is not done. */
export class ChatRefusal extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;

  constructor(message: string, { status = 400, param, code }: ChatRefusalDetails = {}) {
    super(message);
    this.status = status;
    this.param = param ?? null;
    this.code = code ?? null;
  }
}

/** The body that says so. */
export interface ChatFailureBody {
  readonly error: {
    readonly message: string;
    readonly type: "invalid_request_error" | "rate_limit_error" | "server_error";
    readonly param: string | null;
    readonly code: string | null;
  };
}

export interface ChatFailure {
  readonly status: number;
  readonly body: ChatFailureBody;
}

/** Codes of OpenAI's for refusals that both APIs of the server share. */
const CODES: Readonly<Partial<Record<RefusalCode, string>>> = {
  unauthorized: "invalid_api_key",
  "unknown-path": "unknown_url",
  "unknown-checkpoint": "model_not_found",
  "too-large": "request_too_large",
};

function typeOf(status: number): ChatFailureBody["error"]["type"] {
  if (status >= 500) return "server_error";
  return status === 429 ? "rate_limit_error" : "invalid_request_error";
}

function failure(status: number, message: string, param: string | null, code: string | null): ChatFailure {
  return { status, body: { error: { message, type: typeOf(status), param, code } } };
}

/** The answer to a client about an error. */
export function chatFailure(error: unknown): ChatFailure {
  if (error instanceof ChatRefusal) return failure(error.status, error.message, error.param, error.code);
  if (error instanceof Refusal) {
    return failure(error.status, error.message, null, CODES[error.code] ?? null);
  }
  return failure(500, error instanceof Error ? error.message : String(error), null, null);
}
