/**
 * @module
 * The results of a forward pass that the backward pass reads, if the two are separate programs.
 */
import { liveNodes } from "./execution.ts";
import type { Graph, Node, Tensor } from "./graph.ts";

/** Operators whose results cost more to compute again than to keep. */
const PRODUCTS = new Set(["Gemm", "FusedMatMul"]);

/**
 * The results of the forward pass that the backward pass must be given. Results that follow from them, from inputs or
 * from constants without a matrix product are left out: the backward pass computes them again.
 *
 * @param outputs of the backward pass
 * @param forward how many of the graph's nodes are the forward pass; nodes of the backward pass come after them
 * @param only the only results to be kept: the backward pass computes all else again, products too
 */
export function savedTensors(
  graph: Graph,
  outputs: readonly Tensor[],
  forward: number,
  only?: readonly Tensor[],
): Tensor[] {
  const producers = new Map<string, Node>();
  for (const node of graph.nodes.slice(0, forward)) {
    for (const name of node.outputs) producers.set(name, node);
  }
  const names = outputs.map(({ name }) => name);
  if (only !== undefined) {
    const { used } = liveNodes(graph.nodes, names, new Set(only.map(({ name }) => name)));
    return only.filter(({ name }) => used.has(name) && producers.has(name));
  }
  const { used } = liveNodes(graph.nodes.slice(forward), names);
  const kept = new Set([...used].filter((name) => producers.has(name)));
  const known = new Map<string, boolean>();
  const follows = (name: string): boolean => {
    const node = producers.get(name);
    if (node === undefined) return true;
    const before = known.get(name);
    if (before !== undefined) return before;
    const isCheap =
      !PRODUCTS.has(node.operator) && node.inputs.every((input) => kept.has(input) || follows(input));
    known.set(name, isCheap);
    return isCheap;
  };
  return [...kept].filter((name) => !follows(name)).map((name) => graph.tensors.get(name)!);
}
