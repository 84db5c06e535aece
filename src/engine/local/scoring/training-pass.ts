/**
 * @module
 * The gradient of one batch. Where the head takes all rows at once, decoder and head are one program. Where
 * it takes some at a time it runs between two programs of the decoder, forwards and backwards. The backward pass reads
 * activations from memory that all batches share: all activations that are expensive to compute, or only the inputs of
 * the layers, if asked for or if nothing else fits.
 */
import type { BatchShape, ModelGraphs, TeacherForcedGraph } from "../../../model/graph/index.ts";
import {
  type DeviceArray,
  elementCount,
  type Feeds,
  gradients,
  type Seed,
  savedTensors,
  type Targets,
  type Tensor,
  workingBytes,
} from "../../../tensor/index.ts";
import { type Checkpointing, PassPrograms, sizeOf } from "../checkpointing.ts";
import type { BatchBytes, MemoryPlan } from "../memory/memory-plan.ts";
import type { ProgramCache } from "../program-cache.ts";
import { accumulate, accumulated, gradientOutputs } from "../weights/accumulated.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import { type Head, headSeeds, type Part } from "./head.ts";

/** Graphs of a batch, not yet compiled. */
interface Plan {
  readonly key: string;
  readonly bytes: BatchBytes;
  /** The decoder forwards, for a head that takes some rows at a time; none where there is one program. */
  readonly forward?: Readonly<Record<string, Tensor>>;
  readonly backward: Readonly<Record<string, Tensor>>;
  readonly saved: readonly Tensor[];
  readonly packs: ReadonlyMap<string, Tensor>;
  readonly trained: readonly string[];
}

/** A way to compute a batch. */
type Choice = Pick<Plan, "key" | "bytes">;

/** The parts of a pass. */
export interface TrainingPassOptions {
  readonly graphs: ModelGraphs;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  readonly memory: MemoryPlan;
  readonly checkpointing: Checkpointing;
}

/** A batch's inputs of decoder and head. */
export interface PassInputs {
  readonly feeds: Feeds;
  /** `[P·G·T]` */
  readonly targets: BigInt64Array;
  readonly temperature: number;
  /** `[P·G·T]` of each part. */
  readonly coefficients: Readonly<Partial<Record<Part, Float32Array>>>;
}

export class TrainingPass {
  readonly #m: TrainingPassOptions;
  readonly #head: Head;
  /** The last choice for a shape and its parts. */
  readonly #choices = new Map<string, Choice>();
  /** By key: what does not fit today may fit tomorrow, and a graph takes long to build. */
  readonly #known = new Map<string, Choice>();
  #plan: Plan | undefined;
  #memory = new Float32Array();

  constructor(options: TrainingPassOptions, head: Head) {
    this.#m = options;
    this.#head = head;
  }

  /** Bytes that a batch takes. */
  bytes(shape: BatchShape, parts: readonly Part[]): BatchBytes {
    return this.#chosen(shape, parts).bytes;
  }

