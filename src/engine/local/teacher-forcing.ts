/**
 * @module
 * Scoring and gradients of given completions.
 */

import {
  type BatchShape,
  keySupports,
  modalitySignals,
  teacherForcedGraph,
} from "../../model/graph/index.ts";
import type { ModelConfig } from "../../model/index.ts";
import { type Feeds, type Graph, gradients, type Tensor } from "../../tensor/index.ts";
import type { AttentionRow, Score } from "../engine.ts";
import { attentionSignals } from "./attention-reduction.ts";
import { DecoderRows, forEachPromptRow, promptMask, promptSupports } from "./decoder-batch.ts";
import type { ParameterStore } from "./parameter-store.ts";
import type { PreparedImage } from "./prepared-prompt.ts";
import type { ProgramCache } from "./program-cache.ts";
import type { RotaryTable } from "./rotary-table.ts";
import { type PreparedSequence, type SequenceBatch, sequenceBatches } from "./sequence-batches.ts";
import { addInto, gradientOutputs, type VisionEncoder } from "./vision-encoder.ts";

/** What teacher forcing shares with the rest of the engine. */
export interface Machinery {
  readonly config: ModelConfig;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  readonly vision: VisionEncoder;
  readonly table: RotaryTable;
  /** Rows, prompt and completion tokens together, computed at once. */
  readonly maxTokens: number;
}

export class TeacherForcing {
  readonly #m: Machinery;
  readonly #scratch: Float32Array;

  constructor(machinery: Machinery) {
    this.#m = machinery;
    this.#scratch = new Float32Array(machinery.store.layout.size);
  }

  /** Log-probs, and attention signals when a row is named. */
  async score(
    sequences: readonly PreparedSequence[],
    weights: Float32Array,
    temperature: number,
    row: AttentionRow | undefined,
  ): Promise<Score[]> {
    const { store, vision, maxTokens } = this.#m;
    await vision.encode(imagesOf(sequences), weights);
    const scores = sequences.map(() => emptyScore(row));
    for (const batch of sequenceBatches(sequences, maxTokens)) {
      const { program, used } = await this.#scoreProgram(batch.shape, row);
      const feeds = this.#feeds(batch, sequences, weights, temperature);
      const supports = row === undefined ? {} : this.#supports(batch);
      const outputs = await program.run({ ...store.feeds(used, weights), ...feeds, ...supports });
      readScores(batch, sequences, outputs, row !== undefined, scores);
    }
    return scores;
  }

  /** Adds the gradient of Σ c·log π to the store's. */
  async accumulate(
    sequences: readonly PreparedSequence[],
    coefficients: readonly Float64Array[],
    temperature: number,
  ): Promise<void> {
    const { store, vision, maxTokens } = this.#m;
    await vision.encode(imagesOf(sequences));
    const imageGradients = new Map<PreparedImage, Float32Array>();
    for (const batch of sequenceBatches(sequences, maxTokens)) {
      const { program, used } = await this.#gradientProgram(batch.shape);
      const into = Object.fromEntries(
        [...used.keys()].map((pack) => [`d.${pack}`, store.view(this.#scratch, pack)]),
      );
      const { embeddings } = await program.run(
        {
          ...store.feeds(used),
          ...this.#feeds(batch, sequences, store.weights, temperature),
          coefficients: coefficientRows(batch, coefficients),
        },
        into,
      );
      for (const pack of used.keys()) {
        addInto(store.view(store.gradient, pack), store.view(this.#scratch, pack));
      }
      this.#embeddingGradients(batch, sequences, embeddings!, imageGradients);
    }
    await vision.backward(imageGradients);
  }

  /** Rows of all prompts, then of all completions; empty slots are zeros. */
  #feeds(
    batch: SequenceBatch,
    sequences: readonly PreparedSequence[],
    weights: Float32Array,
    temperature: number,
  ): Feeds {
    const { config, store, table } = this.#m;
    const { prompts, promptLength, completionLength } = batch.shape;
    const embedding = store.view(weights, "embedding");
    const first = prompts * promptLength;
    const rows = new DecoderRows(first + batch.slots.length * completionLength, config, table);
    const targets = new BigInt64Array(batch.slots.length * completionLength);
    for (const [p, prompt] of batch.prompts.entries()) {
      rows.prompt((p + 1) * promptLength, prompt, embedding);
    }
    for (const [slot, index] of batch.slots.entries()) {
      if (index >= 0) {
        const { prompt, completion } = sequences[index]!;
        for (const [t, token] of completion.entries()) {
          const row = slot * completionLength + t;
          rows.token(first + row, token, prompt.positions.next + t, embedding);
          targets[row] = BigInt(token);
        }
      }
    }
    return {
      embeddings: rows.embeddings,
      cosine: rows.cosine,
      sine: rows.sine,
      promptMask: promptMask(batch.prompts, prompts, promptLength),
      targets,
      inverseTemperature: Float32Array.of(1 / temperature),
    };
  }

  #supports({ prompts, shape }: SequenceBatch): Feeds {
    const { visual, text } = promptSupports(prompts, shape.prompts, shape.promptLength);
    return { visualKeys: visual, textKeys: text };
  }

  #scoreProgram(shape: BatchShape, row: AttentionRow | undefined) {
    const { config, store, programs } = this.#m;
    return programs.get(`score ${JSON.stringify(shape)} ${row}`, async () => {
      const built = teacherForcedGraph(config, store.layout, shape);
      const signals =
        row === undefined
          ? {}
          : signalOutputs(built.graph, row === "own" ? built.ownRows : built.predictingRows, shape);
      const program = await programs.compile(built.graph, { logprobs: built.logprobs, ...signals });
      return { program, used: built.parameters.used };
    });
  }

  #gradientProgram(shape: BatchShape) {
    const { config, store, programs } = this.#m;
    return programs.get(`gradient ${JSON.stringify(shape)}`, async () => {
      const { graph, parameters, embeddings, logprobs } = teacherForcedGraph(config, store.layout, shape);
      const used = new Map(parameters.used);
      const seed = { tensor: logprobs, gradient: graph.input("coefficients", logprobs.shape) };
      const [embeddingGradient, ...parts] = gradients(graph, [seed], [embeddings, ...used.values()]);
      const outputs = { embeddings: embeddingGradient!, ...gradientOutputs(used, parts) };
      return { program: await programs.compile(graph, outputs), used };
    });
  }

  /** Rows of text tokens go to the vocabulary, rows of image tokens are kept for the vision tower. */
  #embeddingGradients(
    batch: SequenceBatch,
    sequences: readonly PreparedSequence[],
    rows: Float32Array,
    images: Map<PreparedImage, Float32Array>,
  ): void {
    const { config, store } = this.#m;
    const width = config.text.hiddenSize;
    const embedding = store.view(store.gradient, "embedding");
    const addRow = (target: Float32Array, from: number, row: number) => {
      for (let i = 0; i < width; i++) {
        target[from + i]! += rows[row * width + i]!;
      }
    };
    const { prompts, promptLength, completionLength } = batch.shape;
    for (const [p, prompt] of batch.prompts.entries()) {
      forEachPromptRow(prompt, (p + 1) * promptLength, width, (row, _, image, from) => {
        addRow(image === undefined ? embedding : gradientOf(images, image), from, row);
      });
    }
    for (const [slot, index] of batch.slots.entries()) {
      if (index >= 0) {
        for (const [t, token] of sequences[index]!.completion.entries()) {
          addRow(embedding, token * width, prompts * promptLength + slot * completionLength + t);
        }
      }
    }
  }
}

