/**
 * @module
 * Weights that stay in their file: packs are read when their layer's turn comes, into buffers that serve every layer.
 */
import type { ParameterLayout, ParameterView } from "../../../model/graph/index.ts";
import type { Weights } from "../../../model/index.ts";
import type { Feeds, Tensor } from "../../../tensor/index.ts";
import type { NumberRange } from "../prompts/decoder-batch.ts";

export class StreamedWeights {
  readonly #weights: Weights;
  readonly #layout: ParameterLayout;
  /** Parameters of each pack, in order. */
  readonly #members = new Map<string, ParameterView[]>();
  /** One buffer for each input of a program that was fed, by its name. */
  readonly #buffers = new Map<string, Float32Array>();

  constructor(weights: Weights, layout: ParameterLayout) {
    this.#weights = weights;
    this.#layout = layout;
    const parameters = [...layout.parameters.values()];
    for (const { name, offset, size } of layout.packs.values()) {
      const within = parameters.filter((each) => each.offset >= offset && each.offset < offset + size);
      this.#members.set(name, within);
    }
  }

  /**
   * Reads the weights that a program's inputs name, and overwrites weights read before under the same names.
   *
   * @param used the program's packs; a layer's packs have the names of layer 0
   * @param layer whose weights are fed in their place
   */
  feeds(used: ReadonlyMap<string, Tensor>, layer = 0): Feeds {
    return Object.fromEntries([...used.keys()].map((input) => [input, this.#read(input, layer)]));
  }

  #read(input: string, layer: number): Float32Array {
    const pack = input.replace(/^(layer|vision)\.0\./, `$1.${layer}.`);
    const { offset, size } = this.#layout.packs.get(pack)!;
    let buffer = this.#buffers.get(input);
    if (buffer === undefined) {
      buffer = new Float32Array(size);
      this.#buffers.set(input, buffer);
    }
    for (const member of this.#members.get(pack)!) {
      const start = member.offset - offset;
      this.#weights.readInto(member.name, buffer.subarray(start, start + member.size));
    }
    return buffer;
  }

  /** The name of a pack's only parameter. */
  parameter(pack: string): string {
    return this.#members.get(pack)![0]!.name;
  }

  /** A matrix by its stretches; each is read once while the range is in use. */
  range(parameter: string): NumberRange {
    const known = new Map<number, Float32Array>();
    return {
      subarray: (start = 0, end = start) => {
        let numbers = known.get(start);
        if (numbers?.length !== end - start) {
          numbers = new Float32Array(end - start);
          this.#weights.readInto(parameter, numbers, start);
          known.set(start, numbers);
        }
        return numbers as Float32Array<ArrayBuffer>;
      },
    };
  }

  /** Reads a stretch of a matrix, from element `first` on. */
  readInto(parameter: string, into: Float32Array, first: number): void {
    this.#weights.readInto(parameter, into, first);
  }
}
