/**
 * @module
 * The prompts of a batch: what completions will read of them, and the distribution of their first token.
 */
import { add, Graph, type Tensor } from "../../tensor/index.ts";
import { imageTokenWidth, type TextConfig } from "../config.ts";
import {
  apartFromImages,
  crossAttentionLayer,
  imageKeys,
  imageReadings,
  isCrossAttention,
} from "./cross-attention.ts";
import { finishLayer, project } from "./decoder-layer.ts";
import { decoderInput } from "./deepstack.ts";
import { type Distribution, distribution } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { attendPrompt, type PromptCache, promptMasks } from "./prompt-attention.ts";
import { lastHeadMean, lastRows, layerMean } from "./rows.ts";

export interface PrefillGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** One per layer; of a layer of cross-attention its image keys, or undefined where there are no images. */
  readonly cache: readonly (PromptCache | undefined)[];
  /** The distribution after each prompt, P rows. */
  readonly next: Distribution;
  /**
   * `[P, 1, S_p]` attention of each prompt's last token, mean over heads and over the last `layers` layers of
   * self-attention, the last one unless said otherwise.
   */
  readonly lastRow: (layers?: number) => Tensor;
}

/**
 * Inputs: `embeddings` `[P·S_p, (1 + K)·D]`, of which K·D are added after the first K layers, `cosine` and `sine`
 * `[1, P·S_p, d/2]`, `promptMask` `[P, 1, 1, S_p]`, `inverseTemperature` `[1]`. With image keys for cross-attention
 * also their rows below the embeddings, and the inputs of `imageReadings`.
 *
 * @param imageLength slots of image keys a prompt, for cross-attention
 */
export function prefillGraph(
  text: TextConfig,
  layout: ParameterLayout,
  prompts: number,
  length: number,
  imageLength = 0,
): PrefillGraph {
  const rows = prompts * length;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = {
    cosine: graph.input("cosine", [1, rows, text.headDim / 2]),
    sine: graph.input("sine", [1, rows, text.headDim / 2]),
  };
  const masks = promptMasks(graph, prompts, length);
  const cache: (PromptCache | undefined)[] = [];
  const probabilities: Tensor[] = [];
  const imageRows = prompts * imageLength;
  const embeddings = graph.input("embeddings", [rows + imageRows, imageTokenWidth(text)]);
  const { x: promptRows, images } = apartFromImages(embeddings, imageRows);
  const shape = { prompts, promptLength: length, groupSize: 0, completionLength: 0, imageLength };
  const readings = images && imageReadings(graph, shape);
  const input = decoderInput(promptRows, text);
  let { x } = input;
  for (let layer = 0; layer < text.layers; layer++) {
    const last = layer === text.layers - 1;
    if (isCrossAttention(text, layer)) {
      const keys = images && imageKeys(images, parameters, layer, text, prompts);
      cache.push(keys);
      if (keys) x = crossAttentionLayer(x, parameters, layer, text, readings!, keys);
      if (last) x = lastRows(x, prompts);
      continue;
    }
    x = graph.scope(`decoder layer ${layer}`, () => {
      const attended = attendPrompt(project(x, parameters, layer, text, angles), masks, text, last);
      cache.push(attended);
      probabilities.push(attended.probabilities);
      const kept = (tensor: Tensor) => (last ? lastRows(tensor, prompts) : tensor);
      const y = finishLayer(kept(x), attended.mixed, parameters, layer, text);
      const more = input.later[layer];
      return more === undefined ? y : add(y, kept(more));
    });
  }
  const lastRow = (layers = 1) => layerMean(probabilities.slice(-layers).map(lastHeadMean));
  return { graph, parameters, cache, next: distribution(x, parameters, text), lastRow };
}
