/**
 * @module
 * The checkpoints of `fixtures/smolvlm` and transformers' outputs for them; the format is in the README there.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Prompt, PromptChunk } from "../model/index.ts";
import { readJson } from "../model/index.ts";
import { type Digest, type RecordedImage, recordedImage } from "./model-fixtures.ts";
import { type RecordedVideo, recordedVideo } from "./vision-fixtures.ts";

export const SMOL_CHECKPOINTS = ["smolvlm-tied", "smolvlm-untied", "idefics3-untied"] as const;
export type SmolCheckpoint = (typeof SMOL_CHECKPOINTS)[number];

export interface SmolSequence {
  readonly prompt: readonly (
    | { readonly kind: "text"; readonly tokens: readonly number[] }
    | RecordedImage
    | RecordedVideo
  )[];
  /** `[P]` */
  readonly tokens: readonly number[];
  readonly completion: readonly number[];
  readonly coefficients: readonly number[];
  /** `[S]` 1 text, 2 image */
  readonly kind: readonly number[];
  /** SHA-256 of the patches of all tiles, in Fovea's order; null without images. */
  readonly patches: string | null;
  readonly logprobs: readonly number[];
  readonly logprobsLeftPadded: readonly number[];
  readonly logprobsDouble: readonly number[];
  /** `[T + 1]` rows of P, P + 1, … P + T numbers */
  readonly attention: readonly (readonly number[])[];
  /** The likeliest tokens after the prompt. */
  readonly greedy: readonly number[];
}

export interface SmolCase {
  readonly sequences: readonly SmolSequence[];
  readonly imageEmbeddings?: Digest;
  readonly gradients: Readonly<Record<string, Digest>>;
}

const ROOT = fileURLToPath(new URL("../../fixtures/smolvlm/", import.meta.url));

/** The model directory of a checkpoint. */
export function smolDirectory(name: SmolCheckpoint): string {
  return join(ROOT, name);
}

/** A checkpoint's cases by name. */
export function smolCases(name: SmolCheckpoint): [string, SmolCase][] {
  const { cases } = readJson(join(ROOT, `${name}.json`)) as { cases: Record<string, SmolCase> };
  return Object.entries(cases);
}

/** Every case of every checkpoint. */
export const SMOL_CASES = SMOL_CHECKPOINTS.flatMap((checkpoint) =>
  smolCases(checkpoint).map(([name, recorded]) => [checkpoint, name, recorded] as const),
);

export function smolPrompt({ prompt }: SmolSequence): Prompt {
  const chunks = prompt.map((chunk): PromptChunk => {
    if (chunk.kind === "text") return chunk;
    if (chunk.kind === "image") return { kind: "image", image: recordedImage(chunk) };
    return { kind: "video", video: recordedVideo(chunk) };
  });
  return { chunks };
}

/** How an image or the frames of a video are cut into tiles. */
export interface SmolSettings {
  readonly tile: number;
  readonly longest: number;
  readonly patch: number;
  readonly scale: number;
  readonly split?: boolean;
}

interface SmolPrompts {
  /** Numbers in words. */
  readonly words: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, SmolSettings>>;
  readonly images: readonly (Omit<RecordedImage, "kind"> & {
    readonly settings: string;
    readonly rows: number;
    readonly columns: number;
    readonly patches: number;
    readonly sha256: string;
  })[];
  /** By "patches of positions": cells of the position table along a side, where they are not ⌊i · positions / patches⌋. */
  readonly positions: Readonly<Record<string, readonly number[]>>;
  readonly chats: {
    readonly settings: SmolSettings;
    readonly template: string;
    readonly cases: readonly SmolChat[];
  };
}

export interface SmolChat {
  readonly name: string;
  readonly messages: readonly {
    readonly role: "system" | "user" | "assistant";
    readonly content: readonly { readonly type: "text" | "image" | "video"; readonly text?: string }[];
  }[];
  readonly images: readonly Omit<RecordedImage, "kind">[];
  readonly videos: readonly Omit<RecordedVideo, "kind">[];
  readonly text: string;
  readonly ids: readonly number[];
  readonly tiles?: number;
  /** SHA-256 of the frames' patches, in Fovea's order. */
  readonly frames?: string;
}

/** Outputs of the processors for images, videos and chats. */
export function smolPrompts(): SmolPrompts {
  return readJson(join(ROOT, "prompts.json")) as SmolPrompts;
}

/** tokenizer.json of the chats. */
export function smolTokenizerJson(): unknown {
  return readJson(join(ROOT, "tokenizer.json"));
}
