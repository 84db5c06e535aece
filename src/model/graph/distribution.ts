/**
 * @module
 * The heads: the distribution of the next token, and the value of the state before it. `headGraph` is a program of its
 * own, for rows of given completions: its logits are `[N, V]`, so that N is chosen by the memory that they take.
 */
import {
  exponential,
  Graph,
  linear,
  multiply,
  negate,
  reshape,
  rmsNorm,
  sum,
  type Tensor,
  targetLogprobs,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";

/** All of softmax(logits / temperature), N rows. */
export interface Distribution {
  /** `[N, V]` nats */
  readonly logprobs: Tensor;
  /** `[N, V]` */
  readonly probabilities: Tensor;
  /** `[N]` nats */
  readonly entropy: Tensor;
}

/** The last layer's rows `x` `[N, D]` after the final norm: what the head and the value head read. */
export function finalHidden(x: Tensor, parameters: GraphParameters, config: TextConfig): Tensor {
  return rmsNorm(x, parameters.pack("norm"), config.rmsNormEpsilon);
}

/** `[N]` the value head's V, from `finalHidden`. */
function valueHead(hidden: Tensor, parameters: GraphParameters): Tensor {
  const values = linear(hidden, parameters.pack("value.weight"), parameters.pack("value.bias"));
  return reshape(values, [hidden.shape[0]!]);
}

/** The head over N rows. Inputs: `hidden` `[N, D]`, `targets` int64 `[N]`, `inverseTemperature` `[1]`. */
export interface HeadGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** `[N, D]` after the final norm. */
  readonly hidden: Tensor;
  /** Name of the pack that rows are multiplied with. */
  readonly pack: string;
  /** `[N, V]` before the temperature. */
  readonly products: Tensor;
  /** `[N, V]` products / temperature. */
  readonly logits: Tensor;
  /** `[N]` log-prob of each target, nats. */
  readonly logprobs: Tensor;
  /** `[N]` the value head's V. */
  readonly values: () => Tensor;
  /** `[N, V]` logits of other rows `[N, D]`, to be compared with. */
  readonly logitsOf: (hidden: Tensor) => Tensor;
}

export function headGraph(text: TextConfig, layout: ParameterLayout, rows: number): HeadGraph {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const hidden = graph.input("hidden", [rows, text.hiddenSize]);
  const { products, logits } = temperedLogits(hidden, parameters, text);
  const logprobs = targetLogprobs(logits, graph.input("targets", [rows], "int64"));
  return {
    graph,
    parameters,
    hidden,
    pack: headPack(text),
    products,
    logits,
    logprobs,
    values: () => valueHead(hidden, parameters),
    logitsOf: (others) => temperedLogits(others, parameters, text).logits,
  };
}

const headPack = ({ tieWordEmbeddings }: TextConfig) => (tieWordEmbeddings ? "embedding" : "head");

/** `[N, V]` of `finalHidden`, before and after the temperature. Declares the input `inverseTemperature` `[1]`. */
function temperedLogits(
  hidden: Tensor,
  parameters: GraphParameters,
  config: TextConfig,
): { products: Tensor; logits: Tensor } {
  const products = linear(hidden, parameters.pack(headPack(config)));
  return { products, logits: multiply(products, inverseTemperature(hidden.graph)) };
}

/** Distribution after the last layer's rows `x` `[N, D]`. */
export function distribution(x: Tensor, parameters: GraphParameters, config: TextConfig): Distribution {
  const { graph } = x;
  const { logits } = temperedLogits(finalHidden(x, parameters, config), parameters, config);
  const logprobs = graph.single("LogSoftmax", [logits], logits.shape, { attributes: { axis: 1n } });
  const probabilities = exponential(logprobs);
  const entropy = reshape(negate(sum(multiply(probabilities, logprobs), [1])), [x.shape[0]!]);
  return { logprobs, probabilities, entropy };
}

function inverseTemperature(graph: Graph): Tensor {
  return graph.inputs.get("inverseTemperature") ?? graph.input("inverseTemperature", [1]);
}
