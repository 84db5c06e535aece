/**
 * @module
 * The exported graphs, and their descriptions.
 */

import { imageTokenWidth } from "../../../../config.ts";
import type { OnnxGraphs, RotaryFrequencies } from "../../../../graph/model-graphs.ts";
import { embeddingModel } from "../../../../onnx/embedding-model.ts";
import type { OnnxManifest } from "../../../../onnx/manifest.ts";
import { decoderModel, type ExportedDecoder } from "../../../../onnx/self-attention-decoder.ts";
import type { QwenConfig } from "../../config.ts";
import { parameterShapes } from "../parameter-names.ts";
import type { QwenParts } from "../parts.ts";
import { visionModel } from "./vision-model.ts";

/** The meaning of each input and output, by its name without the number of the layer. */
const MEANINGS: Readonly<Record<string, string>> = {
  pixel_values:
    "normalised patches of one image or video in the order of the Qwen2-VL image processor: by frame, then by block of merged patches. Blocks are in rows, and patches are row by row within a block; each patch is by channel, frame, row, column",
  grid_thw: "frames (temporal patches; 1 for an image), rows and columns of the grid, in patches",
  image_features:
    "features that replace the image or video pads, in raster order, frame by frame: embeddings, and, if the model has them, features that are added after the decoder's first layers",
  input_ids: "token ids, an image or video pad repeated for each of its features",
  inputs_embeds: "rows of the decoder",
  attention_mask: "1 for a token, 0 for padding, of all tokens so far; padding goes to the left",
  position_ids: "time, height and width of each new token",
  num_logits_to_keep: "rows of logits wanted, counted from the end; 0 for all",
  past_key_values:
    "keys and values of earlier tokens, `present` of the run before; past is 0 in the first run",
  logits: "unnormalised log-probs of the token that follows each kept row",
  present: "keys and values of all tokens so far",
  attention: "rows of attention after softmax, mean over heads, first of the returned layers first",
};

/** The exported graphs of a model of these sizes. */
export function onnxGraphs(
  config: QwenConfig,
  parts: QwenParts,
  rotary: RotaryFrequencies,
  videoGuide: string,
): OnnxGraphs {
  const { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId } = config;
  const decoder: ExportedDecoder = {
    text: config.text,
    shapes: parameterShapes(config, parts),
    prefix: parts.decoder.prefix,
    rotary,
  };
  return {
    vision: (weightType) => visionModel(config, parts, weightType),
    embedding: (weightType) => embeddingModel(decoder, [imageTokenId, videoTokenId], weightType),
    decoder: (weightType, attentionLayers) => decoderModel(decoder, weightType, attentionLayers),
    tokens: {
      image: imageTokenId,
      video: videoTokenId,
      neverSampled: [imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId],
    },
    meanings: MEANINGS,
    guide: (manifest) => guide(manifest, config, videoGuide),
  };
}

function guide({ tokens }: OnnxManifest, { vision, text }: QwenConfig, videoGuide: string): string {
  const { stop, neverSampled } = tokens;
  const merge = vision.spatialMergeSize;
  return `1. Render \`chat_template\`, encode with \`tokenizer.json\`, and repeat each \`<|image_pad|>\` (id ${tokens.image}; videos ${tokens.video}) as
   often as its image has features: rows · columns · frames / ${merge ** 2}.
2. Run \`vision\` once for each image or video and join the features in the order of the prompt.
3. Run \`embedding\` on the prompt, then \`decoder\` with an empty cache (past 0), \`attention_mask\` all 1, and positions:
   - a text token has one position in all three components, one more than the largest so far; the first has 0;
   - features of an image whose first would have position p have (p + frame, p + row, p + column), counted in features, not
     patches; ${videoGuide}.
4. Take a token from the last row of \`logits\`, never one of ${neverSampled.join(", ")}; stop after ${stop.join(", ")}.
5. Embed it (\`image_features\` \`[0, ${imageTokenWidth(text)}]\`), run \`decoder\` on it with \`present\` as \`past_key_values\`, a mask longer by one and the
   next position, and continue at 4.`;
}
