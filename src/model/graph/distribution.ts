/**
 * @module
 * The distribution of the next token, as sampling wants it.
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

/** `[N, V]` of logits / temperature. Declares the input `inverseTemperature` `[1]`. */
export function temperedLogits(x: Tensor, parameters: GraphParameters, config: TextConfig): Tensor {
  const hidden = rmsNorm(x, parameters.pack("norm"), config.rmsNormEpsilon);
  const logits = linear(hidden, parameters.pack(config.tieWordEmbeddings ? "embedding" : "head"));
  return multiply(logits, inverseTemperature(x.graph));
}

/** Distribution after the last layer's rows `x` `[N, D]`. */
export function distribution(x: Tensor, parameters: GraphParameters, config: TextConfig): Distribution {
  const { graph } = x;
  const logits = temperedLogits(x, parameters, config);
  const logprobs = graph.single("LogSoftmax", [logits], logits.shape, { attributes: { axis: 1n } });
  const probabilities = exponential(logprobs);
  const entropy = reshape(negate(sum(multiply(probabilities, logprobs), [1])), [x.shape[0]!]);
  return { logprobs, probabilities, entropy };
}

function inverseTemperature(graph: Graph): Tensor {
  return graph.input("inverseTemperature", [1]);
}
