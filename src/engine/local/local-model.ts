/**
 * @module
 * The engine's work, in the thread that calls it. `local-engine.ts` puts it into a worker.
 */
import { existsSync } from "node:fs";
import { EngineError } from "../../errors/index.ts";
import { Rng } from "../../math/random.ts";
import type { ArchitectureCapabilities } from "../../model/architecture.ts";
import { graphsOf } from "../../model/architectures/graphs.ts";
import { imageTokenWidth } from "../../model/config.ts";
import { openSightOf, readConfig } from "../../model/directory.ts";
import type { LoraShape, StorageOptions } from "../../model/index.ts";
import { requireDevice } from "../../tensor/index.ts";
import { requireImageKeys } from "../capabilities.ts";
import type {
  AccumulateOptions,
  AdamParameters,
  Completion,
  DrawnToken,
  GradientReport,
  Prompt,
  SampleRequest,
  Score,
  ScoreRequest,
  StepReport,
  TrainingRun,
} from "../engine.ts";
import { promptGenerators } from "../prompt-generators.ts";
import { checkCoefficients } from "./check-coefficients.ts";
import { checkAdam, checkDifferentiable, checkSampling } from "./check-requests.ts";
import { DeviceEmbedding } from "./device/device-embedding.ts";
import { DeviceParameters } from "./device/device-parameters.ts";
import { KnownPrompts, type LocalSequence } from "./known-prompts.ts";
import {
  checkedAlternatives,
  checkedNucleus,
  checkedTemperature,
  checkLayers,
  checkPositive,
  type ReplicaOptions,
} from "./local-options.ts";
import { machineMemory } from "./memory/machine-memory.ts";
import { MemoryPlan, requireWeights } from "./memory/memory-plan.ts";
import { GradientGuard } from "./partial-gradient.ts";
import { ProgramCache } from "./program-cache.ts";
import { RotaryTable } from "./prompts/rotary-table.ts";
import { VisionEncoder } from "./prompts/vision-encoder.ts";
import { requireSelfAttention } from "./require-self-attention.ts";
import { decode } from "./sampling/decoding.ts";
import { DraftWatch } from "./sampling/draft-watch.ts";
import { checkedIntervention } from "./scoring/attention-intervention.ts";
import type { Machinery } from "./scoring/machinery.ts";
import { TeacherForcing } from "./scoring/teacher-forcing.ts";
import { sampledCalibration, sampledRow } from "./signals/sampled-calibration.ts";
import { AdamW, gradientNorm } from "./weights/adamw.ts";
import { checkSameModel, saveModel } from "./weights/checkpoint-files.ts";
import { initialiseWeights } from "./weights/initial-weights.ts";
import {
  beginAdapters,
  loraStart,
  putAdapter,
  readSameAdapters,
  saveAdapters,
} from "./weights/lora-weights.ts";
import { ParameterStore } from "./weights/parameter-store.ts";
import { QuantisedStages } from "./weights/quantised-stages.ts";
import { sumInto } from "./weights/sum-into.ts";
import { readTrainingState, restoreTrainingState, saveTrainingState } from "./weights/training-state.ts";
import { writeValueHead } from "./weights/value-head-file.ts";

/** Compiled programs kept where memory allows: each holds the buffers of its largest run. */
const PROGRAMS = 30;

/** A sampling request whose prompts were registered before. */
export interface LocalSampleRequest extends Omit<SampleRequest, "prompts" | "watch"> {
  readonly prompts: readonly number[];
  /** `[P·G]` where the caller sets 1 to end a completion; present where the request is watched. */
  readonly ended?: Int32Array;
  /** Place of the first of them in the whole request, of which this may be a share; 0 unless given. */
  readonly first?: number;
}

