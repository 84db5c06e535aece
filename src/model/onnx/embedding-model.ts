/**
 * @module
 * Token ids to the decoder's input, with the vision tower's tokens in place of image and video pads.
 */
import { DynamicGraph, type WeightType } from "../../tensor/index.ts";
import { imageTokenWidth } from "../config.ts";
import { type Build, parameter } from "./layers.ts";
import type { ExportedDecoder } from "./self-attention-decoder.ts";

const INT = 7n;

/**
 * Inputs: `input_ids` `[batch, sequence]`; `image_features` `[image_tokens, (1 + K)·D]`, which replace the ids of
 * image and video pads in order, sequence after sequence; no rows if there are none. Output: `inputs_embeds` `[batch,
 * sequence, (1 + K)·D]`; text has zeros where images have features for later layers.
 *
 * @param pixelTokens ids of image and video pads; at least one
 */
export function embeddingModel(
  { text, shapes, prefix }: ExportedDecoder,
  pixelTokens: readonly number[],
  weightType: WeightType,
): DynamicGraph {
  const width = imageTokenWidth(text);
  const later = width - text.hiddenSize;
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes };
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const features = graph.input("image_features", "float32", ["image_tokens", width]);

  const isPad = pixelTokens
    .map((token) => graph.node("Equal", [ids, graph.integer(token)]))
    .reduce((some, one) => graph.node("Or", [some, one]));
  // the i-th pad reads row i of the features after a row of zeros, which all else reads
  const flat = graph.node("Reshape", [graph.node("Cast", [isPad], { to: INT }), graph.integers([-1])]);
  const count = graph.node("CumSum", [flat, graph.integer(0)]);
  const row = graph.node("Reshape", [graph.node("Mul", [count, flat]), graph.node("Shape", [ids])]);
  const zeros = graph.floats(new Float32Array(width), [1, width]);
  const table = graph.node("Concat", [zeros, features], { axis: 0n });
  const seen = graph.node("Gather", [table, row], { axis: 0n });
  const words = graph.node("Gather", [parameter(build, `${prefix}.embed_tokens.weight`), ids], { axis: 0n });
  const read = later === 0 ? words : graph.node("Pad", [words, graph.integers([0, 0, 0, 0, 0, later])]);
  const choice = graph.node("Unsqueeze", [isPad, graph.integers([-1])]);
  graph.node("Where", [choice, seen, read], {}, "inputs_embeds");
  graph.output("inputs_embeds", "float32", ["batch", "sequence", width]);
  return graph;
}
