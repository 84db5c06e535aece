/**
 * @module
 * Reordering, cutting and joining.
 */
import { ShapeError } from "../../errors/index.ts";
import type { Tensor } from "../graph.ts";
import { formatShape, isShape, type Shape, sameShape } from "../shape.ts";

/** Axis i of the result is axis `order[i]` of `a`. */
export function transpose(a: Tensor, order: readonly number[]): Tensor {
  const axes = a.shape.map((_, axis) => axis);
  if (order.length !== axes.length || !axes.every((axis) => order.includes(axis))) {
    throw a.graph.shapeError(
      "transpose",
      `${formatShape(order)} is no order of the axes of ${formatShape(a.shape)}`,
    );
  }
  const shape = order.map((axis) => a.shape[axis]!);
  const output = a.graph.single("Transpose", [a], shape, { attributes: { perm: order } });
  const inverse = axes.map((axis) => order.indexOf(axis));
  a.graph.record({ inputs: [a], outputs: [output], backward: ([g]) => [transpose(g!, inverse)] });
  return output;
}

/** Cuts an axis into consecutive parts. */
export function split(a: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const { graph } = a;
  if (!isShape(sizes) || sizes.reduce((total, size) => total + size, 0) !== a.shape[axis]) {
    throw graph.shapeError(
      "split",
      `sizes ${formatShape(sizes)} do not add up to axis ${axis} of ${formatShape(a.shape)}`,
    );
  }
  const shapes = sizes.map((size) => a.shape.with(axis, size));
  const outputs = graph.node(
    "Split",
    [a, graph.integers(sizes)],
    shapes.map((shape) => ({ shape })),
    { attributes: { axis: BigInt(axis) } },
  );
  graph.record({
    inputs: [a],
    outputs,
    backward: (parts) => [
      concatenate(
        parts.map((g, i) => g ?? zeros(a, shapes[i]!)),
        axis,
      ),
    ],
  });
  return outputs;
}

/** Joins one or more tensors along an axis. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0];
  if (first === undefined) {
    throw new ShapeError("concatenate: expected at least one tensor, got none");
  }
  if (first.shape[axis] === undefined) {
    throw first.graph.shapeError("concatenate", `axis ${axis} is outside ${formatShape(first.shape)}`);
  }
  for (const part of parts) {
    const same = part.shape.length === first.shape.length;
    if (!same || !sameShape(part.shape.with(axis, 0), first.shape.with(axis, 0))) {
      throw first.graph.shapeError(
        "concatenate",
        `${formatShape(part.shape)} does not fit ${formatShape(first.shape)} off axis ${axis}`,
      );
    }
  }
  const sizes = parts.map((part) => part.shape[axis]!);
  const shape = first.shape.with(
    axis,
    sizes.reduce((total, size) => total + size, 0),
  );
  const output = first.graph.single("Concat", parts, shape, { attributes: { axis: BigInt(axis) } });
  first.graph.record({ inputs: parts, outputs: [output], backward: ([g]) => split(g!, sizes, axis) });
  return output;
}

/** The part of an axis from `start` up to `end`. */
export function slice(a: Tensor, axis: number, start: number, end: number): Tensor {
  const size = a.shape[axis]!;
  if (!(isShape([start, end]) && start < end && end <= size)) {
    throw a.graph.shapeError(
      "slice",
      `${start} up to ${end} is no part of axis ${axis} of ${formatShape(a.shape)}`,
    );
  }
  if (start === 0 && end === size) {
    return a;
  }
  const sizes = [start, end - start, size - end].filter((part) => part > 0);
  return split(a, sizes, axis)[start > 0 ? 1 : 0]!;
}

function zeros(like: Tensor, shape: Shape): Tensor {
  const { graph } = like;
  return graph.single("Expand", [graph.scalar(0), graph.integers(shape)], shape);
}
