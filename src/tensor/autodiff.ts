/**
 * @module
 * Reverse-mode differentiation: walks a graph's tape backwards and adds the nodes that compute gradients to
 * the same graph. Each operation's own backward is beside its forward, in `ops/`.
 */
import type { Graph, Tensor } from "./graph.ts";
import { elementCount, formatShape, sameShape } from "./shape.ts";

/** A tensor and the gradient of the objective with respect to it. */
export interface Seed {
  readonly tensor: Tensor;
  readonly gradient: Tensor;
}

/**
 * Gradients of Σ seed.gradient · seed.tensor with respect to each of `wrt`.
 *
 * First order only: some backwards are built from nodes that have none of their own.
 *
 * @returns one tensor per entry of `wrt`, of its shape; zeros where no path leads from it to a seed
 * @throws ShapeError when a gradient and its tensor differ in shape, or a tensor is another graph's
 */
export function gradients(graph: Graph, seeds: readonly Seed[], wrt: readonly Tensor[]): Tensor[] {
  for (const tensor of [...wrt, ...seeds.flatMap((seed) => [seed.tensor, seed.gradient])]) {
    graph.own(tensor, "gradient");
  }
  const dependent = dependents(graph, wrt);
  const parts = new Map<string, Tensor[]>();
  for (const { tensor, gradient } of seeds) {
    addPart(graph, parts, tensor, gradient);
  }
  for (const entry of graph.tape.toReversed()) {
    if (!entry.inputs.some((input) => dependent.has(input.name))) {
      continue;
    }
    const outputGradients = entry.outputs.map((output) => total(graph, parts, output));
    if (outputGradients.every((gradient) => gradient === undefined)) {
      continue;
    }
    const inputGradients = entry.backward(outputGradients);
    for (const [i, input] of entry.inputs.entries()) {
      const gradient = inputGradients[i];
      if (gradient !== undefined && dependent.has(input.name)) {
        addPart(graph, parts, input, gradient);
      }
    }
  }
  return wrt.map((tensor) => total(graph, parts, tensor) ?? zeros(graph, tensor));
}

/** Names of all tensors that depend on one of `wrt`. */
function dependents(graph: Graph, wrt: readonly Tensor[]): Set<string> {
  const names = new Set(wrt.map((tensor) => tensor.name));
  for (const { inputs, outputs } of graph.tape) {
    if (inputs.some((input) => names.has(input.name))) {
      for (const output of outputs) {
        names.add(output.name);
      }
    }
  }
  return names;
}

function addPart(graph: Graph, parts: Map<string, Tensor[]>, tensor: Tensor, gradient: Tensor): void {
  if (!sameShape(tensor.shape, gradient.shape)) {
    throw graph.shapeError(
      "gradient",
      `expected ${formatShape(tensor.shape)}, got ${formatShape(gradient.shape)}`,
    );
  }
  const list = parts.get(tensor.name);
  if (list === undefined) {
    parts.set(tensor.name, [gradient]);
  } else {
    list.push(gradient);
  }
}

/** The sum of all gradients that arrived at a tensor, added in one node. */
function total(graph: Graph, parts: Map<string, Tensor[]>, tensor: Tensor): Tensor | undefined {
  const list = parts.get(tensor.name);
  if (list === undefined || list.length < 2) {
    return list?.[0];
  }
  const sum = graph.single("Sum", list, tensor.shape);
  parts.set(tensor.name, [sum]);
  return sum;
}

function zeros(graph: Graph, tensor: Tensor): Tensor {
  return graph.constant(new Float32Array(elementCount(tensor.shape)), tensor.shape);
}
