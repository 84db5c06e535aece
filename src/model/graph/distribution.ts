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
  type Tensor,
  targetLogprobs,
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
function valueHead(hidden: Tensor, parameters: GraphParameters): Tensor {
  const values = linear(hidden, parameters.pack("value.weight"), parameters.pack("value.bias"));
  return reshape(values, [hidden.shape[0]!]);
}

/** The head over N rows. */
export interface HeadGraph {
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

/**
 * Declares the inputs `targets` int64 `[N]` and `inverseTemperature` `[1]`.
 *
 * @param hidden `[N, D]` after the final norm
 */
export function headGraph(hidden: Tensor, parameters: GraphParameters, text: TextConfig): HeadGraph {
  const { products, logits } = temperedLogits(hidden, parameters, text);
  const targets = hidden.graph.input("targets", [hidden.shape[0]!], "int64");
  return {
    pack: headPack(text),
    products,
    logits,
    logprobs: targetLogprobs(logits, targets),
    values: () => valueHead(hidden, parameters),
    logitsOf: (others) => temperedLogits(others, parameters, text).logits,
  };
}

const headPack = ({ tieWordEmbeddings }: TextConfig) => (tieWordEmbeddings ? "embedding" : "head");

/** `[N, V]` of `finalHidden`, before and after the temperature. Declares the input `inverseTemperature` `[1]`. */
export function temperedLogits(
  hidden: Tensor,
  parameters: GraphParameters,
  config: TextConfig,
): { products: Tensor; logits: Tensor } {
  const products = parameters.product(hidden, headPack(config));
  return { products, logits: multiply(products, inverseTemperature(hidden.graph)) };
}

/** Distribution after the last layer's rows `x` `[N, D]`. */
export function distribution(x: Tensor, parameters: GraphParameters, config: TextConfig): Distribution {
  const { graph } = x;
  const { logits } = temperedLogits(finalHidden(x, parameters, config), parameters, config);
  const logprobs = graph.single("LogSoftmax", [logits], logits.shape, { attributes: { axis: 1n } });
  const probabilities = exponential(logprobs);
  const terms = multiply(probabilities, logprobs);
  const attributes = { keepdims: 0n };
  const entropy = negate(
    graph.single("ReduceSum", [terms, graph.integers([1])], [x.shape[0]!], { attributes }),
  );
  return { logprobs, probabilities, entropy };
}

function inverseTemperature(graph: Graph): Tensor {
  return graph.inputs.get("inverseTemperature") ?? graph.input("inverseTemperature", [1]);
}
