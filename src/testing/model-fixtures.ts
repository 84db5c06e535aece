/**
 * @module
 * The checkpoints of `fixtures/model` and transformers' outputs for them, as tests need them; the format is in the
 * README there.
 */
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AdamParameters } from "../engine/index.ts";
import type { LocalSequence } from "../engine/local/known-prompts.ts";
import type { LocalModel } from "../engine/local/local-model.ts";
import {
  graphsOf,
  type ParameterNames,
  type Prompt,
  type PromptChunk,
  type RgbImage,
  readConfig,
  readJson,
  readWeights,
  type WeightTensor,
  writeWeights,
} from "../model/index.ts";

/** Names of the recorded checkpoints. */
export const CHECKPOINTS = ["tied-gqa", "untied-gqa", "tied-mha", "untied-mqa"] as const;
export type Checkpoint = (typeof CHECKPOINTS)[number];

/** Names of each checkpoint's cases. */
export const CASES = ["one-image", "four-images", "padded-batch", "text-only"] as const;
export type CaseName = (typeof CASES)[number];

/** A step that clips and decays. */
export const ADAM: AdamParameters = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
};

/** A tensor's record: its norm, its product with a fixed vector, eight entries. */
export interface Digest {
  readonly norm: number;
  readonly dot: number;
  readonly entries: readonly number[];
}

export interface RecordedImage {
  readonly kind: "image";
  readonly width: number;
  readonly height: number;
  readonly formula: { readonly a: number; readonly b: number; readonly d: number; readonly e: number };
}

export interface RecordedSequence {
  readonly prompt: readonly ({ readonly kind: "text"; readonly tokens: readonly number[] } | RecordedImage)[];
  readonly completion: readonly number[];
  readonly coefficients: readonly number[];
  /** `[S]` 1 text, 2 image */
  readonly kind: readonly number[];
  /** `[3][S]` */
  readonly positions: readonly [readonly number[], readonly number[], readonly number[]];
  readonly logprobs: readonly number[];
  readonly logprobsLeftPadded: readonly number[];
  readonly logprobsDouble: readonly number[];
  /** `[T + 1]` rows of P, P + 1, … P + T numbers */
  readonly attention: readonly (readonly number[])[];
}

export interface RecordedCase {
  readonly sequences: readonly RecordedSequence[];
  readonly patches?: Digest;
  readonly imageEmbeddings?: readonly Digest[];
  readonly objective: number;
  readonly gradients: Readonly<Record<string, Digest>>;
}

interface Recorded {
  readonly cases: Readonly<Record<CaseName, RecordedCase>>;
}

const ROOT = fileURLToPath(new URL("../../fixtures/model/", import.meta.url));

/** The model directory of a checkpoint. */
export function checkpointDirectory(name: Checkpoint): string {
  return join(ROOT, name);
}

/** Names of parameters, as all checkpoints have them. */
export const FIXTURE_NAMES: ParameterNames = graphsOf(readConfig(join(ROOT, "untied-gqa"))).names;

export function recordedCase(name: Checkpoint, caseName: CaseName): RecordedCase {
  return (readJson(join(ROOT, `${name}.json`)) as Recorded).cases[caseName];
}

/** The image that a formula describes. */
export function recordedImage({ width, height, formula: { a, b, d, e } }: RecordedImage): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        data[(y * width + x) * 3 + c] = (x * a + y * b + c * d + ((x * y) % e)) % 256;
      }
    }
  }
  return { width, height, data };
}

export function recordedPrompt({ prompt }: RecordedSequence): Prompt {
  const chunks = prompt.map(
    (chunk): PromptChunk => (chunk.kind === "text" ? chunk : { kind: "image", image: recordedImage(chunk) }),
  );
  return { chunks };
}

let nextPrompt = 0;

/** Registers a prompt under an id that no other has. */
export function register(model: Pick<LocalModel, "register">, prompt: Prompt): number {
  const id = nextPrompt++;
  model.register([[id, prompt]]);
  return id;
}

/** Registers a case's prompts and gives its sequences. */
export function registerCase(
  model: Pick<LocalModel, "register">,
  { sequences }: RecordedCase,
): LocalSequence[] {
  return sequences.map((sequence) => ({
    prompt: register(model, recordedPrompt(sequence)),
    completion: Int32Array.from(sequence.completion),
  }));
}

export function coefficientsOf({ sequences }: RecordedCase): Float64Array[] {
  return sequences.map(({ coefficients }) => Float64Array.from(coefficients));
}

/** The digest of a tensor's numbers. */
export function digest(data: Float32Array): Digest {
  const norm = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  const dot = data.reduce((sum, value, i) => sum + value * (((i * 7919 + 13) % 2003) / 1001.5 - 1), 0);
  const entries = Array.from({ length: 8 }, (_, k) => data[(k * 7919 + 13) % data.length]!);
  return { norm, dot, entries };
}

/** The largest difference of two digests, in units of the expected norm. */
export function digestError(found: Digest, expected: Digest): number {
  const differences = [found.norm - expected.norm, found.dot - expected.dot].concat(
    expected.entries.map((entry, k) => found.entries[k]! - entry),
  );
  return Math.max(...differences.map(Math.abs)) / expected.norm;
}

/** Copies a checkpoint to `folder` with its weights changed. */
export function writeVariant(
  name: Checkpoint,
  folder: string,
  change: (weights: ReadonlyMap<string, WeightTensor>) => void,
): string {
  const source = checkpointDirectory(name);
  cpSync(source, folder, { recursive: true });
  const weights = weightsOf(source);
  change(weights);
  writeWeights(folder, weights);
  return folder;
}

/** All weights of a directory. */
export function weightsOf(directory: string): Map<string, WeightTensor> {
  const { names } = graphsOf(readConfig(directory));
  const weights = readWeights(directory, names);
  return new Map([...names.shapes].map(([name, shape]) => [name, { shape, data: weights.read(name) }]));
}

/** The bytes of one file, for comparison. */
export function bytesOf(...path: string[]): Buffer {
  return readFileSync(join(...path));
}
