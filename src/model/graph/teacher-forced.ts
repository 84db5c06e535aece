/**
 * @module
 * The rows that predict the tokens of given completions, for groups that share a prompt: each prompt is computed once
 * for its whole group, in the forward pass and in the backward pass. The head reads them in a program of its own.
 */
import { Graph, type Tensor } from "../../tensor/index.ts";
import { imageTokenWidth, type TextConfig } from "../config.ts";
import { amplifiedInputs } from "./amplified-attention.ts";
import {
  type BatchInputs,
  batchInputs,
  batchLayer,
  lastPromptRows,
  layerRows,
  predictingHidden,
  type RowOwner,
} from "./batch-layer.ts";
import { type BatchShape, embeddingRows, type LayerProbabilities } from "./batch-shape.ts";
import {
  apartFromImages,
  crossAttentionLayer,
  imageKeys,
  imageReadings,
  isCrossAttention,
} from "./cross-attention.ts";
import { decoderInput } from "./deepstack.ts";
import { finalHidden } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { replacementInputs, type ValueReplacement } from "./replaced-values.ts";
import { layerMean } from "./rows.ts";

export interface TeacherForcedGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /**
   * Token embeddings `[P·S_p + P·G·T, (1 + K)·D]`, prompts first, of which K·D are added after the first K layers, and
   * below them image tokens for cross-attention, as many for each prompt: the input that gradients flow back to.
   */
  readonly embeddings: Tensor;
  /** `[P·G·T, D]` after the final norm, of the row that predicts each completion token. */
  readonly hidden: Tensor;
  /** The inputs of each layer: all that a backward pass needs to compute the rest again. */
  readonly layerInputs: readonly Tensor[];
  /**
   * `[P·G, T, S_p + T]` attention of each completion token's row, mean over heads and over the last `layers` layers of
   * self-attention, the last one unless said otherwise; all layers when there are fewer.
   */
  readonly rows: (owner: RowOwner, layers?: number) => Tensor;
  /**
   * `[P·S_p + P·G·T, D]` hidden states of every token, prompts first: of the last layer after the final norm, or also
   * of all layers before it, the embeddings first. Only of a graph with whole prompts.
   */
  readonly states: (layers: "last" | "all") => readonly Tensor[];
}

/** Outputs of a graph beside log-probs. */
export interface TeacherForcedOptions {
  /** Layers whose attention is amplified. */
  readonly amplified?: readonly number[];
  /** Whether the last layer continues with all rows of the prompts. */
  readonly wholePrompts?: boolean;
  /** How values of image tokens are replaced, with the inputs of `replacementInputs`; not differentiable. */
  readonly replacement?: ValueReplacement | undefined;
}

/**
 * Inputs: `embeddings`, `cosine` and `sine` `[1, N, d/2]` over the same N rows, `promptMask` `[P, 1, 1, S_p]`; with
 * amplified layers also the inputs of `amplifiedInputs`, with image keys for cross-attention the inputs of
 * `imageReadings`.
 */
export function teacherForcedGraph(
  text: TextConfig,
  layout: ParameterLayout,
  batch: BatchShape,
  { amplified = [], wholePrompts = false, replacement }: TeacherForcedOptions = {},
): TeacherForcedGraph {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const given = batchInputs(graph, text, batch);
  const inputs: BatchInputs =
    replacement === undefined
      ? given
      : { ...given, replaced: { ...replacementInputs(given.completionMask, batch), ...replacement } };
  const amplifying = amplified.length === 0 ? undefined : amplifiedInputs(inputs, text);
  const embeddings = graph.input("embeddings", [embeddingRows(batch), imageTokenWidth(text)]);
  const { x: rows, images } = apartFromImages(embeddings, batch.prompts * (batch.imageLength ?? 0));
  const readings = images && imageReadings(graph, batch);

  const input = decoderInput(rows, text);
  let { x } = input;
  const probabilities: LayerProbabilities[] = [];
  const layerInputs: Tensor[] = [];
  for (let layer = 0; layer < text.layers; layer++) {
    const isLast = layer === text.layers - 1;
    layerInputs.push(x);
    if (isCrossAttention(text, layer)) {
      if (images !== undefined) {
        const keys = imageKeys(images, parameters, layer, text, batch.prompts);
        x = crossAttentionLayer(x, parameters, layer, text, readings!, keys);
      }
      if (isLast && !wholePrompts) x = lastPromptRows(x, batch);
      continue;
    }
    const read = amplified.includes(layer) ? amplifying?.[isLast ? "last" : "inner"] : undefined;
    const done = batchLayer(
      x,
      parameters,
      layer,
      text,
      read ?? inputs,
      isLast && !wholePrompts,
      input.later[layer],
    );
    probabilities.push(done.probabilities);
    x = done.x;
  }
  const last = x;
  const going = wholePrompts ? lastPromptRows(last, batch) : last;
  return {
    graph,
    parameters,
    embeddings,
    hidden: finalHidden(predictingHidden(going, batch), parameters, text),
    layerInputs,
    rows: (owner, layers = 1) =>
      layerMean(probabilities.slice(-layers).map((layer) => layerRows(layer, owner, batch))),
    states: (layers) => {
      if (!wholePrompts) throw graph.shapeError("states", "expected a graph with whole prompts");
      return [...(layers === "all" ? layerInputs : []), finalHidden(last, parameters, text)];
    },
  };
}
