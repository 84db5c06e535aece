/**
 * @module
 * Means along axes.
 */
import type { Tensor } from "../graph.ts";
import { expand, reduction } from "./broadcast.ts";
import { scale } from "./elementwise.ts";

/** Mean along `axes`, which stay with size 1. */
export function mean(a: Tensor, axes: readonly number[]): Tensor {
  const count = axes.reduce((product, axis) => product * a.shape[axis]!, 1);
  const output = reduction("mean", "ReduceMean", a, axes);
  a.graph.record({
    inputs: [a],
    outputs: [output],
    backward: ([g]) => [expand(scale(g!, 1 / count), a.shape)],
  });
  return output;
}
