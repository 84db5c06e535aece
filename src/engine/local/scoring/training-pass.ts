/**
 * @module
 * The decoder of one batch in two programs, forwards and backwards, between which the head runs. The results that the
 * backward pass needs are the forward pass's outputs, in memory that all batches share.
 */
import type { BatchShape, ModelGraphs } from "../../../model/graph/index.ts";
import {
  byteSize,
  elementCount,
  type Feeds,
  gradients,
  type Program,
  savedTensors,
  type Tensor,
  workingBytes,
} from "../../../tensor/index.ts";
import type { BatchBytes, MemoryPlan } from "../memory/memory-plan.ts";
import type { ProgramCache } from "../program-cache.ts";
import { accumulated, gradientViews } from "../weights/accumulated.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";

/** The two graphs of a shape, not yet compiled. */
interface Plan {
  readonly bytes: BatchBytes;
  readonly forward: Readonly<Record<string, Tensor>>;
  readonly backward: Readonly<Record<string, Tensor>>;
  readonly saved: readonly Tensor[];
  readonly packs: ReadonlyMap<string, Tensor>;
  readonly trained: readonly string[];
}

/** Both programs, which are kept and released together. */
class ProgramPair {
  readonly forward: Program;
  readonly backward: Program;

  constructor(forward: Program, backward: Program) {
    this.forward = forward;
    this.backward = backward;
  }

  get workingBytes(): number {
    return this.forward.workingBytes + this.backward.workingBytes;
  }

  async release(): Promise<void> {
    await this.forward.release();
    await this.backward.release();
  }
}

/** What a pass is made with. */
export interface TrainingPassOptions {
  readonly graphs: ModelGraphs;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  readonly memory: MemoryPlan;
  /** Keep what each layer reads and compute the rest anew. */
  readonly checkpointing: boolean;
}

export class TrainingPass {
  readonly #m: TrainingPassOptions;
  readonly #bytes = new Map<string, BatchBytes>();
  #plan: { readonly key: string; readonly plan: Plan } | undefined;
  #memory = new Float32Array();

  constructor(options: TrainingPassOptions) {
    this.#m = options;
  }

  /** Bytes that a batch takes. */
  bytes(shape: BatchShape): BatchBytes {
    const key = keyOf(shape);
    const bytes = this.#bytes.get(key) ?? this.#planned(shape).bytes;
    this.#bytes.set(key, bytes);
    return bytes;
  }

  /**
   * Runs the decoder forwards, then backwards with the gradient that the head gives for its rows, and adds the weights'
   * gradients to the store's.
   *
   * @param head from the rows `[P·G·T, D]` after the final norm to their gradient
   * @returns the gradient of the embeddings `[N, D]`, where something learns from it
   */
  async run(
    shape: BatchShape,
    feeds: Feeds,
    head: (hidden: Float32Array) => Promise<Float32Array>,
  ): Promise<Float32Array | undefined> {
    const { programs, store } = this.#m;
    const compile = async () => {
      const plan = this.#planned(shape);
      this.#plan = undefined;
      const { graph } = plan.forward["hidden"]!;
      const forward = await programs.compile(graph, plan.forward);
      const backward = await programs.compile(graph, plan.backward, plan.saved);
      return { ...plan, program: new ProgramPair(forward, backward) };
    };
    return programs.use(`train ${keyOf(shape)}`, compile, async ({ program, packs, saved, trained }) => {
      const views = this.#views(saved);
      const given = { ...store.feeds(packs), ...feeds };
      const { hidden } = await program.forward.run(given, views);
      const hiddenGradient = await head(hidden!);
      const sums = gradientViews(store, trained);
      const { embeddings } = await program.backward.run(
        { ...given, ...views, ...sums.feeds, hiddenGradient },
        sums.into,
      );
      return embeddings;
    });
  }

  /** The plan of a shape: the last one is kept, since a batch that fits is run next. */
  #planned(shape: BatchShape): Plan {
    const key = keyOf(shape);
    if (this.#plan?.key !== key) this.#plan = { key, plan: this.#build(shape) };
    return this.#plan.plan;
  }

  #build(shape: BatchShape): Plan {
    const { graphs, store, checkpointing } = this.#m;
    const { graph, parameters, embeddings, hidden, layerInputs } = graphs.decoder.teacherForced(
      store.layout,
      shape,
    );
    const count = graph.nodes.length;
    const packs = new Map(parameters.used);
    const trained = store.trained(packs);
    const wanted = store.trainsEmbedding || store.layout.trainsVision ? [embeddings] : [];
    const seed = { tensor: hidden, gradient: graph.input("hiddenGradient", hidden.shape) };
    const found = gradients(graph, [seed], [...wanted, ...trained.values()]);
    const backward = {
      ...(wanted.length > 0 && { embeddings: found[0]! }),
      ...accumulated(graph, trained, found.slice(wanted.length)),
    };
    const results = Object.values(backward);
    const saved = savedTensors(graph, results, count, checkpointing ? layerInputs : undefined);
    const forward = { hidden, ...Object.fromEntries(saved.map((tensor) => [tensor.name, tensor])) };
    const bytes = {
      activations: saved.reduce((sum, tensor) => sum + byteSize(tensor), 0),
      programs: workingBytes(graph, Object.values(forward)) + workingBytes(graph, results, saved),
    };
    return { bytes, forward, backward, saved, packs, trained: [...trained.keys()] };
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

const keyOf = (shape: BatchShape) => JSON.stringify(shape);
