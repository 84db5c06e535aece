/**
 * @module
 * Token ids to the decoder's input, the vision tower's tokens in the places of image and video pads. Text has zeros where
 * images have features for later layers.
 */
import { DynamicGraph, type WeightType } from "../../../../../tensor/index.ts";
import { type Build, parameter } from "../../../../onnx/layers.ts";
import { imageTokenWidth } from "../../../../config.ts";
import type { QwenConfig } from "../../config.ts";
import { parameterShapes } from "../parameter-names.ts";
import type { QwenParts } from "../parts.ts";

/**
 * Inputs: `input_ids` `[batch, sequence]`, `image_features` `[image_tokens, (1 + K)·D]`, which take the places of the pads in
 * the order in which they stand, sequence after sequence; no rows where there are no pads.
 * Output: `inputs_embeds` `[batch, sequence, (1 + K)·D]`.
 */
export function embeddingModel(config: QwenConfig, parts: QwenParts, weightType: WeightType): DynamicGraph {
  const width = imageTokenWidth(config.text);
  const later = width - config.text.hiddenSize;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config, parts) };
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const features = graph.input("image_features", "float32", ["image_tokens", width]);

  const isPad = graph.node("Or", [
    graph.node("Equal", [ids, graph.integer(config.imageTokenId)]),
    graph.node("Equal", [ids, graph.integer(config.videoTokenId)]),
  ]);
  // the i-th pad reads row i of the features behind a row of zeros, which all else reads
  const flat = graph.node("Reshape", [graph.node("Cast", [isPad], { to: 7n }), graph.integers([-1])]);
  const count = graph.node("CumSum", [flat, graph.integer(0)]);
  const row = graph.node("Reshape", [graph.node("Mul", [count, flat]), graph.node("Shape", [ids])]);
  const zeros = graph.floats(new Float32Array(width), [1, width]);
  const table = graph.node("Concat", [zeros, features], { axis: 0n });
  const seen = graph.node("Gather", [table, row], { axis: 0n });
  const vocabulary = parameter(build, `${parts.text}.embed_tokens.weight`);
  const words = graph.node("Gather", [vocabulary, ids], { axis: 0n });
  const read = later === 0 ? words : graph.node("Pad", [words, graph.integers([0, 0, 0, 0, 0, later])]);
  const choice = graph.node("Unsqueeze", [isPad, graph.integers([-1])]);
  graph.node("Where", [choice, seen, read], {}, "inputs_embeds");
  graph.output("inputs_embeds", "float32", ["batch", "sequence", width]);
  return graph;
}