function gradientOf(images: Map<PreparedImage, Float32Array>, image: PreparedImage): Float32Array {
  let gradient = images.get(image);
  if (gradient === undefined) {
    gradient = new Float32Array(image.embeddings.length);
    images.set(image, gradient);
  }
  return gradient;
}

function imagesOf(sequences: readonly PreparedSequence[]): PreparedImage[] {
  return sequences.flatMap(({ prompt }) => prompt.images);
}

function coefficientRows(
  { shape, slots }: SequenceBatch,
  coefficients: readonly Float64Array[],
): Float32Array {
  const rows = new Float32Array(slots.length * shape.completionLength);
  for (const [slot, index] of slots.entries()) {
    if (index >= 0) {
      rows.set(coefficients[index]!, slot * shape.completionLength);
    }
  }
  return rows;
}

function signalOutputs(
  graph: Graph,
  rows: Tensor,
  { prompts, promptLength, groupSize, completionLength }: BatchShape,
) {
  const visualKeys = graph.input("visualKeys", [prompts, promptLength]);
  const textKeys = graph.input("textKeys", [prompts, promptLength]);
  const supports = keySupports(visualKeys, textKeys, groupSize, completionLength);
  const visual = modalitySignals(rows, supports.visual);
  const text = modalitySignals(rows, supports.text);
  return { visualMass: visual.mass, visualChord: visual.chord!, textMass: text.mass, textChord: text.chord! };
}

function emptyScore(row: AttentionRow | undefined): Score {
  const nothing = { mass: [], chord: [] };
  const logprobs = new Float64Array();
  return row === undefined
    ? { logprobs }
    : { logprobs, signals: { attention: attentionSignals(nothing, nothing) } };
}

function readScores(
  { shape, slots }: SequenceBatch,
  sequences: readonly PreparedSequence[],
  outputs: Record<string, Float32Array>,
  withSignals: boolean,
  scores: Score[],
): void {
  const width = shape.completionLength;
  for (const [slot, index] of slots.entries()) {
    if (index < 0) {
      continue;
    }
    const { length } = sequences[index]!.completion;
    const part = (name: string, rowWidth: number, count: number) =>
      outputs[name]!.subarray(slot * rowWidth, slot * rowWidth + count);
    const modality = (name: string) => ({
      mass: part(`${name}Mass`, width, length),
      chord: part(`${name}Chord`, width - 1, length - 1),
    });
    const logprobs = Float64Array.from(part("logprobs", width, length));
    scores[index] = withSignals
      ? { logprobs, signals: { attention: attentionSignals(modality("visual"), modality("text")) } }
      : { logprobs };
  }
}
