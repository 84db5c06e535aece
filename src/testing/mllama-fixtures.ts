/**
 * @module
 * The checkpoints of `fixtures/mllama` and what transformers said of them; the format is in the README there.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Prompt } from "../model/index.ts";
import { readJson } from "../model/index.ts";
import { type Digest, type RecordedImage, recordedImage } from "./model-fixtures.ts";

export const MLLAMA_CHECKPOINTS = ["mllama-grouped", "mllama-stretched", "mllama-three-tiles"] as const;
export type MllamaCheckpoint = (typeof MLLAMA_CHECKPOINTS)[number];

export interface MllamaSequence {
  readonly prompt: readonly ({ readonly kind: "text"; readonly tokens: readonly number[] } | RecordedImage)[];
  /** `[P]` */
  readonly tokens: readonly number[];
  readonly completion: readonly number[];
  readonly coefficients: readonly number[];
  /** SHA-256 of the patches of all tiles, in Fovea's order; null without images. */
  readonly patches: string | null;
  readonly logprobs: readonly number[];
  readonly logprobsDouble: readonly number[];
  /** In a batch, padded on the left; absent where prompts have unlike numbers of images. */
  readonly logprobsLeftPadded?: readonly number[];
  /** The likeliest tokens after the prompt. */
  readonly greedy: readonly number[];
}

export interface MllamaCase {
  readonly sequences: readonly MllamaSequence[];
  /** The tokens of all images that cross-attention reads. */
  readonly imageTokens?: Digest;
  /** Absent where not recorded. */
  readonly gradients?: Readonly<Record<string, Digest>>;
}

const ROOT = fileURLToPath(new URL("../../fixtures/mllama/", import.meta.url));

/** The model directory of a checkpoint. */
export function mllamaDirectory(name: MllamaCheckpoint): string {
  return join(ROOT, name);
}

/** A checkpoint's cases by name. */
export function mllamaCases(name: MllamaCheckpoint): [string, MllamaCase][] {
  const { cases } = readJson(join(ROOT, `${name}.json`)) as { cases: Record<string, MllamaCase> };
  return Object.entries(cases);
}

/** Every case of every checkpoint. */
export const MLLAMA_CASES = MLLAMA_CHECKPOINTS.flatMap((checkpoint) =>
  mllamaCases(checkpoint).map(([name, recorded]) => [checkpoint, name, recorded] as const),
);

export function mllamaPrompt({ prompt }: Pick<MllamaSequence, "prompt">): Prompt {
  return {
    chunks: prompt.map((chunk) =>
      chunk.kind === "text" ? chunk : { kind: "image", image: recordedImage(chunk) },
    ),
  };
}

/** How images are cut into tiles. */
export interface MllamaSettings {
  readonly tile: number;
  /** Most tiles of an image. */
  readonly tiles: number;
  readonly patch: number;
}

export interface MllamaChat {
  readonly name: string;
  readonly messages: readonly {
    readonly role: "user" | "assistant";
    readonly content: readonly { readonly type: "text" | "image"; readonly text?: string }[];
  }[];
  readonly images: readonly Omit<RecordedImage, "kind">[];
  readonly text: string;
  readonly ids: readonly number[];
  /** For each image the first token that reads it, the one after the last, and the tiles that they read. */
  readonly readers?: readonly (readonly [from: number, to: number, tiles: number])[];
}

interface MllamaPrompts {
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly settings: Readonly<Record<string, MllamaSettings>>;
  readonly images: readonly (Omit<RecordedImage, "kind"> & {
    readonly settings: string;
    /** Place of the canvas among all, counted from 1. */
    readonly canvas: number;
    readonly tiles: number;
    readonly patches: number;
    readonly sha256: string;
  })[];
  readonly chats: {
    readonly settings: MllamaSettings;
    readonly template: string;
    readonly cases: readonly MllamaChat[];
  };
}

/** Outputs of the processor for images and chats. */
export function mllamaPrompts(): MllamaPrompts {
  return readJson(join(ROOT, "prompts.json")) as MllamaPrompts;
}
