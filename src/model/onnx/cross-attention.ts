/**
 * @module
 * Layers of `graph/cross-attention.ts` with their cache: keys and values of images that earlier runs were given, and
 * of new images.
 */
import type { DynamicGraph, Value } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import {
  addGated,
  affine,
  attend,
  type Build,
  gatedLayers,
  HIDDEN_SCORE,
  rmsNorm,
  toHeads,
} from "./layers.ts";

const FLOAT = 1n;

/** Inputs of all layers of cross-attention in a run. */
export interface ImageStep {
  /** `[batch · new_keys, D]` new image tokens, and `[2]` their batch and −1. */
  readonly images: Value;
  readonly imageLead: Value;
  /** `[batch, 1, sequence, 1 + keys]`; the key in front, of zeros, is hidden from all, and is there where no other is. */
  readonly bias: Value;
  /** `[batch · sequence, 1]` 1 at rows that read an image. */
  readonly sees: Value;
}

/**
 * Declares `image_features` `[batch, new_keys, D]`, tokens of images that no earlier run was given, and `image_mask`
 * `[batch, sequence, keys]`: 1 where a new token reads an image's token, of earlier and new images. A row of zeros
 * reads all of them, and its feed-forward adds nothing.
 */
export function imageStep(graph: DynamicGraph, { hiddenSize }: TextConfig): ImageStep {
  const features = graph.input("image_features", "float32", ["batch", "new_keys", hiddenSize]);
  const mask = graph.input("image_mask", "int64", ["batch", "sequence", "keys"]);
  const given = graph.node("Cast", [mask], { to: FLOAT });
  const inFront = graph.integers([0, 0, 1, 0, 0, 0]);
  const reads = graph.node("Pad", [given, inFront]);
  const count = graph.node("ReduceSum", [reads, graph.integers([-1])], { keepdims: 1n });
  const some = graph.node("Cast", [graph.node("Greater", [count, graph.float(0)])], { to: FLOAT });
  const hidden = graph.node("Mul", [graph.node("Sub", [graph.float(1), reads]), some]);
  const scores = graph.node("Mul", [hidden, graph.float(HIDDEN_SCORE)]);
  const none = graph.node("Mul", [given, graph.float(0)]);
  const front = graph.node("Pad", [none, inFront, graph.float(HIDDEN_SCORE)]);
  const bias = graph.node("Add", [scores, front]);
  const batch = graph.node("Shape", [features], { start: 0n, end: 1n });
  return {
    images: graph.node("Reshape", [features, graph.integers([-1, hiddenSize])]),
    imageLead: graph.node("Concat", [batch, graph.integers([-1])], { axis: 0n }),
    bias: graph.node("Unsqueeze", [bias, graph.integers([1])]),
    sees: graph.node("Reshape", [some, graph.integers([-1, 1])]),
  };
}

/**
 * One layer on rows `[batch · sequence, D]`.
 *
 * @param lead `[2]` batch and sequence
 */
export function crossAttentionLayer(
  build: Build,
  x: Value,
  layer: number,
  prefix: string,
  text: TextConfig,
  lead: Value,
  { images, imageLead, bias, sees }: ImageStep,
): Value {
  const { graph } = build;
  const { heads, kvHeads, headDim, rmsNormEpsilon } = text;
  const name = `${prefix}.layers.${layer}`;
  const attention = `${name}.cross_attn`;
  const normal = rmsNorm(build, x, `${name}.input_layernorm`, rmsNormEpsilon);
  const projected = (rows: Value, of: Value, kind: "q" | "k" | "v", count: number) =>
    toHeads(graph, affine(build, rows, `${attention}.${kind}_proj`), of, count, headDim);
  const query = rmsNorm(build, projected(normal, lead, "q", heads), `${attention}.q_norm`, rmsNormEpsilon);
  const key = rmsNorm(
    build,
    projected(images, imageLead, "k", kvHeads),
    `${attention}.k_norm`,
    rmsNormEpsilon,
  );
  const all = (fresh: Value, part: string) => {
    const past = graph.input(`past_key_values.${layer}.${part}`, "float32", [
      "batch",
      kvHeads,
      "past_keys",
      headDim,
    ]);
    const present = graph.node("Concat", [past, fresh], { axis: 2n }, `present.${layer}.${part}`);
    graph.output(present, "float32", ["batch", kvHeads, "keys", headDim]);
    return graph.node("Pad", [present, graph.integers([0, 0, 1, 0, 0, 0, 0, 0])]);
  };
  const value = projected(images, imageLead, "v", kvHeads);
  const { rows } = attend(graph, query, all(key, "key"), all(value, "value"), bias, {
    heads,
    kvHeads,
    width: headDim,
  });
  const read = affine(build, rows, `${attention}.o_proj`);
  const attended = addGated(build, x, read, `${name}.cross_attn_attn_gate`);
  const inner = rmsNorm(build, attended, `${name}.post_attention_layernorm`, rmsNormEpsilon);
  return addGated(
    build,
    attended,
    gatedLayers(build, inner, `${name}.mlp`),
    `${name}.cross_attn_mlp_gate`,
    sees,
  );
}
