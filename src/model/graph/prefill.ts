/**
 * @module
 * The prompts of a batch: what completions will read of them, and the distribution of their first token.
 */
import { add, Graph, type Tensor } from "../../tensor/index.ts";
import { imageTokenWidth, type TextConfig } from "../config.ts";
import { finishLayer, project } from "./decoder-layer.ts";
import { decoderInput } from "./deepstack.ts";
import { type Distribution, distribution } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { attendPrompt, type PromptCache, promptMasks } from "./prompt-attention.ts";
import { lastHeadMean, lastRows, layerMean } from "./rows.ts";

export interface PrefillGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** One per layer. */
  readonly cache: readonly PromptCache[];
  /** The distribution after each prompt, P rows. */
  readonly next: Distribution;
  /**
   * `[P, 1, S_p]` attention of each prompt's last token, mean over heads and over the last `layers` layers, the last one
   * unless said otherwise.
   */
  readonly lastRow: (layers?: number) => Tensor;
}

/**
 * Inputs: `embeddings` `[P·S_p, (1 + K)·D]`, of which K·D are added after the first K layers, `cosine` and `sine` `[1, P·S_p, d/2]`, `promptMask` `[P, 1, 1, S_p]`,
 * `inverseTemperature` `[1]`.
 */
export function prefillGraph(
  text: TextConfig,
  layout: ParameterLayout,
  prompts: number,
  length: number,
): PrefillGraph {
  const rows = prompts * length;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = {
    cosine: graph.input("cosine", [1, rows, text.headDim / 2]),
    sine: graph.input("sine", [1, rows, text.headDim / 2]),
  };
  const masks = promptMasks(graph, prompts, length);
  const cache: PromptCache[] = [];
  const probabilities: Tensor[] = [];
  const input = decoderInput(graph.input("embeddings", [rows, imageTokenWidth(text)]), text);
  let { x } = input;
  for (let layer = 0; layer < text.layers; layer++) {
    const last = layer === text.layers - 1;
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
