/**
 * @module
 * The heads: the distribution of the next token, and the value of the state before it.
 */
import {
  exponential,
  type Graph,
  linear,
  multiply,
  negate,
  reshape,
  rmsNorm,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { GraphParameters } from "./parameters.ts";

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
export function valueHead(hidden: Tensor, parameters: GraphParameters): Tensor {
  const values = linear(hidden, parameters.pack("value.weight"), parameters.pack("value.bias"));
  return reshape(values, [hidden.shape[0]!]);
}

/** `[N, V]` of logits / temperature, from `finalHidden`. Declares the input `inverseTemperature` `[1]`. */
export function temperedLogits(hidden: Tensor, parameters: GraphParameters, config: TextConfig): Tensor {
  const logits = linear(hidden, parameters.pack(config.tieWordEmbeddings ? "embedding" : "head"));
  return multiply(logits, inverseTemperature(hidden.graph));
}

/** Distribution after the last layer's rows `x` `[N, D]`. */
export function distribution(x: Tensor, parameters: GraphParameters, config: TextConfig): Distribution {
  const { graph } = x;
  const logits = temperedLogits(finalHidden(x, parameters, config), parameters, config);
  const logprobs = graph.single("LogSoftmax", [logits], logits.shape, { attributes: { axis: 1n } });
  const probabilities = exponential(logprobs);
  const entropy = reshape(negate(sum(multiply(probabilities, logprobs), [1])), [x.shape[0]!]);
  return { logprobs, probabilities, entropy };
}

function inverseTemperature(graph: Graph): Tensor {
  return graph.inputs.get("inverseTemperature") ?? graph.input("inverseTemperature", [1]);
}
