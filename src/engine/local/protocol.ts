/**
 * @module
 * Messages between a local engine and its worker.
 */
import type { PlainError } from "../../errors/plain-error.ts";
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
  | { readonly id: number; readonly error: PlainError };
