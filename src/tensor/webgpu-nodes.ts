/**
 * @module
 * Rewrites the nodes of a program for WebGPU. Its kernels lack some of the graph's operators, each of which is
 * composed of other operators here. They do not compute with 64-bit integers: indices are fed as 32-bit integers.
 *
 * Measured with onnxruntime-node 1.30.0; `webgpu-nodes.webgpu.test.ts` says which operators are missing, and fails when one
 * of them is there.
 */
import type { Attribute, Constant, Graph, Node, Tensor } from "./graph.ts";
import { elementCount, type Shape } from "./shape.ts";

/** `TensorProto.DataType.FLOAT`, as `Cast` has it. */
const FLOAT = 1n;

/** A program's nodes as WebGPU can run them. */
export interface WebgpuNodes {
  readonly nodes: readonly Node[];
  /** Constants of the rewritten nodes, beside the graph's own. */
  readonly constants: readonly Constant[];
  /** Outputs by the same names: whole numbers that the graph casts to float32 come out as int64. */
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** Rewrites the nodes that lead to `outputs`. */
export function webgpuNodes(
  graph: Graph,
  nodes: readonly Node[],
  outputs: ReadonlyMap<string, Tensor>,
): WebgpuNodes {
  const rewriter = new Rewriter(graph);
  const wholes = wholeNumbers(graph, nodes, outputs);
  for (const node of nodes) {
    if (wholes.has(node.outputs[0]!)) continue;
    const rewrite = REWRITES[node.operator];
    if (rewrite === undefined) rewriter.nodes.push(node);
    else rewrite(rewriter, node);
  }
  const whole = (tensor: Tensor): Tensor => {
    const source = wholes.get(tensor.name);
    return source === undefined ? tensor : { ...tensor, name: source, type: "int64" };
  };
  return {
    nodes: rewriter.nodes,
    constants: rewriter.constants,
    outputs: new Map([...outputs].map(([name, tensor]) => [name, whole(tensor)])),
  };
}

/** Outputs that are int64 numbers cast to float32, and the names of the int64 numbers. */
function wholeNumbers(
  graph: Graph,
  nodes: readonly Node[],
  outputs: ReadonlyMap<string, Tensor>,
): Map<string, string> {
  const names = new Set([...outputs.values()].map(({ name }) => name));
  const casts = nodes.filter(
    ({ operator, inputs, outputs: [output], attributes }) =>
      operator === "Cast" &&
      attributes["to"] === FLOAT &&
      names.has(output!) &&
      graph.tensors.get(inputs[0]!)?.type === "int64",
  );
  return new Map(casts.map(({ inputs, outputs: [output] }) => [output!, inputs[0]!]));
}

type Rewrite = (rewriter: Rewriter, node: Node) => void;

const REWRITES: Readonly<Record<string, Rewrite>> = {
  Sum: (rewriter, { inputs, outputs }) => {
    const [first, ...rest] = inputs as [string, ...string[]];
    let sum = first;
    for (const [i, next] of rest.entries()) {
      sum = rewriter.emit("Add", [sum, next], {}, i === rest.length - 1 ? outputs[0] : undefined);
    }
  },

  /** (a − max) − log Σ e^(a − max) along the last axis. */
  LogSoftmax: (rewriter, { inputs, outputs }) => {
    const axes = rewriter.integers([rewriter.shape(inputs[0]!).length - 1]);
    const largest = rewriter.emit("ReduceMax", [inputs[0]!, axes], { keepdims: 1n });
    const shifted = rewriter.emit("Sub", [inputs[0]!, largest]);
    const total = rewriter.emit("ReduceSum", [rewriter.emit("Exp", [shifted]), axes], { keepdims: 1n });
    rewriter.emit("Sub", [shifted, rewriter.emit("Log", [total])], {}, outputs[0]);
  },

  /** alpha · op(A) op(B); the factor falls on the smallest of the three. */
  FusedMatMul: (rewriter, { inputs, outputs, attributes }) => {
    const [first, second] = inputs as [string, string];
    const [size, sizeOfFirst, sizeOfSecond] = [outputs[0]!, first, second].map((name) =>
      elementCount(rewriter.shape(name)),
    ) as [number, number, number];
    const factor = attributes["alpha"] as number;
    const scaled = (name: string, output?: string) =>
      rewriter.emit("Mul", [name, rewriter.scalar(factor)], {}, output);
    const onFirst = factor !== 1 && sizeOfFirst <= Math.min(sizeOfSecond, size);
    const onSecond = factor !== 1 && !onFirst && sizeOfSecond <= size;
    const onProduct = factor !== 1 && !onFirst && !onSecond;
    const a = rewriter.transposed(onFirst ? scaled(first) : first, first, attributes["transA"] === 1n);
    const b = rewriter.transposed(onSecond ? scaled(second) : second, second, attributes["transB"] === 1n);
    const product = rewriter.emit("MatMul", [a, b], {}, onProduct ? undefined : outputs[0]);
    if (onProduct) scaled(product, outputs[0]);
  },
};

/** Collects nodes and their constants. */
class Rewriter {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly #graph: Graph;
  #nextId = 0;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The shape of one of the graph's own tensors. */
  shape(name: string): Shape {
    return this.#graph.tensors.get(name)!.shape;
  }

  /** Adds a node and returns the name of its output. */
  emit(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output: string = this.#name(),
  ): string {
    this.nodes.push({ operator, domain: "", inputs, outputs: [output], attributes });
    return output;
  }

  /** A tensor with its last two axes exchanged, where that is wanted. `like` names a tensor of its shape. */
  transposed(name: string, like: string, isWanted: boolean): string {
    if (!isWanted) return name;
    const { length } = this.shape(like);
    const order = Array.from({ length }, (_, axis) => axis);
    return this.emit("Transpose", [name], { perm: [...order.slice(0, -2), length - 1, length - 2] });
  }

  scalar(value: number): string {
    return this.#constant(Float32Array.of(value), [], "float32");
  }

  integers(values: readonly number[]): string {
    return this.#constant(BigInt64Array.from(values, BigInt), [values.length], "int64");
  }

  #constant(data: Constant["data"], shape: Shape, type: Tensor["type"]): string {
    const tensor: Tensor = { graph: this.#graph, name: this.#name(), shape, type };
    this.constants.push({ tensor, data });
    return tensor.name;
  }

  #name(): string {
    return `.webgpu.${this.#nextId++}`;
  }
}
