/**
 * @module
 * Scoring and gradients of given completions.
 */

import { type BatchShape, type ModelGraphs, temperedLogits, valueHead } from "../../../model/graph/index.ts";
import { imageTokenWidth, type ModelConfig } from "../../../model/index.ts";
import {
  type Feeds,
  gradients,
  jensenShannon,
  type Seed,
  softmaxDivergence,
  softmaxEntropy,
} from "../../../tensor/index.ts";
import type { Score } from "../../engine.ts";
import type { ProgramCache } from "../program-cache.ts";
import { decoderFeeds, forEachPromptRow } from "../prompts/decoder-batch.ts";
import type { PreparedImage } from "../prompts/prepared-prompt.ts";
import type { RotaryTable } from "../prompts/rotary-table.ts";
import { addInto, gradientOutputs, type VisionEncoder } from "../prompts/vision-encoder.ts";
import { readRow } from "../signals/graph-reducer.ts";
import { readsHiddenStates, signalFeeds } from "../signals/index.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { type Intervention, interventionFeeds, withOwnPrompts } from "./attention-intervention.ts";
import { groupDivergences } from "./group-divergence.ts";
import { replacementFeeds } from "./replacement-feeds.ts";
import { emptyScore, readScore, scoringOutputs, type Wanted } from "./scoring.ts";
import { type PreparedSequence, type SequenceBatch, sequenceBatches } from "./sequence-batches.ts";

/** What teacher forcing shares with the rest of the engine. */
export interface Machinery {
  readonly config: ModelConfig;
  readonly graphs: ModelGraphs;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  readonly vision: VisionEncoder;
  readonly table: RotaryTable;
  /** Rows, prompt and completion tokens together, computed at once. */
  readonly maxTokens: number;
}

/** A scoring pass: with which weights, at which temperature, and what is wanted of it. */
export interface Scoring extends Omit<Wanted, "hidden" | "amplified"> {
  readonly weights: Float32Array;
  readonly temperature: number;
  readonly intervention?: Intervention | undefined;
  /** How far apart the completions of each prompt are. */
  readonly groupDivergence: boolean;
}

/** One `[T]` per sequence each: what Σ c·log π, Σ d·V and Σ e·H are weighted by. */
export interface Coefficients {
  readonly logprobs: readonly Float64Array[];
  readonly values: readonly Float64Array[] | undefined;
  readonly entropy: readonly Float64Array[] | undefined;
}

type Part = keyof Coefficients;

export class TeacherForcing {
  readonly #m: Machinery;
  readonly #scratch: Float32Array;

  constructor(machinery: Machinery) {
    this.#m = machinery;
    this.#scratch = new Float32Array(machinery.store.layout.size);
  }

