/**
 * @module
 * Messages between a local engine and its worker.
 */
import {
  ConfigError,
  DataError,
  DownloadError,
  EngineError,
  type FoveaError,
  ModelError,
  NumericError,
  RunError,
  ShapeError,
} from "../../errors/index.ts";
import type { LocalModel } from "./local-model.ts";

/** The model's methods that may be called through the worker. */
export type Method = Exclude<keyof LocalModel, "gradients" | "resident">;

export interface Call {
  readonly id: number;
  readonly method: Method;
  readonly parameters: readonly unknown[];
}

/** Messages of a call before its answer. */
export interface Progress {
  readonly id: number;
  readonly progress: unknown;
}

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError };

/** An error as plain data: classes do not survive the way between threads. */
export interface WireError {
  readonly code: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

const KINDS: Readonly<Record<string, new (message: string) => FoveaError>> = {
  config: ConfigError,
  data: DataError,
  download: DownloadError,
  engine: EngineError,
  model: ModelError,
  numeric: NumericError,
  run: RunError,
  shape: ShapeError,
};

export function toWire(error: unknown): WireError {
  const { code, message, stack } = error as FoveaError;
  return { code, message: message ?? String(error), stack };
}

/** An error of the kind it had in the worker. */
export function fromWire({ code, message, stack }: WireError): Error {
  const Kind = KINDS[code ?? ""];
  const error = Kind === undefined ? new EngineError(`local engine: ${message}`) : new Kind(message);
  if (stack !== undefined) {
    error.stack = stack;
  }
  return error;
}
