/**
 * @module
 * One decoder layer, on rows: tokens of prompts and completions are rows of one matrix, so that every linear
 * layer is one product. Only attention separates them.
 */
import { add, concatenate, reshape, rmsNorm, rotary, split, type Tensor } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { affine, feedForward, normaliseHeads } from "./layer.ts";
import type { GraphParameters } from "./parameters.ts";

/** `[1, N, d/2]` of every row's rotary angles. */
export interface RotaryAngles {
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** Rows ready for attention: `[N, (H + H_kv)·d]` rotated queries and keys, `[N, H_kv·d]` values. */
export interface Projected {
  readonly queryKey: Tensor;
  readonly value: Tensor;
}

/** Normalises, projects to queries, keys and values, normalises queries and keys where the layer does, and rotates. */
export function project(
  x: Tensor,
  parameters: GraphParameters,
  layer: number,
  config: TextConfig,
  angles: RotaryAngles,
): Projected {
  const normal = attentionInput(x, parameters, layer, config);
  const queryKey = affine(normal, parameters, `layer.${layer}.queryKey`);
  return {
    queryKey: rotateHeads(queryKey, parameters, layer, config, angles),
    value: affine(normal, parameters, `layer.${layer}.value`),
  };
}

/** Normalises rows and projects them; queries and keys `[N, (H + H_kv)·d]` are neither normalised nor rotated yet. */
export function projectRows(
  x: Tensor,
  parameters: GraphParameters,
  layer: number,
  config: TextConfig,
): Projected {
  const normal = attentionInput(x, parameters, layer, config);
  return {
    queryKey: affine(normal, parameters, `layer.${layer}.queryKey`),
    value: affine(normal, parameters, `layer.${layer}.value`),
  };
}

function attentionInput(x: Tensor, parameters: GraphParameters, layer: number, config: TextConfig): Tensor {
  return rmsNorm(x, parameters.pack(`layer.${layer}.attentionNorm`), config.rmsNormEpsilon);
}

/** Queries and keys `[N, (H + H_kv)·d]` as attention takes them: normalised where the layer does, and rotated. */
export function rotateHeads(
  projected: Tensor,
  parameters: GraphParameters,
  layer: number,
  config: TextConfig,
  { cosine, sine }: RotaryAngles,
): Tensor {
  const [rows, width] = projected.shape as [number, number];
  const queryKey = parameters.has(`layer.${layer}.queryNorm`)
    ? normaliseQueryKey(projected, parameters, layer, config)
    : projected;
  const heads = config.heads + config.kvHeads;
  return reshape(rotary(reshape(queryKey, [1, rows, width]), cosine, sine, heads), [rows, width]);
}

/** RMSNorm of each head of queries and keys `[N, (H + H_kv)·d]`, all queries with one weight and all keys with another. */
function normaliseQueryKey(
  queryKey: Tensor,
  parameters: GraphParameters,
  layer: number,
  { heads, kvHeads, headDim, rmsNormEpsilon }: TextConfig,
): Tensor {
  const [query, key] = split(queryKey, [heads * headDim, kvHeads * headDim], 1) as [Tensor, Tensor];
  const normal = (x: Tensor, norm: "queryNorm" | "keyNorm") =>
    normaliseHeads(x, parameters.pack(`layer.${layer}.${norm}`), rmsNormEpsilon);
  return concatenate([normal(query, "queryNorm"), normal(key, "keyNorm")], 1);
}

/** Adds what attention mixed to the residual stream, then the feed-forward. */
export function finishLayer(
  x: Tensor,
  mixed: Tensor,
  parameters: GraphParameters,
  layer: number,
  config: TextConfig,
): Tensor {
  const attended = add(x, affine(mixed, parameters, `layer.${layer}.output`));
  return feedForward(attended, parameters, `layer.${layer}`, config.rmsNormEpsilon);
}

export function attentionScale(config: TextConfig): number {
  return 1 / Math.sqrt(config.headDim);
}
