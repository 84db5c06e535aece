/**
 * @module
 * AdamW (arXiv:1711.05101, algorithm 2) and the gradient's norm as graphs, for weights that stay on a device. The formulas
 * are in `weights/adamw.ts`; numbers that all elements share are computed outside, in double precision.
 */
import {
  add,
  divide,
  Graph,
  multiply,
  reshape,
  type Shape,
  squareRoot,
  sum,
  type Tensor,
} from "../../../tensor/index.ts";
import type { AdamParameters } from "../../engine.ts";

/** Inputs of a step beside a pack's own numbers, `[1]` each. */
const NUMBERS = [
  "scale",
  "beta1",
  "rest1",
  "beta2",
  "rest2",
  "rate",
  "correction",
  "epsilon",
  "keep",
] as const;

/** One pack's step. Inputs: `weight`, `gradient`, `first`, `second` of the pack's shape, and the numbers of `adamNumbers`. */
export interface AdamGraph {
  readonly graph: Graph;
  /** The pack after the step, and its moments. */
  readonly outputs: { readonly weight: Tensor; readonly first: Tensor; readonly second: Tensor };
}

/** Weight decay falls on matrices only. */
export function adamGraph(shape: Shape): AdamGraph {
  const graph = new Graph();
  const [weight, gradient, first, second] = (["weight", "gradient", "first", "second"] as const).map((name) =>
    graph.input(name, shape),
  ) as [Tensor, Tensor, Tensor, Tensor];
  const numbers = Object.fromEntries(NUMBERS.map((name) => [name, graph.input(name, [1])]));
  const n = (name: (typeof NUMBERS)[number]): Tensor => numbers[name]!;
  const g = multiply(gradient, n("scale"));
  const m = add(multiply(first, n("beta1")), multiply(g, n("rest1")));
  const v = add(multiply(second, n("beta2")), multiply(multiply(g, g), n("rest2")));
  const root = add(multiply(squareRoot(v), n("correction")), n("epsilon"));
  const kept = shape.length > 1 ? multiply(weight, n("keep")) : weight;
  return { graph, outputs: { weight: add(kept, divide(multiply(m, n("rate")), root)), first: m, second: v } };
}

/**
 * The numbers of step `steps`.
 *
 * @param scale factor on the gradient, below 1 when it is clipped
 */
export function adamNumbers(
  { learningRate, beta1, beta2, epsilon, weightDecay }: AdamParameters,
  steps: number,
  scale: number,
): Record<string, Float32Array> {
  const values: Record<(typeof NUMBERS)[number], number> = {
    scale,
    beta1,
    rest1: 1 - beta1,
    beta2,
    rest2: 1 - beta2,
    rate: learningRate / (1 - beta1 ** steps),
    correction: 1 / Math.sqrt(1 - beta2 ** steps),
    epsilon,
    keep: 1 - learningRate * weightDecay,
  };
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Float32Array.of(value)]));
}

/** Σ g² over all packs, `[1]`; row by row first, which keeps more digits. */
export function squareSumGraph(shapes: ReadonlyMap<string, Shape>): {
  readonly graph: Graph;
  readonly total: Tensor;
} {
  const graph = new Graph();
  const parts = [...shapes].map(([pack, shape]) => {
    const gradient = graph.input(pack, shape);
    const squares = multiply(gradient, gradient);
    const rows = shape.length > 1 ? sum(squares, [1]) : squares;
    return reshape(sum(rows, [0]), [1]);
  });
  return { graph, total: parts.reduce(add) };
}
