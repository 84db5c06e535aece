/**
 * @module
 * Token ids to the decoder's input, the vision tower's tokens in the places of image and video pads.
 */
import { DynamicGraph, type WeightType } from "../../../../../tensor/index.ts";
import { type Build, parameter } from "../../../../onnx/layers.ts";
import type { QwenConfig } from "../../config.ts";
import { parameterShapes } from "../parameter-names.ts";

/**
 * Inputs: `input_ids` `[batch, sequence]`, `image_features` `[image_tokens, D]`, which take the places of the pads in
 * the order in which they stand, sequence after sequence; no rows where there are no pads.
 * Output: `inputs_embeds` `[batch, sequence, D]`.
 */
export function embeddingModel(config: QwenConfig, weightType: WeightType): DynamicGraph {
  const { hiddenSize } = config.text;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config) };
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const features = graph.input("image_features", "float32", ["image_tokens", hiddenSize]);

  const isPad = graph.node("Or", [
    graph.node("Equal", [ids, graph.integer(config.imageTokenId)]),
    graph.node("Equal", [ids, graph.integer(config.videoTokenId)]),
  ]);
  // the i-th pad reads row i of the features behind a row of zeros, which all else reads
  const flat = graph.node("Reshape", [graph.node("Cast", [isPad], { to: 7n }), graph.integers([-1])]);
  const count = graph.node("CumSum", [flat, graph.integer(0)]);
  const row = graph.node("Reshape", [graph.node("Mul", [count, flat]), graph.node("Shape", [ids])]);
  const zeros = graph.floats(new Float32Array(hiddenSize), [1, hiddenSize]);
  const table = graph.node("Concat", [zeros, features], { axis: 0n });
  const seen = graph.node("Gather", [table, row], { axis: 0n });
  const read = graph.node("Gather", [parameter(build, "model.embed_tokens.weight"), ids], { axis: 0n });
  const choice = graph.node("Unsqueeze", [isPad, graph.integers([-1])]);
  graph.node("Where", [choice, seen, read], {}, "inputs_embeds");
  graph.output("inputs_embeds", "float32", ["batch", "sequence", hiddenSize]);
  return graph;
}
