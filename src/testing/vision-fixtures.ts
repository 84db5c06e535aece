/**
 * @module
 * Prompts with images and videos and transformers' results for them, from `fixtures/vision`; the format is in the
 * README there.
 */
import type { Prompt, PromptChunk, VideoClip } from "../model/index.ts";
import { readJson } from "../model/index.ts";
import { type Checkpoint, type Digest, type RecordedImage, recordedImage } from "./model-fixtures.ts";

export interface RecordedVideo {
  readonly kind: "video";
  readonly frames: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
  readonly formula: RecordedImage["formula"] & { readonly g: number };
}

type RecordedChunk =
  | { readonly kind: "text"; readonly tokens: readonly number[] }
  | RecordedImage
  | RecordedVideo;

/** A prompt, the 64 tokens that follow it greedily, and their log-probs in nats. */
export interface RecordedGeneration {
  readonly checkpoint: Checkpoint;
  readonly name: string;
  readonly prompt: readonly RecordedChunk[];
  readonly completion: readonly number[];
  readonly logprobs: readonly number[];
  /** Of Σ ((7t mod 5) − 2)·log π(oₜ), by parameter. */
  readonly gradients?: Readonly<Record<string, Digest>>;
}

interface Generations {
  readonly greedy: readonly RecordedGeneration[];
  readonly longVideos: readonly RecordedGeneration[];
}

const FILE = new URL("../../fixtures/vision/generation.json", import.meta.url).pathname;

export function recordedGenerations(): Generations {
  return readJson(FILE) as Generations;
}

/** The frames that a formula describes: each is the still, brighter by g than the one before. */
export function recordedVideo({ frames, fps, ...still }: RecordedVideo): VideoClip {
  const first = recordedImage({ ...still, kind: "image" });
  return {
    fps,
    frames: Array.from({ length: frames }, (_, i) => ({
      ...first,
      data: first.data.map((value) => (value + i * still.formula.g) % 256),
    })),
  };
}

export function recordedVisionPrompt({ prompt }: RecordedGeneration): Prompt {
  const chunk = (recorded: RecordedChunk): PromptChunk => {
    switch (recorded.kind) {
      case "text":
        return recorded;
      case "image":
        return { kind: "image", image: recordedImage(recorded) };
      case "video":
        return { kind: "video", video: recordedVideo(recorded) };
    }
  };
  return { chunks: prompt.map(chunk) };
}
