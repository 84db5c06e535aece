/**
 * @module
 * Keys and values while decoding: the prompts', shared by their groups, and the completions', in slots that are
 * filled step by step. Rows that are done can be left behind.
 */

import type { BatchShape } from "../../../model/graph/index.ts";
import type { TextConfig } from "../../../model/index.ts";
import { discard, type Feeds, type Results } from "../../../tensor/index.ts";

/** Keys and values that a batch of completions keeps from step to step. */
export interface StepCache {
  readonly shape: BatchShape;
  /** Inputs of the decode step whose keys and values go under slot t. */
  feeds(slot: number): Feeds;
  /** Files what the step returned under slot t. */
  append(slot: number, results: Results): void;
  /**
   * Moves on to another shape.
   *
   * @param prompts for each new prompt slot the old one, −1 for none
   * @param rows for each new completion slot the old one, −1 for none
   */
  reshape(shape: BatchShape, prompts: readonly number[], rows: readonly number[]): void | Promise<void>;
  dispose(): void;
}

/**
 * One layer's arrays: `[P, H_kv, S_p, d]` of prompts, `[P·G, H_kv, T, d]` of completions. A layer of cross-attention has
 * `[P, H_kv, K, d]` of images alone, or nothing where no prompt has one.
 */
interface LayerCache {
  promptKey?: Float32Array;
  promptValue?: Float32Array;
  cacheKey?: Float32Array;
  cacheValue?: Float32Array;
}

export class DecodeCache implements StepCache {
  readonly #config: TextConfig;
  readonly #layers: LayerCache[];
  #shape: BatchShape;

  /** @param prefill its outputs: `key.i` and `value.i` of layer i */
  constructor(config: TextConfig, shape: BatchShape, prefill: Readonly<Record<string, Float32Array>>) {
    this.#config = config;
    this.#shape = shape;
    const size = this.#completionSize(shape);
    this.#layers = Array.from({ length: config.layers }, (_, layer): LayerCache => {
      const [promptKey, promptValue] = [prefill[`key.${layer}`], prefill[`value.${layer}`]];
      if (promptKey === undefined || promptValue === undefined) return {};
      if (config.crossAttentionLayers?.includes(layer)) return { promptKey, promptValue };
      return {
        promptKey,
        promptValue,
        cacheKey: new Float32Array(size),
        cacheValue: new Float32Array(size),
      };
    });
  }

  get shape(): BatchShape {
    return this.#shape;
  }

  feeds(): Record<string, Float32Array> {
    return Object.fromEntries(
      this.#layers.flatMap((arrays, layer) =>
        Object.entries(arrays).map(([name, data]) => [`${name}.${layer}`, data]),
      ),
    );
  }

  /** The step returns its own keys and values, `[P·G, H_kv, 1, d]` a layer. */
  append(slot: number, { host }: Results): void {
    for (const [layer, { cacheKey, cacheValue }] of this.#layers.entries()) {
      if (cacheKey === undefined || cacheValue === undefined) continue;
      this.#fill(cacheKey, host[`key.${layer}`]!, slot);
      this.#fill(cacheValue, host[`value.${layer}`]!, slot);
    }
  }

  reshape(shape: BatchShape, prompts: readonly number[], rows: readonly number[]): void {
    const { headDim, kvHeads } = this.#config;
    const oldLength = this.#shape.completionLength;
    for (const layer of this.#layers) {
      for (const name of ["promptKey", "promptValue"] as const) {
        const known = layer[name];
        if (known === undefined) continue;
        layer[name] = gatherBlocks(known, prompts, known.length / this.#shape.prompts);
        free([known]);
      }
      for (const name of ["cacheKey", "cacheValue"] as const) {
        const known = layer[name];
        if (known === undefined) continue;
        const next = new Float32Array(this.#completionSize(shape));
        for (const [row, old] of rows.entries()) {
          for (let head = 0; old >= 0 && head < kvHeads; head++) {
            const from = (old * kvHeads + head) * oldLength * headDim;
            const kept = known.subarray(from, from + oldLength * headDim);
            next.set(kept, (row * kvHeads + head) * shape.completionLength * headDim);
          }
        }
        layer[name] = next;
        free([known]);
      }
    }
    this.#shape = shape;
  }

  dispose(): void {
    for (const arrays of this.#layers) free(Object.values(arrays));
  }

  #completionSize({ prompts, groupSize, completionLength }: BatchShape): number {
    return prompts * groupSize * this.#config.kvHeads * completionLength * this.#config.headDim;
  }

  #fill(cache: Float32Array, step: Float32Array, slot: number): void {
    const { headDim } = this.#config;
    const { completionLength } = this.#shape;
    const isEven = headDim % 2 === 0;
    const [into, from] = isEven ? [pairs(cache), pairs(step)] : [cache, step];
    copyBlocks(into, from, isEven ? headDim / 2 : headDim, completionLength, slot);
  }
}

/** Frees the memory of arrays now: they are as large as all else of sampling, and many before one is collected. */
function free(arrays: readonly Float32Array[]): void {
  discard(arrays.map(({ buffer }) => buffer as ArrayBuffer));
}

/** Numbers two by two, so that they are copied in half as many steps; finite numbers keep their bits. */
function pairs({ buffer, byteOffset, length }: Float32Array): Float64Array {
  return new Float64Array(buffer, byteOffset, length / 2);
}

/** Writes each block of `width` numbers under slot t of its `[T, width]`. */
function copyBlocks<A extends Float32Array | Float64Array>(
  into: A,
  blocks: A,
  width: number,
  slots: number,
  slot: number,
): void {
  const skipped = (slots - 1) * width;
  let to = slot * width;
  for (let from = 0; from < blocks.length; to += skipped) {
    for (let end = from + width; from < end; from++, to++) into[to] = blocks[from]!;
  }
}

function gatherBlocks(source: Float32Array, blocks: readonly number[], size: number): Float32Array {
  const result = new Float32Array(blocks.length * size);
  for (const [to, from] of blocks.entries()) {
    if (from >= 0) {
      result.set(source.subarray(from * size, (from + 1) * size), to * size);
    }
  }
  return result;
}
