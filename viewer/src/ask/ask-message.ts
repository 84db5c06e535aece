/**
 * @module
 * Messages between the page and the worker that runs the model.
 */
import type { RgbImage } from "../../../src/model/image/rgb-image.ts";
import type { TokenGrid } from "../../../src/model/vision.ts";

/** A question to a model. */
export interface Asked {
  readonly question: string;
  readonly pictures: readonly RgbImage[];
  /** The chat template's own unless given. */
  readonly system: string | undefined;
  readonly suffix: string;
  /** 0 takes the likeliest token each time. */
  readonly temperature: number;
  readonly maxTokens: number;
  readonly seed: number;
}

/** From the page. Answers carry the number of the question, so that answers to an older question are recognised. */
export type ToWorker =
  | { readonly kind: "open"; readonly base: string; readonly files: readonly string[] }
  | { readonly kind: "ask"; readonly number: number; readonly asked: Asked }
  | { readonly kind: "stop" };

/** A token that might have been taken. */
export interface Candidate {
  readonly id: number;
  /** "" for special tokens, and alike for many that are parts of a character. */
  readonly text: string;
  readonly probability: number;
}

/** A token that was drawn. */
export interface TakenToken {
  readonly id: number;
  /** "" for special tokens. */
  readonly text: string;
  /** Nats, at the temperature that was asked for; at 1 for the likeliest. */
  readonly logprob: number;
  /** Nats. */
  readonly entropy: number;
  /** The likeliest, most likely first. */
  readonly candidates: readonly Candidate[];
}

/** The prompt as the decoder reads it. */
export interface ReadPrompt {
  /** `[S]` index of the picture that a token belongs to, −1 for text. */
  readonly imageIndex: Int32Array;
  /** How each picture's tokens lie. */
  readonly grids: readonly TokenGrid[];
}

export type StopReason = "stop" | "length" | "stopped";

/** From the worker. */
export type FromWorker =
  | { readonly kind: "progress"; readonly text: string }
  | { readonly kind: "opened"; readonly hasAttention: boolean }
  | { readonly kind: "prompt"; readonly number: number; readonly prompt: ReadPrompt }
  | { readonly kind: "token"; readonly number: number; readonly token: TakenToken }
  /** Attention of the oldest token that has none yet: its own row, on all keys up to itself. */
  | { readonly kind: "row"; readonly number: number; readonly row: Float32Array }
  | {
      readonly kind: "done";
      readonly number: number;
      readonly stopReason: StopReason;
      readonly msPerToken: number;
    }
  /** Without a number it is the model that failed. */
  | { readonly kind: "failed"; readonly number?: number; readonly message: string };