  /**
   * Log-probs and what else is wanted.
   *
   * @param others the same completions after other prompts, to be compared with: their log-probs and divergences
   */
  async score(
    given: readonly PreparedSequence[],
    scoring: Scoring,
    others?: readonly PreparedSequence[],
  ): Promise<Score[]> {
    const { store, vision, maxTokens } = this.#m;
    const { weights, temperature, intervention, groupDivergence, ...rest } = scoring;
    const amplified = intervention?.layers ?? [];
    const wanted: Wanted = { ...rest, amplified, hidden: others !== undefined || groupDivergence };
    const sequences = sequencesFor(given, scoring);
    await vision.encode(imagesOf([...sequences, ...(others ?? [])]), weights);
    const nothing = new Float64Array();
    const compared =
      others === undefined
        ? {}
        : { divergence: nothing, ablatedLogprobs: nothing, jensenShannon: nothing, ablatedEntropy: nothing };
    const scores: Score[] = sequences.map(() => ({ ...emptyScore(wanted), ...compared }));
    const kept = sequences.map(() => new Float32Array());
    const width = this.#m.config.text.hiddenSize;
    for (const batch of sequenceBatches(sequences, maxTokens)) {
      const { program, used } = await this.#scoreProgram(batch.shape, wanted);
      const outputs = await program.run({
        ...store.feeds(used, weights),
        ...this.#feeds(batch, sequences, weights, temperature),
        ...signalFeeds(batch, sequences, wanted.signals),
        ...(intervention && interventionFeeds(batch, intervention, this.#m.config.text)),
        ...(wanted.replacement && replacementFeeds(batch, sequences)),
      });
      for (const [slot, index] of batch.slots.entries()) {
        if (index >= 0) {
          const sequence = sequences[index]!;
          scores[index] = readScore(outputs, batch.shape, slot, sequence, wanted);
          if (groupDivergence) {
            const from = slot * batch.shape.completionLength * width;
            kept[index] = outputs["hidden"]!.slice(from, from + sequence.completion.length * width);
          }
        }
      }
      if (others !== undefined) {
        await this.#compare(batch, outputs["hidden"]!, others, scoring, scores);
      }
    }
    if (!groupDivergence) return scores;
    const divergences = await groupDivergences(this.#m, given, kept, scoring);
    return scores.map((score, i) => ({ ...score, groupDivergence: divergences[i]! }));
  }

  /** Runs the other prompts of a batch that has run, and adds what the comparison says to its scores. */
  async #compare(
    batch: SequenceBatch,
    hidden: Float32Array,
    others: readonly PreparedSequence[],
    { weights, temperature }: Scoring,
    scores: Score[],
  ): Promise<void> {
    const { config, store, maxTokens } = this.#m;
    const width = config.text.hiddenSize;
    const slots = [...batch.slots.keys()].filter((slot) => batch.slots[slot]! >= 0);
    const members = slots.map((slot) => others[batch.slots[slot]!]!);
    for (const other of sequenceBatches(members, maxTokens)) {
      const { completionLength } = other.shape;
      const comparedHidden = new Float32Array(other.slots.length * completionLength * width);
      for (const [slot, member] of other.slots.entries()) {
        if (member >= 0) {
          const from = slots[member]! * batch.shape.completionLength * width;
          const size = members[member]!.completion.length * width;
          comparedHidden.set(hidden.subarray(from, from + size), slot * completionLength * width);
        }
      }
      const { program, used } = await this.#compareProgram(other.shape);
      const outputs = await program.run({
        ...store.feeds(used, weights),
        ...this.#feeds(other, members, weights, temperature),
        comparedHidden,
      });
      for (const [slot, member] of other.slots.entries()) {
        if (member >= 0) {
          const index = batch.slots[slots[member]!]!;
          const { length } = members[member]!.completion;
          const numbers = (name: string) => readRow(outputs, name, slot, completionLength, length);
          const positive = (name: string) => numbers(name).map((value) => Math.max(0, value));
          scores[index] = {
            ...scores[index]!,
            divergence: positive("divergence"),
            ablatedLogprobs: numbers("logprobs"),
            jensenShannon: positive("jensenShannon"),
            ablatedEntropy: positive("entropy"),
          };
        }
      }
    }
  }

  /** Adds the gradient of Σ c·log π + Σ d·V + Σ e·H to the store's. */
  async accumulate(
    sequences: readonly PreparedSequence[],
    coefficients: Coefficients,
    temperature: number,
  ): Promise<void> {
    const { store, vision, maxTokens } = this.#m;
    await vision.encode(imagesOf(sequences));
    const imageGradients = new Map<PreparedImage, Float32Array>();
    const parts = (["logprobs", "values", "entropy"] as const).filter((part) => coefficients[part]);
    for (const batch of sequenceBatches(sequences, maxTokens)) {
      const { program, used, trained } = await this.#gradientProgram(batch.shape, parts);
      const into = Object.fromEntries(
        [...trained.keys()].map((pack) => [`d.${pack}`, store.view(this.#scratch, pack)]),
      );
      const seeds = parts.map((part) => [`c.${part}`, coefficientRows(batch, coefficients[part]!)]);
      const { embeddings } = await program.run(
        {
          ...store.feeds(used),
          ...this.#feeds(batch, sequences, store.weights, temperature),
          ...Object.fromEntries(seeds),
        },
        into,
      );
      for (const pack of trained.keys()) {
        addInto(store.view(store.gradient, pack), store.view(this.#scratch, pack));
      }
      if (embeddings !== undefined) {
        this.#embeddingGradients(batch, sequences, embeddings, imageGradients);
      }
    }
    if (store.layout.trainsVision) {
      await vision.backward(imageGradients);
    }
  }

  #feeds(
    batch: SequenceBatch,
    sequences: readonly PreparedSequence[],
    weights: Float32Array,
    temperature: number,
  ): Feeds {
    const { config, store, table } = this.#m;
    const rows = decoderFeeds(batch, sequences, store.view(weights, "embedding"), config.text, table);
    return { ...rows, inverseTemperature: Float32Array.of(1 / temperature) };
  }

  #scoreProgram(shape: BatchShape, wanted: Wanted) {
    const { graphs, store, programs } = this.#m;
    return programs.get(`score ${JSON.stringify([shape, wanted])}`, async () => {
      const built = graphs.decoder.teacherForced(store.layout, shape, {
        amplified: wanted.amplified,
        wholePrompts: readsHiddenStates(wanted.signals),
        replacement: wanted.replacement,
      });
      const outputs = scoringOutputs(built, shape, wanted);
      const program = await programs.compile(built.graph, outputs);
      return { program, used: new Map(built.parameters.used) };
    });
  }

  /** Compares with a pass before, whose rows are the input `comparedHidden` `[P·G·T, D]`. */
  #compareProgram(shape: BatchShape) {
    const { config, graphs, store, programs } = this.#m;
    return programs.get(`compare ${JSON.stringify(shape)}`, async () => {
      const built = graphs.decoder.teacherForced(store.layout, shape);
      const { graph, parameters, hidden, logits, logprobs } = built;
      const compared = temperedLogits(graph.input("comparedHidden", hidden.shape), parameters, config.text);
      const outputs = {
        logprobs,
        divergence: softmaxDivergence(compared, logits),
        jensenShannon: jensenShannon(compared, logits),
        entropy: softmaxEntropy(logits),
      };
      return { program: await programs.compile(graph, outputs), used: new Map(parameters.used) };
    });
  }

  #gradientProgram(shape: BatchShape, parts: readonly Part[]) {
    const { graphs, store, programs } = this.#m;
    return programs.get(`gradient ${JSON.stringify([shape, parts])}`, async () => {
      const built = graphs.decoder.teacherForced(store.layout, shape);
      const { graph, parameters, embeddings } = built;
      const seeds = parts.map((part): Seed => {
        const tensor =
          part === "logprobs"
            ? built.logprobs
            : part === "values"
              ? valueHead(built.hidden, parameters)
              : softmaxEntropy(built.logits);
        return { tensor, gradient: graph.input(`c.${part}`, tensor.shape) };
      });
      const used = new Map(parameters.used);
      const trained = store.trained(used);
      const wanted = store.trainsEmbedding || store.layout.trainsVision ? [embeddings] : [];
      const found = gradients(graph, seeds, [...wanted, ...trained.values()]);
      const outputs = {
        ...(wanted.length > 0 && { embeddings: found[0]! }),
        ...gradientOutputs(trained, found.slice(wanted.length)),
      };
      return { program: await programs.compile(graph, outputs), used, trained };
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
    const width = imageTokenWidth(config.text);
    const textWidth = config.text.hiddenSize;
    const embedding = store.trainsEmbedding ? store.view(store.gradient, "embedding") : undefined;
    const addRow = (target: Float32Array, place: number, size: number, row: number) => {
      for (let i = 0; i < size; i++) {
        target[place * size + i]! += rows[row * width + i]!;
      }
    };
    const addText = (token: number, row: number) => {
      if (embedding !== undefined) addRow(embedding, token, textWidth, row);
    };
    const { prompts, promptLength, completionLength } = batch.shape;
    for (const [p, prompt] of batch.prompts.entries()) {
      forEachPromptRow(prompt, (p + 1) * promptLength, (row, _, image, place) => {
        if (image === undefined) addText(place, row);
        else addRow(gradientOf(images, image), place, width, row);
      });
    }
    for (const [slot, index] of batch.slots.entries()) {
      if (index >= 0) {
        for (const [t, token] of sequences[index]!.completion.entries()) {
          addText(token, prompts * promptLength + slot * completionLength + t);
        }
      }
    }
  }
}

/** Sequences with prompts of their own where what is done within the model depends on the completion. */
function sequencesFor(
  given: readonly PreparedSequence[],
  { intervention, replacement }: Scoring,
): readonly PreparedSequence[] {
  if (replacement) return given.map((sequence) => ({ ...sequence, prompt: { ...sequence.prompt } }));
  return intervention ? withOwnPrompts(given, intervention) : given;
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
