/**
 * @module
 * The exported graphs, and their descriptions.
 */
import type { OnnxGraphs } from "../../../../graph/model-graphs.ts";
import { embeddingModel } from "../../../../onnx/embedding-model.ts";
import type { OnnxManifest } from "../../../../onnx/manifest.ts";
import { decoderModel, type ExportedDecoder } from "../../../../onnx/self-attention-decoder.ts";
import { rotaryFrequencies } from "../../../../rotary-frequencies.ts";
import type { SmolConfig } from "../../config.ts";
import { IMAGE_TOKENS } from "../../special-tokens.ts";
import { DECODER, parameterShapes } from "../parameter-names.ts";
import { visionModel } from "./vision-model.ts";

/** The meaning of each input and output, by its name without the number of the layer. */
const MEANINGS: Readonly<Record<string, string>> = {
  pixel_values:
    "normalised patches of one image's tiles, tile by tile, the whole image last; within a tile by token, row by row, and within a token row by row; each patch by channel, row, column",
  grid_thw: "tiles, the whole image among them, and rows and columns of a tile in patches",
  image_features: "features that replace the image tokens, tile by tile in raster order",
  input_ids: "token ids, an image token repeated for each feature of its tile",
  inputs_embeds: "rows of the decoder",
  attention_mask: "1 for a token, 0 for padding, of all tokens so far; padding goes to the left",
  position_ids: "place of each new token, counted from 0",
  num_logits_to_keep: "rows of logits wanted, counted from the end; 0 for all",
  past_key_values:
    "keys and values of earlier tokens, `present` of the run before; past is 0 in the first run",
  logits: "unnormalised log-probs of the token that follows each kept row",
  present: "keys and values of all tokens so far",
  attention: "rows of attention after softmax, mean over heads, first of the returned layers first",
};

/** The exported graphs of a model of these sizes. */
export function onnxGraphs(config: SmolConfig): OnnxGraphs {
  const { text, imageTokenId } = config;
  const frequencies = rotaryFrequencies(text);
  const decoder: ExportedDecoder = {
    text,
    shapes: parameterShapes(config),
    prefix: DECODER.prefix,
    rotary: { frequencies, component: new Uint8Array(frequencies.length) },
  };
  return {
    vision: (weightType) => visionModel(config, weightType),
    embedding: (weightType) => embeddingModel(decoder, [imageTokenId], weightType),
    decoder: (weightType, attentionLayers) => decoderModel(decoder, weightType, attentionLayers),
    tokens: { image: imageTokenId, video: imageTokenId, neverSampled: [imageTokenId] },
    meanings: MEANINGS,
    guide: (manifest) => guide(manifest, config),
  };
}

function guide({ tokens }: OnnxManifest, { text, scaleFactor }: SmolConfig): string {
  const { mark, whole, image } = IMAGE_TOKENS;
  return `1. Render \`chat_template\`, spell each \`${image}\` out and encode with \`tokenizer.json\`. An image of one tile is
   \`${mark}${whole}\`, its image tokens (id ${tokens.image}) and \`${mark}\`. One that is cut has before that, row by row,
   \`${mark}<row_r_col_c>\` and image tokens for each tile, a line break after each row, and one more after the last. A tile
   has rows · columns / ${scaleFactor ** 2} image tokens.
2. Run \`vision\` once for each image and join the features in the order of the prompt.
3. Run \`embedding\` on the prompt, then \`decoder\` with an empty cache (past 0), \`attention_mask\` all 1, and \`position_ids\`
   0, 1, 2, … of all tokens.
4. Take a token from the last row of \`logits\`, never one of ${tokens.neverSampled.join(", ")}; stop after ${tokens.stop.join(", ")}.
5. Embed it (\`image_features\` \`[0, ${text.hiddenSize}]\`), run \`decoder\` on it with \`present\` as \`past_key_values\`, a mask longer by one and the
   next position, and continue at 4.`;
}
