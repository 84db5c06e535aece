/**
 * @module
 * The decoding step of `decode-step.ts` in pieces, for matrices in 8 bits. Such matrices are constants, so a program
 * that multiplies with them is compiled again whenever the weights change. It must therefore serve batches of every shape:
 * its pieces know rows alone. Attention, whose program depends on the shape, has no matrices, and serves all layers.
 *
 *     stage 0:  embeddings → projections of layer 0
 *     stage n:  what layer n − 1's attention mixed → its feed-forward → projections of layer n
 *     stage L:  what the last layer's attention mixed → its feed-forward → distribution of the next token
 */
import { add, Graph, type QuantisedMatrix, quantisedLinear, type Tensor } from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { BatchShape } from "./batch-shape.ts";
import { attendStep } from "./decode-step.ts";
import { finishLayer, projectRows, rotateHeads } from "./decoder-layer.ts";
import { distribution } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";

/** The quantised matrix of a pack. */
export type Quantised = (pack: string) => QuantisedMatrix;

/** A piece of the step. */
export interface StepPiece {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** Inputs of any number of rows. */
  readonly rows: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Parameters whose matrices are quantised; vectors and adapters are inputs in float32. */
class QuantisedParameters extends GraphParameters {
  readonly #quantised: Quantised;

  constructor(graph: Graph, layout: ParameterLayout, quantised: Quantised) {
    super(graph, layout);
    this.#quantised = quantised;
  }

  override product(x: Tensor, weight: string, bias?: string): Tensor {
    const y = quantisedLinear(x, this.#quantised(weight));
    return bias === undefined ? y : add(y, this.pack(bias));
  }
}

/** Packs of the matrices of a stage, 0 to L. */
export function stagePacks(text: TextConfig, stage: number): string[] {
  const { layers, tieWordEmbeddings } = text;
  const before = ["output", "gate", "up", "down"].map((part) => `layer.${stage - 1}.${part}.weight`);
  const after = ["queryKey", "value"].map((part) => `layer.${stage}.${part}.weight`);
  const head = tieWordEmbeddings ? "embedding" : "head";
  return [...(stage > 0 ? before : []), ...(stage < layers ? after : [head])];
}

/**
 * Stage 0 to L. Inputs: `x` `[rows, D]`, from stage 1 on `mixed` `[rows, H·d]`, in the last `inverseTemperature` `[1]`.
 * Outputs: from stage 1 on, except in the last, `y` `[rows, D]`, which is `x` of the next stage; `queryKey`
 * `[rows, (H + H_kv)·d]` and `value` `[rows, H_kv·d]`, or in the last the distribution.
 */
export function stageGraph(
  text: TextConfig,
  layout: ParameterLayout,
  stage: number,
  quantised: Quantised,
): StepPiece {
  const { layers, hiddenSize, heads, headDim } = text;
  const graph = new Graph();
  const parameters = new QuantisedParameters(graph, layout, quantised);
  const x = graph.input("x", [1, hiddenSize]);
  if (stage === 0) {
    const { queryKey, value } = projectRows(x, parameters, stage, text);
    return { graph, parameters, rows: [x], outputs: { queryKey, value } };
  }
  const mixed = graph.input("mixed", [1, heads * headDim]);
  const y = finishLayer(x, mixed, parameters, stage - 1, text);
  const rows = [x, mixed];
  if (stage === layers) {
    const { logprobs, probabilities, entropy } = distribution(y, parameters, text);
    return { graph, parameters, rows, outputs: { logprobs, probabilities, entropy } };
  }
  const { queryKey, value } = projectRows(y, parameters, stage, text);
  return { graph, parameters, rows, outputs: { y, queryKey, value } };
}

/**
 * Attention of one layer's tokens, with the packs of layer 0. Inputs: `queryKey` and `value` of a stage, and the inputs of
 * `decodeStepGraph` except embeddings and temperature, with the names of layer 0. Outputs: `mixed` `[P·G, H·d]`, `key`
 * `[P·G, H_kv, 1, d]`.
 */
export function stepAttentionGraph(text: TextConfig, layout: ParameterLayout, batch: BatchShape): StepPiece {
  const { heads, kvHeads, headDim } = text;
  const completions = batch.prompts * batch.groupSize;
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const angles = {
    cosine: graph.input("cosine", [1, completions, headDim / 2]),
    sine: graph.input("sine", [1, completions, headDim / 2]),
  };
  const masks = {
    prompt: graph.input("promptMask", [batch.prompts, 1, 1, batch.promptLength]),
    cache: graph.input("cacheMask", [batch.completionLength]),
  };
  const projected = graph.input("queryKey", [completions, (heads + kvHeads) * headDim]);
  const value = graph.input("value", [completions, kvHeads * headDim]);
  const queryKey = rotateHeads(projected, parameters, 0, text, angles);
  const { mixed, key } = attendStep({ queryKey, value }, 0, masks, batch, text);
  return { graph, parameters, rows: [], outputs: { mixed, key } };
}
