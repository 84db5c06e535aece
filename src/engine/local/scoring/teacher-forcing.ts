/**
 * @module
 * Scoring and gradients of given completions.
 */
import type { EngineError } from "../../../errors/index.ts";
import { imageTokenWidth } from "../../../model/config.ts";
import { type BatchShape, batchRows } from "../../../model/graph/index.ts";
import { DeviceArray } from "../../../tensor/index.ts";
import type { Score } from "../../engine.ts";
import { roundDownCount, roundUpLength } from "../buckets.ts";
import { vocabulary, withEmbeddings } from "../device/with-embeddings.ts";
import { type DecoderRows, decoderFeeds, forEachPromptRow } from "../prompts/decoder-batch.ts";
import { forEachKeyedImage } from "../prompts/image-keys.ts";
import type { PreparedImage } from "../prompts/prepared-prompt.ts";
import { readRow } from "../signals/graph-reducer.ts";
import { readsHiddenStates, signalFeeds } from "../signals/index.ts";
import { interventionFeeds, withOwnPrompts } from "./attention-intervention.ts";
import { groupDivergences } from "./group-divergence.ts";
import { Head, PARTS, type Part } from "./head.ts";
import type { Machinery } from "./machinery.ts";
import { replacementFeeds } from "./replacement-feeds.ts";
import { decoderOutputs, emptyScore, readScore, type Scoring, type Wanted } from "./scoring.ts";
import { type PreparedSequence, type SequenceBatch, sequenceBatches } from "./sequence-batches.ts";
import { TrainingPass } from "./training-pass.ts";

/** One `[T]` per sequence each: what Σ c·log π, Σ d·V and Σ e·H are weighted by. */
export interface Coefficients {
  readonly logprobs: readonly Float64Array[];
  readonly values: readonly Float64Array[] | undefined;
  readonly entropy: readonly Float64Array[] | undefined;
}

/** Nothing beside the rows that the head reads. */
const ROWS_ALONE: Wanted = {
  signals: undefined,
  entropy: false,
  nucleus: 0,
  values: false,
  likeliest: false,
  alternatives: 0,
  amplified: [],
};

export class TeacherForcing {
  readonly #m: Machinery;
  readonly #head: Head;
  readonly #pass: TrainingPass;

