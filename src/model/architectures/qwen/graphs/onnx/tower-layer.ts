/**
 * @module
 * The tower's norms and feed-forwards for every family; `../tower-layer.ts` in standard operators.
 */
import type { Value } from "../../../../../tensor/index.ts";
import { affine, type Build, gatedLayers, geluTanh, layerNorm, rmsNorm } from "../../../../onnx/layers.ts";
import type { QwenParts } from "../parts.ts";
import { EPSILON } from "../tower-layer.ts";

/** Layer norm where the norm has a bias, RMSNorm where it has none. */
export function normalise(build: Build, x: Value, layer: string): Value {
  return build.shapes.has(`${layer}.bias`)
    ? layerNorm(build, x, layer, EPSILON)
    : rmsNorm(build, x, layer, EPSILON);
}

/** A block's feed-forward of rows that are normalised, without the residual. */
export function towerFeedForward(build: Build, x: Value, layer: string, { tower }: QwenParts): Value {
  const { gate, up, down } = tower.mlp;
  if (gate !== undefined) return gatedLayers(build, x, layer);
  return affine(build, activation(build, affine(build, x, `${layer}.${up}`), tower), `${layer}.${down}`);
}

function activation({ graph }: Build, x: Value, { activation: name }: QwenParts["tower"]): Value {
  switch (name) {
    case "gelu-tanh":
      return geluTanh(graph, x);
    case "quick-gelu":
      return graph.node("Mul", [x, graph.node("Sigmoid", [graph.node("Mul", [x, graph.float(1.702)])])]);
    case "silu":
      return graph.node("Mul", [x, graph.node("Sigmoid", [x])]);
  }
}
