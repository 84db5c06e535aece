/**
 * @module
 * Which nodes of a graph a program has, in which order they run, and how much memory their results take at once.
 *
 * onnxruntime walks back from the nodes whose results no node reads, the last of them first, and runs what each needs
 * before it. Where the gradients of the first layer's weights are walked back from first, all other gradients of weights run
 * at the end, and everything that they read is kept until then. So the nodes that are ready first are listed last, and each
 * runs as soon as its inputs are there.
 */
import type { Graph, Node, Tensor } from "./graph.ts";
import { elementCount } from "./shape.ts";

/** Nodes that lead to outputs, and every name that they use. */
export interface LiveNodes {
  readonly nodes: readonly Node[];
  readonly used: ReadonlySet<string>;
}

/** Results that are the bytes of their first input. */
const VIEWS = new Set(["Identity", "Reshape", "Squeeze", "Unsqueeze"]);

/** Operators that onnxruntime lets write over an input that nothing else reads. */
const IN_PLACE = new Set([
  "Add",
  "Div",
  "Exp",
  "Log",
  "Mul",
  "Neg",
  "ScatterElements",
  "Sigmoid",
  "Sqrt",
  "Sub",
]);

/**
 * The nodes that outputs need.
 *
 * @param given names that are fed, so that what they are made of is not needed
 */
export function liveNodes(
  nodes: readonly Node[],
  outputs: Iterable<string>,
  given: ReadonlySet<string> = new Set(),
): LiveNodes {
  const used = new Set(outputs);
  const read = new Set<string>();
  const inner: Node[] = [];
  const last: Node[] = [];
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => used.has(name) && !given.has(name))) continue;
    const own = node.outputs.map((name) => (given.has(name) ? `${name}.again` : name));
    (own.some((name) => read.has(name)) ? inner : last).push({ ...node, outputs: own });
    for (const name of node.inputs) {
      used.add(name);
      read.add(name);
    }
  }
  inner.reverse();
  const places = new Map(inner.flatMap(({ outputs }, i) => outputs.map((name) => [name, i] as const)));
  const readyAt = ({ inputs }: Node) => Math.max(-1, ...inputs.map((name) => places.get(name) ?? -1));
  return { nodes: [...inner, ...last.sort((a, b) => readyAt(b) - readyAt(a))], used };
}

/** The order in which onnxruntime runs nodes. */
export function executionOrder(nodes: readonly Node[]): Node[] {
  const producers = new Map<string, number>();
  for (const [i, { outputs }] of nodes.entries()) {
    for (const name of outputs) producers.set(name, i);
  }
  const sources = nodes.map(({ inputs }) =>
    [...new Set(inputs.flatMap((name) => producers.get(name) ?? []))].sort((a, b) => a - b),
  );
  const read = new Set(sources.flat());
  const order: Node[] = [];
  const visited = new Set<number>();
  const stack = nodes.flatMap((_, index) => (read.has(index) ? [] : [{ index, isDone: false }]));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { index, isDone } = top;
    if (isDone) {
      order.push(nodes[index]!);
    } else if (!visited.has(index)) {
      visited.add(index);
      stack.push({ index, isDone: true });
      for (const source of sources[index]!) {
        if (!visited.has(source)) stack.push({ index: source, isDone: false });
      }
    }
  }
  return order;
}

/** Bytes that a tensor's numbers take. */
export function byteSize({ shape, type }: Tensor): number {
  return elementCount(shape) * (type === "int64" ? 8 : type === "float32" ? 4 : 1);
}

/**
 * Bytes of the largest set of intermediate results that are needed at one time, to within what onnxruntime's own
 * rewriting of the graph changes. Inputs and outputs are not counted.
 */
export function workingBytes(
  graph: Graph,
  outputs: readonly Tensor[],
  given: readonly Tensor[] = [],
): number {
  const names = new Set(outputs.map(({ name }) => name));
  const fed = new Set(given.map(({ name }) => name));
  return peak(executionOrder(liveNodes(graph.nodes, names, fed).nodes), graph, names);
}

function peak(order: readonly Node[], graph: Graph, outputs: ReadonlySet<string>): number {
  const roots = new Map<string, string>();
  const rootOf = (name: string) => roots.get(name) ?? name;
  const lastRead = new Map<string, number>();
  for (const [at, { operator, inputs, outputs: results }] of order.entries()) {
    if (VIEWS.has(operator)) roots.set(results[0]!, rootOf(inputs[0]!));
    for (const name of inputs) lastRead.set(rootOf(name), at);
  }
  const held = new Map<string, number>();
  let total = 0;
  let largest = 0;
  for (const [at, { operator, inputs, outputs: results }] of order.entries()) {
    const free = () => {
      for (const name of new Set(inputs.map(rootOf))) {
        if (lastRead.get(name) === at) {
          total -= held.get(name) ?? 0;
          held.delete(name);
        }
      }
    };
    if (IN_PLACE.has(operator)) free();
    for (const name of results) {
      const tensor = graph.tensors.get(name);
      if (tensor !== undefined && !outputs.has(name) && rootOf(name) === name) {
        held.set(name, byteSize(tensor));
        total += byteSize(tensor);
      }
    }
    largest = Math.max(largest, total);
    free();
  }
  return largest;
}
