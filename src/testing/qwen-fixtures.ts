/**
 * @module
 * The checkpoints of `fixtures/qwen`, three of each family, and transformers' outputs for them; the format is in the
 * README there.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContentPart, Prompt, PromptChunk } from "../model/index.ts";
import { readJson } from "../model/index.ts";
import { type Digest, type RecordedImage, recordedImage } from "./model-fixtures.ts";
import { type RecordedVideo, recordedVideo } from "./vision-fixtures.ts";

const ROOT = fileURLToPath(new URL("../../fixtures/qwen/", import.meta.url));

export interface QwenSequence {
  readonly prompt: readonly (
    | { readonly kind: "text"; readonly tokens: readonly number[] }
    | RecordedImage
    | RecordedVideo
  )[];
  readonly completion: readonly number[];
  readonly coefficients: readonly number[];
  /** `[S]` 1 text, 2 image or video */
  readonly kind: readonly number[];
  /** `[3][S]` */
  readonly positions: readonly (readonly number[])[];
  readonly logprobs: readonly number[];
  readonly logprobsLeftPadded: readonly number[];
  readonly logprobsDouble: readonly number[];
  /** `[T + 1]` rows of P, P + 1, … P + T numbers */
  readonly attention: readonly (readonly number[])[];
  /** The likeliest tokens after the prompt. */
  readonly greedy: readonly number[];
}

export interface QwenCase {
  readonly sequences: readonly QwenSequence[];
  /** Of all images, then of all videos, each kind where there is one. */
  readonly patches?: readonly Digest[];
  /** Of each image, then of each video. */
  readonly imageEmbeddings?: readonly Digest[];
  readonly gradients: Readonly<Record<string, Digest>>;
}

interface Recorded {
  /** Names of the parameters in memory. */
  readonly memory: readonly string[];
  readonly cases: Readonly<Record<string, QwenCase>>;
}

/** Families by `model_type`, as the folders of the fixtures. */
export const QWEN_FAMILIES = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "published")
  .map(({ name }) => name);

/** `<family>/<checkpoint>`, three of each family. */
export const QWEN_CHECKPOINTS = QWEN_FAMILIES.flatMap((family) =>
  readdirSync(join(ROOT, family))
    .filter((name) => name.endsWith(".json"))
    .map((name) => `${family}/${name.slice(0, -".json".length)}`),
);

/** The model directory of a checkpoint. */
export function qwenDirectory(checkpoint: string): string {
  return join(ROOT, checkpoint);
}

export function recordedQwen(checkpoint: string): Recorded {
  return readJson(join(ROOT, `${checkpoint}.json`)) as Recorded;
}

/** Of each checkpoint, how far a release's log-probs are from Fovea's: of what Fovea wrote, and of what the release saved. */
interface Release {
  readonly transformers: string;
  readonly releaseOfFovea: Readonly<Record<string, number>>;
  readonly foveaOfRelease: Readonly<Record<string, number>>;
}

export function recordedReleases(): readonly Release[] {
  return readJson(join(ROOT, "releases.json")) as readonly Release[];
}

/** Every case of every checkpoint. */
export const QWEN_CASES = QWEN_CHECKPOINTS.flatMap((checkpoint) =>
  Object.entries(recordedQwen(checkpoint).cases).map(
    ([name, recorded]) => [checkpoint, name, recorded] as const,
  ),
);

export function qwenPrompt({ prompt }: Pick<QwenSequence, "prompt">): Prompt {
  const chunks = prompt.map((chunk): PromptChunk => {
    if (chunk.kind === "text") return chunk;
    if (chunk.kind === "image") return { kind: "image", image: recordedImage(chunk) };
    return { kind: "video", video: recordedVideo(chunk) };
  });
  return { chunks };
}

/** Settings of a processor as in its file, and its output for an image or a video. */
interface Processed {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly grid: readonly [number, number, number];
  /** SHA-256 of the patches. */
  readonly sha256: string;
}

/** A conversation with its images and videos, as the family's processor spells it out. */
export interface QwenChat {
  readonly name: string;
  readonly messages: readonly {
    readonly role: "system" | "user" | "assistant";
    readonly content: string | readonly ContentPart[];
  }[];
  readonly images: readonly Omit<RecordedImage, "kind">[];
  readonly videos: readonly Omit<RecordedVideo, "kind">[];
  readonly numbered: boolean;
  readonly ids: readonly number[];
}

interface QwenPrompts {
  readonly images: readonly (Omit<RecordedImage, "kind"> & Processed)[];
  readonly videos: readonly (Omit<RecordedVideo, "kind"> & Processed)[];
  readonly sizes: readonly {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly width: number;
    readonly height: number;
    readonly frames: number;
    /** Null where transformers refuses. */
    readonly shown: readonly [width: number, height: number] | null;
  }[];
  readonly chats: readonly QwenChat[];
}

/** Outputs of a family's processors for images, videos and conversations. */
export function qwenPrompts(family: string): QwenPrompts {
  return (readJson(join(ROOT, "prompts.json")) as Record<string, QwenPrompts>)[family]!;
}

/** A published configuration: config.json, processor settings and tokenizer settings as in the repository. */
export function publishedDirectory(family: string): string {
  return join(ROOT, "published", family);
}
