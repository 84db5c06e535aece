/**
 * @module
 * The model's numbers: one flat array of weights, one of gradients, and the frozen reference if there is one.
 */

import type { EngineError } from "../../../errors/index.ts";
import {
  type LayoutOptions,
  type ModelGraphs,
  type ParameterLayout,
  parameterLayout,
  VALUE_HEAD,
} from "../../../model/graph/index.ts";
import type { WeightTensor } from "../../../model/index.ts";
import { openWeights } from "../../../model/open-weights.ts";
import type { ParameterNames } from "../../../model/parameters.ts";
import type { Feeds, Tensor } from "../../../tensor/index.ts";
import type { ResidentNumbers } from "../device/resident-packs.ts";
import { mixedWeights } from "./mixed-weights.ts";
import { readValueHead } from "./value-head-file.ts";

export class ParameterStore {
  readonly layout: ParameterLayout;
  readonly #names: ParameterNames;
  readonly #weights: Float32Array;
  /** The error of all that uses the weights, while they are of two checkpoints. */
  #unread: EngineError | undefined;
  readonly gradient: Float32Array;
  /** L2 norm of the gradient, where it was computed since the gradient changed. */
  gradientNorm: number | undefined;
  /** The model's own weights where adapters are trained, else empty. */
  readonly #frozen: Float32Array;
  reference: Float32Array | undefined;
  /** Where the numbers of programs lie instead, if not in these arrays. */
  device: ResidentNumbers | undefined;
  /** Counts changes of the weights, for caches of what was computed from them. */
  version = 0;
  /** The same of the weights that are frozen, which no step changes. */
  frozenVersion = 0;

  /** @param requireRoom fails where there is no room for the weights, before their arrays are made */
  constructor(
    graphs: Pick<ModelGraphs, "names" | "packs">,
    options: LayoutOptions = {},
    requireRoom: (layout: ParameterLayout) => void = () => {},
  ) {
    this.#names = graphs.names;
    this.layout = parameterLayout(graphs, options);
    requireRoom(this.layout);
    this.#weights = new Float32Array(this.layout.size);
    this.gradient = new Float32Array(this.layout.size);
    this.#frozen = new Float32Array(this.layout.frozenSize);
  }

  /**
   * The trained parameters.
   *
   * @throws EngineError when a checkpoint was read in part, until one has been read whole
   */
  get weights(): Float32Array {
    if (this.#unread !== undefined) throw this.#unread;
    return this.#weights;
  }

  clearGradient(): void {
    this.gradient.fill(0);
    this.gradientNorm = undefined;
  }

  /** The weights that a program's inputs name, as views, or on the device. */
  feeds(used: ReadonlyMap<string, Tensor>, source: Float32Array = this.weights): Feeds {
    if (this.device !== undefined) return this.device.feeds(used.keys(), source);
    return Object.fromEntries([...used.keys()].map((pack) => [pack, this.view(source, pack)]));
  }

  /** A pack's numbers within a flat array of what is trained; a frozen pack's are the same for every array. */
  view(flat: Float32Array, pack: string): Float32Array {
    const { offset, size, isFrozen } = this.layout.packs.get(pack)!;
    return (isFrozen ? this.#frozen : flat).subarray(offset, offset + size);
  }

  /** A program's packs that have a gradient. */
  trained(used: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    return new Map([...used].filter(([pack]) => !this.layout.packs.get(pack)!.isFrozen));
  }

  /** Whether the vocabulary is learnt. */
  get trainsEmbedding(): boolean {
    return !this.layout.packs.get("embedding")!.isFrozen;
  }

  get hasValueHead(): boolean {
    return this.layout.parameters.has(`${VALUE_HEAD}weight`);
  }

  /** The parameters that Hugging Face's model or adapter has, as views of a flat array. */
  modelTensors(flat: Float32Array): Map<string, WeightTensor> {
    return new Map([...this.tensors(flat)].filter(([name]) => !name.startsWith(VALUE_HEAD)));
  }

  /** All parameters that are trained under their Hugging Face names, and the value head's, as views of a flat array. */
  tensors(flat: Float32Array): Map<string, WeightTensor> {
    const entries = [...this.layout.parameters.values()];
    return new Map(
      entries.map(({ name, shape, offset, size }) => [
        name,
        { shape, data: flat.subarray(offset, offset + size) },
      ]),
    );
  }

  /**
   * Reads a model directory's weights, and the value head beside them.
   *
   * @throws ModelError when tensors are missing, extra or misshaped, or cannot be read: some may have been read before
   * @throws EngineError when the value head is another model's
   */
  read(directory: string): void {
    const valueHead = readValueHead(directory, this.layout);
    const source = openWeights(directory, this.#names);
    const [own, into] =
      this.layout.frozenSize > 0
        ? [this.layout.frozen, this.#frozen]
        : [this.layout.parameters, this.#weights];
    try {
      for (const { name, offset, size } of own.values()) {
        if (!name.startsWith(VALUE_HEAD)) {
          source.readInto(name, into.subarray(offset, offset + size));
        }
      }
      this.#unread = undefined;
    } catch (cause) {
      this.#unread = mixedWeights(cause);
      throw cause;
    } finally {
      this.version++;
      this.frozenVersion++;
    }
    this.#putValueHead(valueHead);
  }

  /**
   * Reads the value head alone.
   *
   * @throws EngineError when it is another model's
   */
  readValueHead(directory: string): void {
    this.#putValueHead(readValueHead(directory, this.layout));
  }

  #putValueHead(valueHead: ReadonlyMap<number, Float32Array>): void {
    for (const [offset, numbers] of valueHead) {
      this.#weights.set(numbers, offset);
    }
  }
}
