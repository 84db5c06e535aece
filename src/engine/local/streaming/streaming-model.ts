/**
 * @module
 * Scoring with a model that is larger than memory: one layer's graph serves all layers, and each layer's weights are
 * read from the file when its turn comes, once for all batches of a wave.
 */
import { EngineError } from "../../../errors/index.ts";
import { graphsOf } from "../../../model/architectures/graphs.ts";
import { imageTokenWidth, type ModelConfig } from "../../../model/config.ts";
import { openSightOf, readConfig } from "../../../model/directory.ts";
import {
  type BatchShape,
  batchRows,
  type ModelGraphs,
  type ParameterLayout,
  parameterLayout,
} from "../../../model/graph/index.ts";
import { openWeights } from "../../../model/open-weights.ts";
import { type Feeds, requireDevice, type Targets } from "../../../tensor/index.ts";
import type { Prompt, Score, ScoreRequest } from "../../engine.ts";
import { KnownPrompts, type LocalSequence, type PromptMemory } from "../known-prompts.ts";
import { checkedTemperature, checkLayers, checkPositive, type ReplicaOptions } from "../local-options.ts";
import { machineMemory, modelBytes } from "../memory/machine-memory.ts";
import { ProgramCache } from "../program-cache.ts";
import { decoderFeeds } from "../prompts/decoder-batch.ts";
import { RotaryTable } from "../prompts/rotary-table.ts";
import { emptyScore, readScore, type Wanted } from "../scoring/scoring.ts";
import { type PreparedSequence, type SequenceBatch, sequenceBatches } from "../scoring/sequence-batches.ts";
import { averagedRows, readsHiddenStates, signalFeeds, signalOutputs } from "../signals/index.ts";
import { checkSameModel } from "../weights/checkpoint-files.ts";
import { streamHead } from "./streamed-head.ts";
import { StreamedVisionEncoder } from "./streamed-vision-encoder.ts";
import { StreamedWeights } from "./streamed-weights.ts";
import { takeApart } from "./token-parts.ts";
import { waves } from "./waves.ts";

/** Programs kept: each holds the buffers of its largest run. */
const PROGRAMS = 16;

/** A batch on its way through the layers. */
interface Passage {
  readonly batch: SequenceBatch;
  readonly feeds: Targets & { readonly targets: BigInt64Array };
  x: Float32Array;
  /** `[N, D]` each: what is added after each of the first layers. */
  readonly later: readonly Float32Array[];
  /** Sum of the earlier layers' rows, where a mean over layers is wanted. */
  earlierRows: Float32Array | undefined;
  outputs: Record<string, Float32Array>;
}

export class StreamingModel {
  readonly #config: ModelConfig;
  readonly #graphs: ModelGraphs;
  readonly #layout: ParameterLayout;
  readonly #programs: ProgramCache;
  readonly #vision: StreamedVisionEncoder;
  readonly #table: RotaryTable;
  readonly #prompts: KnownPrompts;
  readonly #maxTokens: number;
  #weights: StreamedWeights;
  #version = 0;

