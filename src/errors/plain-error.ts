/**
 * @module
 * Errors between threads, as plain data: classes do not survive the way.
 */
import * as errors from "./index.ts";

/** An error as plain data. */
export interface PlainError {
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Every kind of error by its code. */
const KINDS = new Map(
  Object.values(errors)
    .filter((Kind) => Kind !== errors.FoveaError)
    .map((Kind) => Kind as new (message: string) => errors.FoveaError)
    .map((Kind) => [new Kind("").code, Kind]),
);

export function toPlainError(error: unknown): PlainError {
  const { code, message, stack } = error as errors.FoveaError;
  return { code, message: message ?? String(error), stack };
}

/**
 * An error of the kind it had in the thread; an `EngineError` where it was none of this package's.
 *
 * @param where begins the message of such an error
 */
export function fromPlainError({ code, message, stack }: PlainError, where: string): Error {
  const Kind = KINDS.get(code ?? "");
  const error =
    Kind === undefined
      ? new errors.EngineError(`${where}: ${message}`, { isFault: true })
      : new Kind(message);
  if (stack !== undefined) {
    error.stack = stack;
  }
  return error;
}
