/**
 * @module
 * Picking and averaging rows of attention, shared by the decoder's graphs.
 */
import { add, reshape, scale, slice, type Tensor } from "../../tensor/index.ts";

/** From `[B·S, D]` the last row of each of B sequences, `[B, D]`. */
export function lastRows(x: Tensor, batch: number): Tensor {
  const [rows, width] = x.shape as [number, number];
  const length = rows / batch;
  return reshape(slice(reshape(x, [batch, length, width]), 1, length - 1, length), [batch, width]);
}

/** `[B, H, M, K]` as its mean over heads, `[B, M, K]`; not differentiable. */
export function headMean(probabilities: Tensor): Tensor {
  const { graph } = probabilities;
  const [batch, , rows, keys] = probabilities.shape as [number, number, number, number];
  return graph.single("ReduceMean", [probabilities, graph.integers([1])], [batch, rows, keys], {
    attributes: { keepdims: 0n },
  });
}

/** `headMean` of the last row, `[B, 1, K]`. */
export function lastHeadMean(probabilities: Tensor): Tensor {
  const rows = probabilities.shape[2]!;
  return headMean(slice(probabilities, 2, rows - 1, rows));
}

/** The mean of rows of one shape, one tensor a layer. */
export function layerMean(layers: readonly Tensor[]): Tensor {
  return layers.length === 1 ? layers[0]! : scale(layers.reduce(add), 1 / layers.length);
}
