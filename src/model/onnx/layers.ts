/**
 * @module
 * The layers that the exported graphs share, for sizes known at run time only. They compute what `graph/` computes,
 * in standard operators.
 */
import type { DynamicGraph, Shape, Value } from "../../tensor/index.ts";

/** A graph under construction and the shapes of the model's parameters. */
export interface Build {
  readonly graph: DynamicGraph;
  readonly shapes: ReadonlyMap<string, Shape>;
}

/** Added to the score of a hidden key: its weight is then exactly 0. */
export const HIDDEN_SCORE = -1e9;

/** A parameter by its canonical name; a convolution's kernel as the matrix that it is on patches. */
export function parameter({ graph, shapes }: Build, name: string): Value {
  const [rows, ...rest] = shapes.get(name) as [number, ...number[]];
  const columns = rest.reduce((product, size) => product * size, 1);
  return graph.weight(name, rest.length === 0 ? [rows] : [rows, columns]);
}

/** x Wᵀ + b of rows `[N, in]`, with the bias where the layer has one. */
export function affine(build: Build, x: Value, layer: string): Value {
  const inputs = [x, parameter(build, `${layer}.weight`)];
  if (build.shapes.has(`${layer}.bias`)) inputs.push(parameter(build, `${layer}.bias`));
  return build.graph.node("Gemm", inputs, { transB: 1n });
}

/** w · x / √(mean(x²) + ε) over the last axis. */
export function rmsNorm(build: Build, x: Value, layer: string, epsilon: number): Value {
  const { graph } = build;
  const square = graph.node("Pow", [x, graph.float(2)]);
  const mean = graph.node("ReduceMean", [square, graph.integers([-1])], { keepdims: 1n });
  const root = graph.node("Sqrt", [graph.node("Add", [mean, graph.float(epsilon)])]);
  return graph.node("Mul", [graph.node("Div", [x, root]), parameter(build, `${layer}.weight`)]);
}

/** w · (x − mean(x)) / √(var(x) + ε) + b over the last axis. */
export function layerNorm(build: Build, x: Value, layer: string, epsilon: number): Value {
  const inputs = [x, parameter(build, `${layer}.weight`), parameter(build, `${layer}.bias`)];
  return build.graph.node("LayerNormalization", inputs, { axis: -1n, epsilon });
}

/** W_down (silu(W_gate x) · W_up x) of rows. */
export function gatedLayers(build: Build, x: Value, layer: string): Value {
  const { graph } = build;
  const gate = affine(build, x, `${layer}.gate_proj`);
  const silu = graph.node("Mul", [gate, graph.node("Sigmoid", [gate])]);
  return affine(build, graph.node("Mul", [silu, affine(build, x, `${layer}.up_proj`)]), `${layer}.down_proj`);
}

/** Rows `[B·S, H·d]` as `[B, H, S, d]`. `lead` `[2]` holds B and S, one of which may be −1. */
export function toHeads(graph: DynamicGraph, x: Value, lead: Value, heads: number, width: number): Value {
  const shape = graph.node("Concat", [lead, graph.integers([heads, width])], { axis: 0n });
  return graph.node("Transpose", [graph.node("Reshape", [x, shape])], { perm: [0, 2, 1, 3] });
}

/** Rotates each pair (x_i, x_{i + d/2}) of `[B, H, S, d]` by its angle; cosines and sines `[B, 1, S, d/2]`. */
export function rotate(graph: DynamicGraph, x: Value, angles: Angles, width: number): Value {
  const [first, second] = graph.split(x, [width / 2, width / 2], 3) as [Value, Value];
  const times = (a: Value, b: Value) => graph.node("Mul", [a, b]);
  const { cosine, sine } = angles;
  const parts = [
    graph.node("Sub", [times(first, cosine), times(second, sine)]),
    graph.node("Add", [times(second, cosine), times(first, sine)]),
  ];
  return graph.node("Concat", parts, { axis: 3n });
}

/** `[B, 1, S, d/2]` both. */
export interface Angles {
  readonly cosine: Value;
  readonly sine: Value;
}

export interface Heads {
  readonly heads: number;
  /** Heads of keys and values; query head h reads ⌊h / (heads / kvHeads)⌋. */
  readonly kvHeads: number;
  readonly width: number;
}

/**
 * softmax(Q Kᵀ / √d + bias) V, without a bias where none is given.
 *
 * @param query `[B, H, S, d]`
 * @param key `[B, H_kv, K, d]`
 * @param value `[B, H_kv, K, d]`
 * @param bias broadcast to `[B, H, S, K]`
 * @returns rows `[B·S, H·d]`, and probabilities `[B, H, S, K]`
 */
export function attend(
  graph: DynamicGraph,
  query: Value,
  key: Value,
  value: Value,
  bias: Value | undefined,
  { heads, kvHeads, width }: Heads,
): { readonly rows: Value; readonly probabilities: Value } {
  // the query heads of one key head are consecutive, so they join the rows of one product; 0 keeps a size
  const reshape = (x: Value, shape: readonly number[]) =>
    heads === kvHeads ? x : graph.node("Reshape", [x, graph.integers(shape)]);
  const scaled = graph.node("Mul", [query, graph.float(1 / Math.sqrt(width))]);
  const turned = graph.node("Transpose", [key], { perm: [0, 1, 3, 2] });
  const products = graph.node("MatMul", [reshape(scaled, [0, kvHeads, -1, 0]), turned]);
  const plain = reshape(products, [0, heads, -1, 0]);
  const scores = bias === undefined ? plain : graph.node("Add", [plain, bias]);
  const probabilities = graph.node("Softmax", [scores], { axis: -1n });
  const mixed = graph.node("MatMul", [reshape(probabilities, [0, kvHeads, -1, 0]), value]);
  const apart = graph.node("Transpose", [reshape(mixed, [0, heads, -1, 0])], { perm: [0, 2, 1, 3] });
  return { rows: graph.node("Reshape", [apart, graph.integers([-1, heads * width])]), probabilities };
}

/** x + tanh(gate) · y, and · factor where one is given. */
export function addGated(build: Build, x: Value, y: Value, gate: string, factor?: Value): Value {
  const { graph } = build;
  const opened = graph.node("Mul", [y, graph.node("Tanh", [parameter(build, gate)])]);
  return graph.node("Add", [x, factor === undefined ? opened : graph.node("Mul", [opened, factor])]);
}

/** a · Φ(a), by erf. */
export function gelu(graph: DynamicGraph, a: Value): Value {
  const half = graph.node("Mul", [a, graph.float(0.5)]);
  const error = graph.node("Erf", [graph.node("Mul", [a, graph.float(Math.SQRT1_2)])]);
  return graph.node("Mul", [half, graph.node("Add", [error, graph.float(1)])]);
}

/** a · ½(1 + tanh(√(2/π)·(a + 0.044715·a³))), in plain operators, since not every runtime knows this form of `Gelu`. */
export function geluTanh(graph: DynamicGraph, a: Value): Value {
  const times = (x: Value, y: Value) => graph.node("Mul", [x, y]);
  const root = Math.sqrt(2 / Math.PI);
  const slope = graph.node("Add", [times(times(a, a), graph.float(0.044715 * root)), graph.float(root)]);
  const tangent = graph.node("Tanh", [times(a, slope)]);
  return times(times(a, graph.float(0.5)), graph.node("Add", [tangent, graph.float(1)]));
}