export class LocalModel {
  /** Weights, gradient and moments on a device other than the processor. */
  readonly resident: DeviceParameters | undefined;
  readonly #machinery: Machinery;
  readonly #assets: string;
  readonly #lora: LoraShape | undefined;
  readonly #adam: AdamW;
  readonly #teacher: TeacherForcing;
  readonly #prompts: KnownPrompts;
  readonly #architecture: ArchitectureCapabilities;
  /** Only with rollouts in 8 bits. */
  readonly #quantised: QuantisedStages | undefined;
  /** 1 at ids of image and video tokens: a completion that contains one could not be read as a prompt. */
  readonly #banned: Uint8Array;
  readonly #guard = new GradientGuard();
  /** Gradients of all replicas, and which is this one's; none where the model is alone. */
  #shared: { readonly gradients: readonly Float32Array[]; readonly place: number } | undefined;

  /**
   * Opens a model's weights; the optimiser starts from zero, even if its state is beside them. `load` continues a
   * training.
   *
   * @throws ModelError when the model is of an architecture that is not supported, or its files are broken
   * @throws EngineError when an option is no positive integer, or the weights do not fit into memory
   */
  constructor({
    model,
    device = "cpu",
    threads = 2,
    spin = false,
    valueHead = false,
    maxTokens = 2048,
    lora,
    memory: given,
    machine = machineMemory(given),
    replicas = 1,
    checkpointing = "auto",
    rollouts = "fp32",
  }: ReplicaOptions) {
    checkPositive("threads", threads);
    checkPositive("maxTokens", maxTokens);
    const fresh = typeof model === "string" ? undefined : model;
    this.#assets = fresh?.assets ?? (model as string);
    const config = fresh?.config ?? readConfig(this.#assets);
    if (fresh !== undefined && lora !== undefined) {
      throw new EngineError("lora: expected a model directory, got a model to begin");
    }
    requireSelfAttention(config, { device, rollouts });
    const graphs = graphsOf(config);
    const adapters = lora && loraStart(lora, graphs.names);
    this.#lora = adapters?.shape;
    const options = { valueHead, lora: this.#lora };
    const store = new ParameterStore(graphs, options, (own) => requireWeights(machine, replicas, own));
    const memory = new MemoryPlan(machine, replicas, store);
    if (fresh === undefined) {
      store.read(this.#assets);
      if (adapters !== undefined) {
        beginAdapters(adapters, store);
      }
    } else {
      initialiseWeights(store, graphs.names, new Rng(fresh.seed), config.text.layers);
    }
    this.#adam = new AdamW(store.layout);
    this.resident = device === "cpu" ? undefined : new DeviceParameters(store, this.#adam, device);
    store.device = this.resident;
    if (rollouts === "int8") {
      this.#quantised = new QuantisedStages(config.text, graphs, store, { threads, spin });
      memory.expectQuantised(this.#quantised.bytes);
    }
    const programs = new ProgramCache(PROGRAMS, { device, threads, spin }, () => memory.programBytes);
    const tower = { graphs: graphs.vision, store, programs, memory, checkpointing };
    const vision = new VisionEncoder(tower, imageTokenWidth(config.text));
    const table = new RotaryTable(graphs.rotary);
    this.#machinery = {
      config,
      graphs,
      store,
      programs,
      vision,
      table,
      memory,
      maxTokens,
      checkpointing,
      embedding:
        device === "cpu"
          ? undefined
          : new DeviceEmbedding(store.layout.packs.get("embedding")!.shape, device),
    };
    this.#teacher = new TeacherForcing(this.#machinery);
    const sight = openSightOf(this.#assets, config);
    this.#architecture = sight.architecture.capabilities;
    this.#banned = new Uint8Array(config.text.vocabSize);
    for (const token of sight.vision.specialTokens) this.#banned[token] = 1;
    this.#prompts = new KnownPrompts(sight, memory);
  }

  /** @throws EngineError when programs cannot run on the engine's device */
  requireDevice(): Promise<void> {
    return requireDevice(this.#machinery.programs.device);
  }

  /** Remembers prompts under the caller's ids: all, or none when one of them fails. */
  register(prompts: readonly (readonly [id: number, prompt: Prompt])[]): void {
    this.#prompts.register(prompts);
  }

  forget(ids: readonly number[]): void {
    this.#prompts.forget(ids);
  }

  /** @param report takes the tokens of each step, where the request is watched */
  async sample(
    request: LocalSampleRequest,
    report: (drawn: readonly DrawnToken[]) => void = () => {},
  ): Promise<Completion[][]> {
    checkSampling(request);
    requireImageKeys("sample", request, this.#architecture);
    checkLayers("sample", request.signals);
    const { groupSize, ended } = request;
    const { vocabSize } = this.#machinery.config.text;
    const alternatives = checkedAlternatives("sample", request.alternatives ?? 0, vocabSize);
    const greedy = request.temperature === 0;
    await this.resident?.prepare(this.#machinery.store.weights);
    const quantised = request.rollout ? this.#quantised : undefined;
    const signals = quantised === undefined ? request.signals : undefined;
    return decode(this.#machinery, {
      prompts: this.#prompts.all(request.prompts),
      groupSize,
      maxCompletionTokens: request.maxCompletionTokens,
      stopTokens: new Set(request.stopTokens),
      choice: { greedy, topK: request.topK, topP: request.topP, banned: this.#banned },
      temperature: greedy ? 1 : request.temperature,
      generators: promptGenerators(request.seed, request.prompts.length, request.first),
      attention: sampledRow(signals?.attention),
      calibrated: sampledCalibration(signals),
      quantised,
      watch: ended && new DraftWatch({ groupSize, ended, alternatives, report }),
    });
  }

  async score(sequences: readonly LocalSequence[], request: ScoreRequest = {}): Promise<Score[]> {
    const { store, config } = this.#machinery;
    if (request.weights === "reference" && store.reference === undefined) {
      throw new EngineError("score: reference weights were asked for, but none were set");
    }
    requireImageKeys("score", request, this.#architecture);
    const weights = request.weights === "reference" ? store.reference! : store.weights;
    const { signals, entropy = false, values = false, likeliest = false, alternatives = 0 } = request;
    const nucleus = checkedNucleus(request.nucleusEntropy);
    const { divergenceFrom, intervention } = request;
    if (intervention && divergenceFrom) {
      throw new EngineError("score: intervention: does not go together with divergenceFrom");
    }
    const replacement = request.image?.kind === "replace-values" ? request.image : undefined;
    if (replacement && (divergenceFrom || intervention)) {
      throw new EngineError(
        "score: image replace-values: goes with neither divergenceFrom nor an intervention",
      );
    }
    checkDifferentiable("score: divergenceFrom", divergenceFrom);
    checkLayers("score", signals);
    this.#checkValueHead(values, "score: values");
    await this.resident?.prepare(weights);
    return this.#teacher.score(
      this.#prompts.sequences(sequences, request.image),
      {
        weights,
        temperature: checkedTemperature(request.temperature),
        signals,
        entropy,
        nucleus,
        groupDivergence: request.groupDivergence ?? false,
        values,
        likeliest,
        alternatives: checkedAlternatives("score", alternatives, config.text.vocabSize),
        intervention: intervention && checkedIntervention(intervention, sequences, config.text),
        replacement,
      },
      divergenceFrom && this.#prompts.sequences(sequences, divergenceFrom),
    );
  }

  async accumulate(
    sequences: readonly LocalSequence[],
    coefficients: readonly Float64Array[],
    options: AccumulateOptions = {},
  ): Promise<GradientReport> {
    const { valueCoefficients: values, entropyCoefficients: entropy } = options;
    checkCoefficients(sequences, coefficients, options);
    checkDifferentiable("accumulate: image", options.image);
    this.#checkValueHead(values !== undefined, "accumulate: valueCoefficients");
    const { store } = this.#machinery;
    const temperature = checkedTemperature(options.temperature);
    const asked = this.#prompts.sequences(sequences, options.image);
    await this.resident?.prepare(store.weights);
    await this.#guard.watch(() =>
      this.#teacher.accumulate(asked, { logprobs: coefficients, values, entropy }, temperature),
    );
    const tokens = sequences.reduce((sum, { completion }) => sum + completion.length, 0);
    store.gradientNorm = (await this.resident?.gradientNorm()) ?? gradientNorm(store.gradient);
    return { tokens, finite: Number.isFinite(store.gradientNorm) };
  }

  step(adam: AdamParameters): StepReport {
    checkAdam(adam);
    this.requireWholeGradient();
    const { store } = this.#machinery;
    if (this.#shared !== undefined) sumInto(store.gradient, this.#shared.gradients);
    const norm = (this.#shared ? undefined : store.gradientNorm) ?? gradientNorm(store.gradient);
    store.gradientNorm = undefined;
    const applied = Number.isFinite(norm);
    if (applied) {
      const { maxGradientNorm } = adam;
      const scale = maxGradientNorm > 0 && norm > maxGradientNorm ? maxGradientNorm / norm : 1;
      this.#adam.step(store.weights, store.gradient, scale, adam);
      store.version++;
    } else store.clearGradient();
    return { gradientNorm: norm, applied };
  }

  /** How many numbers are trained. */
  trainedSize(): number {
    return this.#machinery.store.gradient.length;
  }

  /**
   * From now on a step takes the sum of what all replicas have published.
   *
   * @param memory `[replicas × trained]` numbers, a replica's behind another's
   * @param place which of them is this one
   */
  shareGradients(memory: SharedArrayBuffer, place: number): void {
    const size = this.trainedSize();
    const replicas = memory.byteLength / (size * Float32Array.BYTES_PER_ELEMENT);
    const all = new Float32Array(memory);
    const gradients = Array.from({ length: replicas }, (_, i) => all.subarray(i * size, (i + 1) * size));
    this.#shared = { gradients, place };
  }

  /** Puts the gradient where the other replicas find it. */
  publishGradient(): void {
    this.#shared!.gradients[this.#shared!.place]!.set(this.#machinery.store.gradient);
  }

  /** @throws EngineError when an `accumulate` failed since the last step; the gradient is cleared, wherever it is */
  requireWholeGradient(): void {
    const { fault } = this.#guard;
    if (fault === undefined) return;
    this.clearGradient();
    throw fault;
  }

  clearGradient(): void {
    this.#guard.clear();
    this.#machinery.store.clearGradient();
    this.resident?.clearGradient();
  }

  requireRoom({ completionTokens, reference }: TrainingRun): void {
    if (reference) this.#machinery.memory.expectReference();
    this.#teacher.requireRoom(completionTokens);
  }

  setReference(): void {
    const { store } = this.#machinery;
    store.reference = store.weights.slice();
  }

  save(directory: string, optimizer: boolean, storage: StorageOptions = {}): void {
    const { config, graphs, store } = this.#machinery;
    if (this.#lora === undefined) {
      saveModel(directory, config, store, this.#assets, storage);
    } else {
      saveAdapters(directory, this.#lora, store, graphs.names, this.#assets, storage);
      writeValueHead(directory, store.tensors(store.weights));
    }
    saveTrainingState(directory, store, optimizer ? this.#adam : undefined);
  }

  /** The accumulated gradient, which belongs to the weights before, is cleared. */
  load(directory: string): void {
    const { config, graphs, store } = this.#machinery;
    if (!existsSync(directory)) {
      throw new EngineError(`load: no such directory: ${directory}`);
    }
    if (this.#lora === undefined) {
      checkSameModel(readConfig(directory), config, directory);
    }
    const state = readTrainingState(directory, store);
    if (this.#lora === undefined) {
      store.read(directory);
    } else {
      const adapter = readSameAdapters(directory, this.#lora, graphs.names);
      store.readValueHead(directory);
      putAdapter(adapter, store);
    }
    restoreTrainingState(state, store, this.#adam);
    this.clearGradient();
  }

  async close(): Promise<void> {
    await this.#machinery.programs.clear();
    await this.#machinery.embedding?.release();
    await this.#quantised?.clear();
  }

  /** The accumulated gradient of each parameter, by Hugging Face name: views, valid until the next step. */
  gradients(): ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
    const { store } = this.#machinery;
    return store.tensors(store.gradient);
  }

  #checkValueHead(isAskedFor: boolean, what: string): void {
    if (isAskedFor && !this.#machinery.store.hasValueHead) {
      throw new EngineError(`${what}: the engine has no value head; open it with valueHead: true`);
    }
  }
}
