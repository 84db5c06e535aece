/**
 * @module
 * The graphs that are exported, and what is said of them.
 */
import { DynamicGraph, type WeightType } from "../../../../../tensor/index.ts";
import type { OnnxGraphs } from "../../../../graph/model-graphs.ts";
import { type Build, parameter } from "../../../../onnx/layers.ts";
import type { OnnxManifest } from "../../../../onnx/manifest.ts";
import { decoderModel, type ExportedDecoder } from "../../../../onnx/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../../rotary-frequencies.ts";
import { type MllamaConfig, tokensPerTile } from "../../config.ts";
import { DECODER, parameterShapes } from "../parameter-names.ts";
import { visionModel } from "./vision-model.ts";

/** The meaning of each input and output, by its name without the number of the layer. */
const MEANINGS: Readonly<Record<string, string>> = {
  pixel_values:
    "normalised patches of one image's tiles, tile by tile, row by row within a tile; each patch by channel, row, column",
  grid_thw: "1, and rows and columns of the image's canvas in patches",
  image_features:
    "what cross-attention reads of images: all tiles, empty ones last, of an image after the other; in the decoder those of new images alone",
  image_mask:
    "1 where a new token reads a token of an image, of all images so far; a row of zeros stands before all images",
  input_ids: "token ids; an image's token stands where the image does",
  inputs_embeds: "rows of the decoder",
  attention_mask: "1 for a token, 0 for padding, of all tokens so far; padding goes to the left",
  position_ids: "place of each new token, counted from 0",
  num_logits_to_keep: "rows of logits wanted, counted from the end; 0 for all",
  past_key_values:
    "keys and values of earlier tokens, or of images in layers of cross-attention, `present` of the run before; past is 0 in the first run",
  logits: "unnormalised log-probs of the token that follows each kept row",
  present: "keys and values of all tokens so far, or of all images",
  attention: "rows of attention after softmax, mean over heads, first of the returned layers first",
};

/** The exported graphs of a model of these sizes. */
export function onnxGraphs(config: MllamaConfig): OnnxGraphs {
  const { text, imageTokenId } = config;
  const frequencies = rotaryFrequencies(text);
  const decoder: ExportedDecoder = {
    text,
    shapes: parameterShapes(config),
    prefix: DECODER.prefix,
    head: DECODER.head!,
    rotary: { frequencies, component: new Uint8Array(frequencies.length) },
  };
  return {
    vision: (weightType) => visionModel(config, weightType),
    embedding: (weightType) => wordsModel(config, weightType),
    decoder: (weightType, attentionLayers) => decoderModel(decoder, weightType, attentionLayers),
    tokens: { image: imageTokenId, video: imageTokenId, neverSampled: [] },
    meanings: MEANINGS,
    guide: (manifest) => guide(manifest, config),
  };
}

/** Input: `input_ids` `[batch, sequence]`. Output: `inputs_embeds` `[batch, sequence, D]`. */
function wordsModel(config: MllamaConfig, weightType: WeightType): DynamicGraph {
  const graph = new DynamicGraph(weightType);
  const build: Build = { graph, shapes: parameterShapes(config) };
  const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
  const table = parameter(build, `${DECODER.prefix}.embed_tokens.weight`);
  graph.node("Gather", [table, ids], { axis: 0n }, "inputs_embeds");
  graph.output("inputs_embeds", "float32", ["batch", "sequence", config.text.hiddenSize]);
  return graph;
}

function guide({ tokens }: OnnxManifest, { text, vision }: MllamaConfig): string {
  const perTile = tokensPerTile(vision);
  return `1. Render \`chat_template\` and encode with \`tokenizer.json\`. An image is one token (id ${tokens.image}).
2. Run \`vision\` once for each image: ${vision.maxTiles * perTile} features, ${perTile} a tile. Join them in the order of the images.
3. Run \`embedding\` on the prompt, then \`decoder\` with an empty cache (past 0), \`attention_mask\` all 1, \`position_ids\`
   0, 1, 2, … of all tokens, the features, and \`image_mask\`: 1 from an image's token to the one before the next image's, at
   the features of the tiles that hold the image. Images side by side are read together, by all tokens up to the next.
4. Take a token from the last row of \`logits\`; stop after ${tokens.stop.join(", ")}.
5. Embed it, run \`decoder\` on it with \`present\` as \`past_key_values\`, no new features (\`[1, 0, ${text.hiddenSize}]\`), the last row of
   \`image_mask\`, a mask longer by one and the next position, and go on at 4.`;
}
