/**
 * @module
 * The weights of a model directory, compared with the model before any number of a parameter is used.
 */
import { ModelError } from "../errors/index.ts";
import { isFloatType } from "./float-type.ts";
import { checkParameters, type ParameterNames } from "./parameters.ts";
import { readWeights, type Weights } from "./weights.ts";
import { elements } from "./write-safetensors.ts";

/** Numbers that are compared at once. */
const CHUNK = 2 ** 20;

/**
 * Opens a directory's weights. Headers are read, and no numbers except for a tied head that is stored as well.
 *
 * @throws ModelError as `readWeights`; when tensors are missing, extra, misshaped or no floats of 16 or 32 bits, or when a
 *   tied head is not the embedding
 */
export function openWeights(
  directory: string,
  names: Pick<ParameterNames, "canonical" | "shapes" | "isDerived" | "copies">,
): Weights {
  const weights = readWeights(directory, names);
  checkParameters(names, weights.shapes, directory);
  for (const name of names.shapes.keys()) {
    const dtype = weights.dtype(name);
    if (!isFloatType(dtype)) {
      throw new ModelError(`${directory}: tensor ${name}: expected F32, F16 or BF16, got ${dtype}`);
    }
  }
  for (const [copy, original] of names.copies) {
    if (weights.shapes.has(copy) && !areEqual(weights, copy, original)) {
      throw new ModelError(
        `${directory}: tensor ${copy}: expected the numbers of ${original}, which tie_word_embeddings of config.json makes it, got others`,
      );
    }
  }
  return weights;
}

function areEqual(weights: Weights, one: string, other: string): boolean {
  const [shape, second] = [weights.shapes.get(one)!, weights.shapes.get(other)!];
  if (shape.join() !== second.join()) return false;
  const size = elements(shape);
  const [a, b] = [one, other].map(() => new Float32Array(Math.min(CHUNK, size))) as [
    Float32Array,
    Float32Array,
  ];
  for (let at = 0; at < size; at += CHUNK) {
    const length = Math.min(CHUNK, size - at);
    weights.readInto(one, a.subarray(0, length), at);
    weights.readInto(other, b.subarray(0, length), at);
    for (let i = 0; i < length; i++) if (!Object.is(a[i], b[i])) return false;
  }
  return true;
}