  /**
   * Adds the weights' gradient of a batch to the store's.
   *
   * @returns the gradient of the embeddings `[N, D]`, where something learns from it; the caller disposes of it
   */
  async run(
    shape: BatchShape,
    parts: readonly Part[],
    { feeds, targets, temperature, coefficients }: PassInputs,
  ): Promise<Float32Array | DeviceArray | undefined> {
    const { programs, store } = this.#m;
    const { key } = this.#chosen(shape, parts);
    const compile = async () => {
      const plan = this.#plan?.key === key ? this.#plan : this.#build(shape, parts, key);
      this.#plan = undefined;
      const { forward, backward, saved, packs, trained } = plan;
      const { graph } = Object.values(backward)[0]!;
      const kept = saved.map(({ name }) => name);
      const first = forward && (await programs.compile(graph, forward, { resident: kept }));
      const resident = [...gradientOutputs(backward), "embeddings"];
      const program = new PassPrograms(
        first,
        await programs.compile(graph, backward, { given: saved, resident }),
      );
      return { program, saved, packs, trained };
    };
    return programs.use(`train ${key}`, compile, async ({ program, saved, packs, trained }) => {
      const given = { ...store.feeds(packs), ...feeds };
      const views = store.device === undefined ? this.#views(saved) : {};
      const run = async (ofHead: Targets, kept: Readonly<Record<string, DeviceArray>> = {}) => {
        const all = { ...given, ...views, ...kept, ...ofHead };
        const { host, device } = await accumulate(store, program.backward, trained, all);
        return device["embeddings"] ?? host["embeddings"];
      };
      if (program.forward === undefined) {
        const seeds = parts.map((part) => [`c.${part}`, coefficients[part]!]);
        const inverseTemperature = Float32Array.of(1 / temperature);
        return run({ targets, inverseTemperature, ...Object.fromEntries(seeds) });
      }
      const { host, device: kept } = await program.forward.runThere(given, views);
      try {
        const rows = { hidden: host["hidden"]!, targets, temperature };
        return await run({ hiddenGradient: await this.#head.gradient(rows, coefficients) }, kept);
      } finally {
        for (const array of Object.values(kept)) array.dispose();
      }
    });
  }

  /**
   * The way a batch is computed: the first that fits, else the last. It stays as long as it fits, since the room changes: prompts
   * are kept, a reference comes.
   */
  #chosen(shape: BatchShape, parts: readonly Part[]): Choice {
    const { memory, checkpointing } = this.#m;
    const place = JSON.stringify([shape, parts]);
    let choice = this.#choices.get(place);
    if (choice !== undefined && memory.fits(choice.bytes)) return choice;
    const rows = shape.prompts * shape.groupSize * shape.completionLength;
    const isWhole = checkpointing !== "blocks" && this.#head.takesAll(rows, parts);
    const apart = checkpointing === "auto" ? (["none", "blocks"] as const) : [checkpointing];
    for (const way of isWhole ? (["whole", ...apart] as const) : apart) {
      choice = this.#choice(shape, parts, `${way} ${place}`);
      if (memory.fits(choice.bytes)) break;
    }
    this.#choices.set(place, choice!);
    return choice!;
  }

  #choice(shape: BatchShape, parts: readonly Part[], key: string): Choice {
    let known = this.#known.get(key);
    if (known === undefined) {
      this.#plan = this.#build(shape, parts, key);
      known = { key, bytes: this.#plan.bytes };
      this.#known.set(key, known);
    }
    return known;
  }

  #build(shape: BatchShape, parts: readonly Part[], key: string): Plan {
    const { graphs, store } = this.#m;
    const built = graphs.decoder.teacherForced(store.layout, shape);
    const { graph, parameters, hidden } = built;
    const [way] = key.split(" ", 1);
    if (way === "whole") {
      const seeds = headSeeds(graphs.decoder.head(hidden, parameters), parts);
      return { ...this.#backward(built, seeds), key, saved: [] };
    }
    const count = graph.nodes.length;
    const seed = { tensor: hidden, gradient: graph.input("hiddenGradient", hidden.shape) };
    const back = this.#backward(built, [seed]);
    const results = Object.values(back.backward);
    const saved = savedTensors(graph, results, count, way === "blocks" ? built.layerInputs : undefined);
    const forward = { hidden, ...Object.fromEntries(saved.map((tensor) => [tensor.name, tensor])) };
    // onnxruntime-node copies what a run returns, arrays that it was given too, and the copies wait for the collector.
    const activations = 2 * sizeOf(saved);
    const programs =
      workingBytes(graph, Object.values(forward)) + workingBytes(graph, results, saved) + sizeOf(results);
    return { ...back, key, forward, saved, bytes: { activations, programs } };
  }

  /** The graph of all gradients, for one program. */
  #backward({ graph, parameters, embeddings }: TeacherForcedGraph, seeds: readonly Seed[]) {
    const { store } = this.#m;
    const packs = new Map(parameters.used);
    const trained = store.trained(packs);
    const wanted = store.trainsEmbedding || store.layout.trainsVision ? [embeddings] : [];
    const found = gradients(graph, seeds, [...wanted, ...trained.values()]);
    const backward = {
      ...(wanted.length > 0 && { embeddings: found[0]! }),
      ...accumulated(graph, trained, found.slice(wanted.length)),
    };
    const results = Object.values(backward);
    const bytes = { activations: workingBytes(graph, results), programs: sizeOf(results) };
    return { backward, packs, trained: [...trained.keys()], bytes };
  }

  /** Places for results in the memory that all batches share. */
  #views(saved: readonly Tensor[]): Record<string, Float32Array> {
    const size = saved.reduce((sum, { shape }) => sum + elementCount(shape), 0);
    if (this.#memory.length < size) {
      this.#memory = new Float32Array(size);
      this.#m.memory.activations = this.#memory.byteLength;
    }
    let at = 0;
    return Object.fromEntries(
      saved.map(({ name, shape }) => {
        const start = at;
        at += elementCount(shape);
        return [name, this.#memory.subarray(start, at)];
      }),
    );
  }
}
