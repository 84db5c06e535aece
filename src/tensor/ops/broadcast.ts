/**
 * @module
 * Reshaping, and the pair that broadcasting rests on: `expand` repeats, `sum` adds up, each the other's backward.
 */
import type { Tensor } from "../graph.ts";
import {
  broadcastAxes,
  broadcastShapes,
  elementCount,
  formatShape,
  isShape,
  type Shape,
  sameShape,
} from "../shape.ts";

/** The same numbers in another shape. */
export function reshape(a: Tensor, shape: Shape): Tensor {
  if (!isShape(shape) || elementCount(shape) !== elementCount(a.shape)) {
    throw a.graph.shapeError("reshape", `${formatShape(a.shape)} does not fit ${formatShape(shape)}`);
  }
  if (sameShape(a.shape, shape)) {
    return a;
  }
  const output = a.graph.single("Reshape", [a, a.graph.integers(shape)], shape);
  a.graph.record({ inputs: [a], outputs: [output], backward: ([g]) => [reshape(g!, a.shape)] });
  return output;
}

/** Repeats axes of size 1, and adds leading axes. */
export function expand(a: Tensor, shape: Shape): Tensor {
  const full = broadcastShapes(a.shape, shape);
  if (full === undefined || !isShape(shape) || !sameShape(full, shape)) {
    throw a.graph.shapeError("expand", `${formatShape(a.shape)} does not broadcast to ${formatShape(shape)}`);
  }
  if (sameShape(a.shape, shape)) {
    return a;
  }
  const output = a.graph.single("Expand", [a, a.graph.integers(shape)], shape);
  a.graph.record({ inputs: [a], outputs: [output], backward: ([g]) => [sumTo(g!, a.shape)] });
  return output;
}

/** Σ along `axes`, which stay with size 1. */
export function sum(a: Tensor, axes: readonly number[]): Tensor {
  const output = reduction("sum", "ReduceSum", a, axes);
  a.graph.record({ inputs: [a], outputs: [output], backward: ([g]) => [expand(g!, a.shape)] });
  return output;
}

/** Sums a broadcast gradient back to the shape it came from. */
export function sumTo(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) {
    return gradient;
  }
  return reshape(sum(gradient, broadcastAxes(shape, gradient.shape)), shape);
}

/** A reduction node over one or more `axes` (ONNX takes none for all), which stay with size 1. */
export function reduction(operation: string, operator: string, a: Tensor, axes: readonly number[]): Tensor {
  const { graph, shape } = a;
  const distinct = new Set(axes).size === axes.length && axes.length > 0;
  if (!distinct || axes.some((axis) => !Number.isInteger(axis) || axis < 0 || axis >= shape.length)) {
    throw graph.shapeError(
      operation,
      `expected distinct axes of ${formatShape(shape)}, got ${formatShape(axes)}`,
    );
  }
  const reduced = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return graph.single(operator, [a, graph.integers(axes)], reduced, { attributes: { keepdims: 1n } });
}
