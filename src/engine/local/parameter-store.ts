/**
 * @module
 * The model's numbers: one flat array of weights, one of gradients, and the frozen reference if there is one.
 */

import { type ParameterLayout, parameterLayout } from "../../model/graph/index.ts";
import { checkParameters, type ModelConfig, readWeights, type WeightTensor } from "../../model/index.ts";
import type { Tensor, TensorData } from "../../tensor/index.ts";

export class ParameterStore {
  readonly layout: ParameterLayout;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  reference: Float32Array | undefined;
  /** Counts changes of the weights, for caches of what was computed from them. */
  version = 0;
  /** Packs of the flat arrays that were fed before. */
  readonly #views = new WeakMap<Float32Array, ReadonlyMap<string, Float32Array>>();

  constructor(config: ModelConfig) {
    this.layout = parameterLayout(config);
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

  /** All parameters under their Hugging Face names, as views of a flat array. */
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
   * Reads a model directory's weights.
   *
   * @throws ModelError when tensors are missing, extra or misshaped
   */
  read(directory: string, config: ModelConfig): void {
    const source = readWeights(directory);
    checkParameters(config, source.shapes, directory);
    for (const { name, offset, size } of this.layout.parameters.values()) {
      source.readInto(name, this.weights.subarray(offset, offset + size));
    }
    this.version++;
  }
}