  constructor(machinery: Machinery) {
    this.#m = machinery;
    const { config, graphs, store, programs, memory } = machinery;
    this.#head = new Head(graphs, config.text.hiddenSize, store, programs, memory);
    this.#pass = new TrainingPass(machinery, this.#head);
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
    const wanted: Wanted = { ...rest, amplified };
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
      const { program, used } = await this.#decoderProgram(batch.shape, wanted);
      const { targets, rows, ...feeds } = this.#feeds(batch, sequences, weights);
      const decoded = await withEmbeddings(this.#m, rows, weights, (embeddings) =>
        program.run({
          ...store.feeds(used, weights),
          ...feeds,
          embeddings,
          ...signalFeeds(batch, sequences, wanted.signals),
          ...(intervention && interventionFeeds(batch, intervention, this.#m.config.text)),
          ...(wanted.replacement && replacementFeeds(batch, sequences)),
        }),
      );
      const hidden = decoded["hidden"]!;
      const headed = await this.#head.score({ hidden, targets, temperature }, wanted, weights);
      for (const [slot, index] of batch.slots.entries()) {
        if (index >= 0) {
          const sequence = sequences[index]!;
          const outputs = { ...decoded, ...headed };
          scores[index] = readScore(outputs, batch.shape, slot, sequence, wanted);
          if (groupDivergence) {
            const from = slot * batch.shape.completionLength * width;
            kept[index] = hidden.slice(from, from + sequence.completion.length * width);
          }
        }
      }
      if (others !== undefined) {
        await this.#compare(batch, hidden, others, scoring, scores);
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
      const { program, used } = await this.#decoderProgram(other.shape, ROWS_ALONE);
      const { targets, rows: given, ...feeds } = this.#feeds(other, members, weights);
      const decoded = await withEmbeddings(this.#m, given, weights, (embeddings) =>
        program.run({ ...store.feeds(used, weights), ...feeds, embeddings }),
      );
      const rows = { hidden: decoded["hidden"]!, targets, temperature };
      const outputs = await this.#head.compare(rows, comparedHidden, weights);
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

  /**
   * Adds the gradient of Σ c·log π + Σ d·V + Σ e·H to the store's.
   *
   * @throws EngineError when a batch of one sequence does not fit into memory
   */
  async accumulate(
    sequences: readonly PreparedSequence[],
    coefficients: Coefficients,
    temperature: number,
  ): Promise<void> {
    const { store, vision, memory } = this.#m;
    memory.train();
    const parts = PARTS.filter((part) => coefficients[part]);
    const batches = this.#trainingBatches(sequences, parts);
    await vision.encode(imagesOf(sequences));
    const imageGradients = new Map<PreparedImage, Float32Array>();
    for (const batch of batches) {
      const { targets, rows, ...feeds } = this.#feeds(batch, sequences, store.weights);
      const weighted = parts.map((part) => [part, coefficientRows(batch, coefficients[part]!)]);
      await withEmbeddings(this.#m, rows, store.weights, async (embeddings) => {
        const inputs = {
          feeds: { ...feeds, embeddings },
          targets,
          temperature,
          coefficients: Object.fromEntries(weighted),
        };
        const found = await this.#pass.run(batch.shape, parts, inputs);
        if (found === undefined) return;
        const home = found instanceof DeviceArray ? await this.#takeHome(rows, found) : found;
        if (home !== undefined) this.#embeddingGradients(batch, sequences, home, imageGradients);
      });
    }
    if (store.layout.trainsVision) {
      await vision.backward(imageGradients);
    }
  }

  /**
   * Batches of a training step that fit into memory: as many rows as the engine was opened for, or fewer.
   *
   * @throws EngineError when a batch of one sequence does not fit
   */
  #trainingBatches(sequences: readonly PreparedSequence[], parts: readonly Part[]): SequenceBatch[] {
    const { memory, maxTokens } = this.#m;
    for (let rows = maxTokens; ; rows = roundDownCount(rows - 1)) {
      const batches = sequenceBatches(sequences, rows);
      const tooLarge = batches.find(({ shape }) => !memory.fits(this.#pass.bytes(shape, parts)));
      if (tooLarge === undefined) return batches;
      if (tooLarge.shape.prompts * tooLarge.shape.groupSize === 1) {
        throw this.#refusal("accumulate", tooLarge.shape, parts);
      }
    }
  }

  /**
   * Fails where not even one completion of this length can be trained on.
   *
   * @throws EngineError with the numbers
   */
  requireRoom(completionTokens: number): void {
    const { memory } = this.#m;
    memory.train();
    const completionLength = roundUpLength(completionTokens);
    const shape = { prompts: 1, groupSize: 1, promptLength: roundUpLength(1), completionLength };
    const parts = ["logprobs"] as const;
    if (!memory.fits(this.#pass.bytes(shape, parts))) throw this.#refusal("train", shape, parts);
  }

  #refusal(call: string, shape: BatchShape, parts: readonly Part[]): EngineError {
    const { promptLength, completionLength } = shape;
    const batch = `one completion of ${completionLength} tokens after a prompt of ${promptLength}`;
    return this.#m.memory.refusal(call, batch, this.#pass.bytes(shape, parts));
  }

  #feeds(batch: SequenceBatch, sequences: readonly PreparedSequence[], weights: Float32Array) {
    const { config, table } = this.#m;
    return decoderFeeds(batch, sequences, vocabulary(this.#m, weights), config.text, table);
  }

  /** The decoder over a batch: the rows that the head reads, and signals. */
  #decoderProgram(shape: BatchShape, wanted: Wanted) {
    const { graphs, store, programs } = this.#m;
    const { signals, amplified, replacement } = wanted;
    return programs.get(`score ${JSON.stringify([shape, signals, amplified, replacement])}`, async () => {
      const wholePrompts = readsHiddenStates(signals);
      const options = { amplified, wholePrompts, replacement };
      const built = graphs.decoder.teacherForced(store.layout, shape, options);
      const program = await programs.compile(built.graph, decoderOutputs(built, shape, wanted));
      return { program, used: new Map(built.parameters.used) };
    });
  }

  /**
   * Adds the gradient of text rows to the vocabulary's on the device.
   *
   * @returns all rows in memory, where an image's are needed there
   */
  async #takeHome(rows: DecoderRows, found: DeviceArray): Promise<Float32Array | undefined> {
    const { store, embedding } = this.#m;
    try {
      if (store.trainsEmbedding) await embedding!.addGradient(rows, found, await store.device!.gradient());
      return rows.hasImages && store.layout.trainsVision ? await embedding!.download(found) : undefined;
    } finally {
      found.dispose();
    }
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
    const isHere = store.trainsEmbedding && store.device === undefined;
    const embedding = isHere ? store.view(store.gradient, "embedding") : undefined;
    const addRow = (target: Float32Array, place: number, size: number, row: number) => {
      for (let i = 0; i < size; i++) {
        target[place * size + i]! += rows[row * width + i]!;
      }
    };
    const addText = (token: number, row: number) => {
      if (embedding !== undefined) addRow(embedding, token, textWidth, row);
    };
    const { prompts, promptLength, completionLength, imageLength = 0 } = batch.shape;
    const firstKey = batchRows(batch.shape);
    for (const [p, prompt] of batch.prompts.entries()) {
      forEachKeyedImage(prompt, firstKey + p * imageLength, (row, image) => {
        const gradient = gradientOf(images, image);
        for (let i = 0; i < gradient.length; i++) gradient[i]! += rows[row * width + i]!;
      });
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