  /**
   * Opens a model directory; no weights are read.
   *
   * @throws ModelError when the model is of an architecture that is not supported, or its files are broken
   * @throws EngineError when the model has no directory, or an option does not apply
   */
  constructor({
    model,
    device = "cpu",
    threads = 2,
    spin = false,
    maxTokens = 2048,
    valueHead,
    lora,
    memory,
    machine = machineMemory(memory),
  }: ReplicaOptions) {
    checkPositive("threads", threads);
    checkPositive("maxTokens", maxTokens);
    if (typeof model !== "string") {
      throw new EngineError("stream: expected a model directory, got a model to begin");
    }
    if (valueHead === true) {
      throw new EngineError("stream: an engine that streams its weights has no value head");
    }
    if (lora !== undefined) {
      throw new EngineError("stream: an engine that streams its weights has no adapters; merge them first");
    }
    this.#config = readConfig(model);
    this.#graphs = graphsOf(this.#config);
    this.#layout = parameterLayout(this.#graphs);
    this.#programs = new ProgramCache(PROGRAMS, { device, threads, spin });
    const { vision, rotary } = this.#graphs;
    const width = imageTokenWidth(this.#config.text);
    const room = modelBytes(machine);
    this.#vision = new StreamedVisionEncoder(vision, width, this.#layout, this.#programs, room);
    this.#table = new RotaryTable(rotary);
    this.#prompts = new KnownPrompts(openSightOf(model, this.#config), promptMemory(room));
    this.#maxTokens = maxTokens;
    this.#weights = this.#open(model);
  }

  /** @throws EngineError when programs cannot run on the engine's device */
  requireDevice(): Promise<void> {
    return requireDevice(this.#programs.device);
  }

  register(prompts: readonly (readonly [id: number, prompt: Prompt])[]): void {
    this.#prompts.register(prompts);
  }

  forget(ids: readonly number[]): void {
    this.#prompts.forget(ids);
  }

  /** @throws EngineError when something is asked for that only an engine with its weights in memory can do */
  async score(sequences: readonly LocalSequence[], request: ScoreRequest = {}): Promise<Score[]> {
    const { signals, entropy = false } = request;
    refuse(request.weights === "reference", "score: reference weights");
    refuse(request.divergenceFrom !== undefined, "score: divergenceFrom");
    refuse(request.image?.kind === "replace-values", "score: image replace-values");
    refuse(request.values === true, "score: values");
    refuse(request.intervention !== undefined, "score: intervention");
    refuse(request.likeliest === true, "score: likeliest");
    refuse(request.alternatives !== undefined, "score: alternatives");
    refuse(request.nucleusEntropy !== undefined, "score: nucleusEntropy");
    refuse(request.groupDivergence === true, "score: groupDivergence");
    refuse(readsHiddenStates(signals), "score: signals of hidden states");
    checkLayers("score", signals);
    const temperature = checkedTemperature(request.temperature);
    const wanted: Wanted = {
      signals,
      entropy,
      nucleus: 0,
      values: false,
      likeliest: false,
      alternatives: 0,
      amplified: [],
    };
    const prepared = this.#prompts.sequences(sequences, request.image);
    const images = prepared.flatMap(({ prompt }) => prompt.images);
    await this.#vision.encode(images, this.#weights, this.#version);
    const scores: Score[] = prepared.map(() => emptyScore(wanted));
    for (const wave of waves(sequenceBatches(prepared, this.#maxTokens), ({ shape }) => batchRows(shape))) {
      await this.#scoreWave(wave, prepared, wanted, temperature, scores);
    }
    return scores;
  }

  /** Scores with another checkpoint of the same model from now on. */
  load(directory: string): void {
    checkSameModel(readConfig(directory), this.#config, directory);
    this.#weights = this.#open(directory);
    this.#version++;
  }

  sample(): never {
    return refuse(true, "sample");
  }

  accumulate(): never {
    return refuse(true, "accumulate");
  }

  step(): never {
    return refuse(true, "step");
  }

  requireRoom(): never {
    return refuse(true, "requireRoom: training");
  }

  setReference(): never {
    return refuse(true, "setReference");
  }

  save(): never {
    return refuse(true, "save");
  }

  async close(): Promise<void> {
    await this.#programs.clear();
  }

  #open(directory: string): StreamedWeights {
    return new StreamedWeights(openWeights(directory, this.#graphs.names), this.#layout);
  }

  async #scoreWave(
    wave: readonly SequenceBatch[],
    sequences: readonly PreparedSequence[],
    wanted: Wanted,
    temperature: number,
    scores: Score[],
  ): Promise<void> {
    const embedding = this.#weights.range(this.#weights.parameter("embedding"));
    const passages = wave.map((batch): Passage => {
      const { rows, ...feeds } = decoderFeeds(batch, sequences, embedding, this.#config.text, this.#table);
      const signals = signalFeeds(batch, sequences, wanted.signals);
      const [x, ...later] = takeApart(rows.embeddings, batchRows(batch.shape), this.#config.text.hiddenSize);
      return {
        batch,
        feeds: { ...feeds, ...signals },
        x: x!,
        later,
        earlierRows: undefined,
        outputs: {},
      };
    });
    const { layers } = this.#config.text;
    for (let layer = 0; layer < layers; layer++) {
      await this.#runLayer(passages, layer, wanted);
    }
    const head = this.#weights.parameter(this.#config.text.tieWordEmbeddings ? "embedding" : "head");
    const rows = passages.map(({ x, feeds: { targets } }) => ({
      hidden: x,
      targets,
      logprobs: new Float32Array(targets.length),
      entropy: new Float32Array(targets.length),
    }));
    await streamHead(rows, head, temperature, this.#config.text, this.#weights, this.#programs);
    for (const [i, { batch, outputs }] of passages.entries()) {
      const { logprobs, entropy } = rows[i]!;
      for (const [slot, index] of batch.slots.entries()) {
        if (index >= 0) {
          const read = { ...outputs, logprobs, entropy };
          scores[index] = readScore(read, batch.shape, slot, sequences[index]!, wanted);
        }
      }
    }
  }

  async #runLayer(passages: readonly Passage[], layer: number, wanted: Wanted): Promise<void> {
    const { layers } = this.#config.text;
    const last = layer === layers - 1;
    const averaged = averagedRows(wanted.signals);
    const signalLayers = Math.min(averaged.layers, layers);
    const givesRows = !last && layer >= layers - signalLayers;
    let fed: Feeds | undefined;
    for (const passage of passages) {
      const more = passage.later[layer];
      const { shape } = passage.batch;
      const { program, used } = last
        ? await this.#lastProgram(shape, wanted, signalLayers, more !== undefined)
        : await this.#program(shape, givesRows ? averaged.row : undefined, more !== undefined);
      fed ??= this.#weights.feeds(used, layer);
      const { earlierRows } = passage;
      const { x, rows, ...outputs } = await program.run({
        ...fed,
        ...passage.feeds,
        x: passage.x,
        ...(more && { more }),
        ...(earlierRows && { earlierRows }),
      });
      passage.x = x!;
      passage.outputs = outputs;
      if (rows !== undefined) {
        passage.earlierRows = earlierRows?.map((value, i) => value + rows[i]!) ?? rows;
      }
    }
  }

  #program(shape: BatchShape, rowsOf: "own" | "predicting" | undefined, more: boolean) {
    return this.#programs.get(`layer ${JSON.stringify([shape, rowsOf, more])}`, async () => {
      const layer = this.#graphs.decoder.streamedLayer(this.#layout, shape, false, more);
      const { graph, parameters, x, rows } = layer;
      const outputs = { x, ...(rowsOf && { rows: rows(rowsOf) }) };
      return { program: await this.#programs.compile(graph, outputs), used: parameters.used };
    });
  }

  #lastProgram(shape: BatchShape, wanted: Wanted, layers: number, more: boolean) {
    return this.#programs.get(`last layer ${JSON.stringify([shape, wanted, more])}`, async () => {
      const built = this.#graphs.decoder.streamedLayer(this.#layout, shape, true, more);
      const rows: typeof built.rows = (owner, count) =>
        built.rows(owner, count === undefined ? 1 : Math.min(count, layers));
      const outputs = { x: built.x, ...signalOutputs({ graph: built.graph, rows }, shape, wanted.signals) };
      return { program: await this.#programs.compile(built.graph, outputs), used: built.parameters.used };
    });
  }
}

/** Prepared prompts may have a quarter of the room that their pixels leave. */
function promptMemory(room: number): PromptMemory {
  return {
    prompts: 0,
    preparedPrompts: 0,
    get promptBytes() {
      return Math.max(0, (room - this.prompts) / 4);
    },
  };
}

function refuse(isAskedFor: true, what: string): never;
function refuse(isAskedFor: boolean, what: string): void;
function refuse(isAskedFor: boolean, what: string): void {
  if (isAskedFor) {
    throw new EngineError(`${what}: an engine that streams its weights (stream: true) can only score`);
  }
}
