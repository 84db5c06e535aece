/**
 * @module
 * Random weights for a model that is trained from nothing.
 */
import type { Rng } from "../../../math/index.ts";
import { VALUE_HEAD } from "../../../model/graph/index.ts";
import type { ParameterNames } from "../../../model/index.ts";
import type { ParameterStore } from "./parameter-store.ts";

const DEVIATION = 0.02;

/**
 * Norms are 1 and biases 0. Matrices and embeddings are normal with deviation 1/√fan-in, but at least 0.02, so that
 * activations of a narrow and of a wide model are of like size. Matrices that write to the residual stream are
 * smaller by √(2·layers). A value head starts at 0.
 */
export function initialiseWeights(
  store: ParameterStore,
  names: ParameterNames,
  rng: Rng,
  layers: number,
): void {
  for (const { name, shape, offset, size } of store.layout.parameters.values()) {
    const isNorm = names.isNorm(name);
    if (shape.length === 1 || name.startsWith(VALUE_HEAD)) {
      store.weights.fill(isNorm ? 1 : 0, offset, offset + size);
      continue;
    }
    const fanIn = size / shape[0]!;
    const writesResidual = names.writesResidual(name);
    const deviation =
      Math.max(DEVIATION, 1 / Math.sqrt(fanIn)) / (writesResidual ? Math.sqrt(2 * layers) : 1);
    const draw = rng.fork(name);
    for (let i = 0; i < size; i++) {
      store.weights[offset + i] = draw.normal(0, deviation);
    }
  }
  store.version++;
}
