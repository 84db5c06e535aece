/**
 * @module
 * The gradient of the vision tower. Activations grow with the square of an image's patches, so one program computes
 * all only where memory is plenty. Elsewhere a forward pass keeps the inputs of the blocks, and the backward pass has
 * the activations of one block at a time.
 */
import type { VisionGraphs } from "../../../model/graph/index.ts";
import { discard, type Feeds, gradients, savedTensors, workingBytes } from "../../../tensor/index.ts";
import { type Checkpointing, PassPrograms, sizeOf } from "../checkpointing.ts";
import type { MemoryPlan } from "../memory/memory-plan.ts";
import type { ProgramCache } from "../program-cache.ts";
import { accumulate, accumulated, gradientOutputs } from "../weights/accumulated.ts";
import type { ParameterStore } from "../weights/parameter-store.ts";
import type { VisionBatch } from "./vision-batches.ts";
import { requireVisionRoom } from "./vision-room.ts";

/**
 * The share of the room that one program may take if it keeps all activations. Programs of other passes stay beside it,
 * and onnxruntime takes a third more than its activations for a tower of SmolVLM2.
 */
const SHARE = 0.5;

/** The parts of a tower that runs. */
export interface VisionMachinery {
  readonly graphs: VisionGraphs;
  readonly store: ParameterStore;
  readonly programs: ProgramCache;
  /** `room`: bytes that a run of the tower may take at present; no limit unless given. */
  readonly memory?: Pick<MemoryPlan, "room">;
  /** "auto" unless given. */
  readonly checkpointing?: Checkpointing;
}

export class VisionGradient {
  readonly #m: Required<VisionMachinery>;

  constructor(machinery: Required<VisionMachinery>) {
    this.#m = machinery;
  }

  /**
   * Adds the weights' gradient of a batch to the store's.
   *
   * @param feeds `patches` of the batch, and `outputGradient` `[F · tokens, (1 + K)·D]`
   * @throws EngineError when an image is too large for the memory that is free
   */
  async add(batch: VisionBatch, feeds: Feeds): Promise<void> {
    const { store, programs } = this.#m;
    const key = `vision backward ${batch.key} x${batch.slots}`;
    const { program, packs, trained } = await programs.get(key, () => this.#compile(batch));
    const given = { ...store.feeds(packs), ...feeds };
    const { host, device } = (await program.forward?.runThere(given)) ?? { host: {}, device: {} };
    try {
      await accumulate(store, program.backward, trained, { ...given, ...host, ...device });
    } finally {
      discard(Object.values(host).map(({ buffer }) => buffer as ArrayBuffer));
      for (const array of Object.values(device)) array.dispose();
    }
  }

  async #compile({ key, plan, slots }: VisionBatch) {
    const { graphs, store, programs, memory } = this.#m;
    const { graph, parameters, blockInputs, embeddings } = graphs.whole(store.layout, plan, slots);
    const count = graph.nodes.length;
    const seed = { tensor: embeddings, gradient: graph.input("outputGradient", embeddings.shape) };
    const packs = new Map(parameters.used);
    const trained = store.trained(packs);
    const outputs = accumulated(graph, trained, gradients(graph, [seed], [...trained.values()]));
    const results = Object.values(outputs);
    const whole = workingBytes(graph, results);
    const saved = this.#keepsAll(whole) ? [] : savedTensors(graph, results, count, blockInputs);
    const apart = Math.max(workingBytes(graph, saved), workingBytes(graph, results, saved)) + sizeOf(saved);
    const bytes = saved.length === 0 ? whole : apart;
    requireVisionRoom(memory.room, { key, bytes, what: "the vision tower's gradient" });
    const kept = Object.fromEntries(saved.map((tensor) => [tensor.name, tensor]));
    const forward =
      saved.length === 0 ? undefined : await programs.compile(graph, kept, { resident: Object.keys(kept) });
    const resident = gradientOutputs(outputs);
    const backward = await programs.compile(graph, outputs, { given: saved, resident });
    return { program: new PassPrograms(forward, backward), packs, trained: [...trained.keys()] };
  }

  /** @param bytes that a program of all takes */
  #keepsAll(bytes: number): boolean {
    const { checkpointing, memory } = this.#m;
    return checkpointing === "none" || (checkpointing === "auto" && bytes <= SHARE * memory.room);
  }
}
