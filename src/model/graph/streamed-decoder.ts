/**
 * @module
 * The decoder in pieces, for models whose weights do not fit into memory. One layer's graph serves all
 * layers: their weights are fed one after another under the names of layer 0. The head is computed for one range of
 * the vocabulary at a time.
 */
import {
  add,
  exponential,
  Graph,
  linear,
  multiply,
  reshape,
  scale,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { batchInputs, batchLayer, layerRows, predictingHidden, type RowOwner } from "./batch-layer.ts";
import { type BatchShape, batchRows } from "./batch-shape.ts";
import { finalHidden } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";

export interface StreamedLayer {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** `[N, D]` after the layer; after the last one `[P·G·T, D]`, normed, of the row that predicts each token. */
  readonly x: Tensor;
  /**
   * `[P·G, T, S_p + T]` attention of each completion token's row, mean over heads.
   *
   * @param layers how many layers to take the mean over, this one the last of them; the sum over those before is the
   *   input `earlierRows`
   */
  readonly rows: (owner: RowOwner, layers?: number) => Tensor;
}

/**
 * One layer of a batch, with the packs of layer 0. Inputs: `x` `[N, D]` and the inputs of `batchInputs`.
 *
 * @param last it is the last layer, with the final norm
 * @param deepstack the input `more` `[N, D]` is added to the output
 */
export function streamedLayerGraph(
  text: TextConfig,
  layout: ParameterLayout,
  batch: BatchShape,
  last: boolean,
  deepstack = false,
): StreamedLayer {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const inputs = batchInputs(graph, text, batch);
  const before = graph.input("x", [batchRows(batch), text.hiddenSize]);
  const more = deepstack ? graph.input("more", before.shape) : undefined;
  const { x, probabilities } = batchLayer(before, parameters, 0, text, inputs, last, more);
  return {
    graph,
    parameters,
    x: last ? finalHidden(predictingHidden(x, batch), parameters, text) : x,
    rows: (owner, layers = 1) => {
      const rows = layerRows(probabilities, owner, batch);
      return layers === 1 ? rows : scale(add(rows, graph.input("earlierRows", rows.shape)), 1 / layers);
    },
  };
}

/** The contribution of a range of the vocabulary to softmax(logits / temperature), for N rows. */
export interface StreamedHead {
  readonly graph: Graph;
  /** `[N]` the largest of the stretch's logits. */
  readonly largest: Tensor;
  /** `[N]` Σ e^(logit − largest) */
  readonly total: Tensor;
  /** `[N]` Σ logit · e^(logit − largest), for the entropy. */
  readonly weighted: Tensor;
}

/**
 * The head over `words` entries of the vocabulary. Inputs: `hidden` `[N, D]`, `weight` `[words, D]`,
 * `inverseTemperature` `[1]`.
 */
export function streamedHeadGraph(text: TextConfig, rows: number, words: number): StreamedHead {
  const graph = new Graph();
  const hidden = graph.input("hidden", [rows, text.hiddenSize]);
  const weight = graph.input("weight", [words, text.hiddenSize]);
  const logits = multiply(linear(hidden, weight), graph.input("inverseTemperature", [1]));
  const largest = graph.single("ReduceMax", [logits, graph.integers([1])], [rows, 1], {
    attributes: { keepdims: 1n },
  });
  const shares = exponential(subtract(logits, largest));
  const flat = (tensor: Tensor) => reshape(tensor, [rows]);
  return {
    graph,
    largest: flat(largest),
    total: flat(sum(shares, [1])),
    weighted: flat(sum(multiply(shares, logits), [1])),
  };
}
