/**
 * @module
 * Log-probs of given completions, for groups that share a prompt: each prompt is computed once for its whole group,
 * in the forward pass and in the backward pass.
 */
import { Graph, type Tensor, targetLogprobs } from "../../tensor/index.ts";
import { imageTokenWidth, type TextConfig } from "../config.ts";
import { amplifiedInputs } from "./amplified-attention.ts";
import {
  type BatchInputs,
  type BatchShape,
  batchInputs,
  batchLayer,
  batchRows,
  type LayerProbabilities,
  lastPromptRows,
  layerRows,
  predictingHidden,
  type RowOwner,
} from "./batch-layer.ts";
import { decoderInput } from "./deepstack.ts";
import { finalHidden, temperedLogits } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";
import { replacementInputs, type ValueReplacement } from "./replaced-values.ts";
import { layerMean } from "./rows.ts";

export interface TeacherForcedGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /**
   * Token embeddings `[P·S_p + P·G·T, (1 + K)·D]`, prompts first, of which K·D are added after the first K layers: the
   * input that gradients flow back to.
   */
  readonly embeddings: Tensor;
  /** `[P·G·T, D]` after the final norm, of the row that predicts each completion token. */
  readonly hidden: Tensor;
  /** `[P·G·T, V]` logits / temperature of each completion token. */
  readonly logits: Tensor;
  /** `[P·G·T]` log-prob of each completion token, nats; meaningless at padding. */
  readonly logprobs: Tensor;
  /**
   * `[P·G, T, S_p + T]` attention of each completion token's row, mean over heads and over the last `layers` layers,
   * the last one unless said otherwise; all layers when there are fewer.
   */
  readonly rows: (owner: RowOwner, layers?: number) => Tensor;
  /**
   * `[P·S_p + P·G·T, D]` hidden states of every token, prompts first: the last layer's after the final norm, or those of all
   * layers before it too, the embeddings first. Only of a graph with whole prompts.
   */
  readonly states: (layers: "last" | "all") => readonly Tensor[];
}

/** What a graph computes beside log-probs. */
export interface TeacherForcedOptions {
  /** Layers whose attention is amplified. */
  readonly amplified?: readonly number[];
  /** Whether the last layer goes on with all rows of the prompts. */
  readonly wholePrompts?: boolean;
  /** How values of image tokens are replaced, with the inputs of `replacementInputs`; not differentiable. */
  readonly replacement?: ValueReplacement | undefined;
}

/**
 * Inputs: `embeddings`, `cosine` and `sine` `[1, N, d/2]` over the same N rows, `promptMask` `[P, 1, 1, S_p]`,
 * `targets` int64 `[P·G·T]`, `inverseTemperature` `[1]`; with amplified layers those of `amplifiedInputs`.
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
  const embeddings = graph.input("embeddings", [batchRows(batch), imageTokenWidth(text)]);

  const input = decoderInput(embeddings, text);
  let { x } = input;
  const before: Tensor[] = [];
  const probabilities: LayerProbabilities[] = [];
  for (let layer = 0; layer < text.layers; layer++) {
    const isLast = layer === text.layers - 1;
    const read = amplified.includes(layer) ? amplifying?.[isLast ? "last" : "inner"] : undefined;
    before.push(x);
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
  const hidden = finalHidden(predictingHidden(going, batch), parameters, text);
  const logits = temperedLogits(hidden, parameters, text);
  return {
    graph,
    parameters,
    embeddings,
    hidden,
    logits,
    logprobs: targetLogprobs(logits, graph.input("targets", [hidden.shape[0]!], "int64")),
    rows: (owner, layers = 1) =>
      layerMean(probabilities.slice(-layers).map((layer) => layerRows(layer, owner, batch))),
    states: (layers) => {
      if (!wholePrompts) throw graph.shapeError("states", "expected a graph with whole prompts");
      return [...(layers === "all" ? before : []), finalHidden(last, parameters, text)];
    },
  };
}
