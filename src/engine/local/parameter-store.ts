/**
 * @module
 * The model's numbers: one flat array of weights, one of gradients, and the frozen reference if there is one.
 */

import {
  type LayoutOptions,
  type ParameterLayout,
  parameterLayout,
  VALUE_HEAD,
} from "../../model/graph/index.ts";
import { checkParameters, type ModelConfig, readWeights, type WeightTensor } from "../../model/index.ts";
import type { Tensor, TensorData } from "../../tensor/index.ts";
import { readValueHead } from "./value-head-file.ts";

export class ParameterStore {
  readonly layout: ParameterLayout;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  reference: Float32Array | undefined;
  /** Counts changes of the weights, for caches of what was computed from them. */
  version = 0;
  /** Packs of the flat arrays that were fed before. */
  readonly #views = new WeakMap<Float32Array, ReadonlyMap<string, Float32Array>>();

  constructor(config: ModelConfig, options: LayoutOptions = {}) {
    this.layout = parameterLayout(config, options);
    this.weights = new Float32Array(this.layout.size);
    this.gradient = new Float32Array(this.layout.size);
  }

  /** The weights that a program's inputs name, as views: the same objects each time, which a program remembers. */
  feeds(used: ReadonlyMap<string, Tensor>, source: Float32Array = this.weights): Record<string, TensorData> {
    let views = this.#views.get(source);
    if (views === undefined) {
      views = new Map([...this.layout.packs.keys()].map((pack) => [pack, this.view(source, pack)]));
      this.#views.set(source, views);
    }
    const feeds: Record<string, TensorData> = {};
    for (const pack of used.keys()) {
      feeds[pack] = views.get(pack)!;
    }
    return feeds;
  }

  /** A pack's numbers within a flat array. */
  view(flat: Float32Array, pack: string): Float32Array {
    const { offset, size } = this.layout.packs.get(pack)!;
    return flat.subarray(offset, offset + size);
  }

  get hasValueHead(): boolean {
    return this.layout.parameters.has(`${VALUE_HEAD}weight`);
  }

  /** The parameters that Hugging Face's model has, as views of a flat array. */
  modelTensors(flat: Float32Array): Map<string, WeightTensor> {
    return new Map([...this.tensors(flat)].filter(([name]) => !name.startsWith(VALUE_HEAD)));
  }

  /** All parameters under their Hugging Face names, and the value head's, as views of a flat array. */
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
   * @throws ModelError when tensors are missing, extra or misshaped
   * @throws EngineError when the value head is another model's
   */
  read(directory: string, config: ModelConfig): void {
    const valueHead = readValueHead(directory, this);
    const source = readWeights(directory);
    checkParameters(config, source.shapes, directory);
    for (const { name, offset, size } of this.layout.parameters.values()) {
      if (!name.startsWith(VALUE_HEAD)) {
        source.readInto(name, this.weights.subarray(offset, offset + size));
      }
    }
    for (const [offset, numbers] of valueHead) {
      this.weights.set(numbers, offset);
    }
    this.version++;
  }
}
