/**
 * @module
 * The likeliest tokens in each place of a completion, with their log-probs.
 */
import { logSoftmax, type Tensor } from "../../../tensor/index.ts";
import type { Alternatives } from "../../engine.ts";

/** `[N, k]` ids, exact in single precision below 2²⁴, and log-probs of the k likeliest tokens of each row. */
export function likeliestLogprobs(logits: Tensor, count: number): Record<string, Tensor> {
  const { graph } = logits;
  const shape = [logits.shape[0]!, Math.min(count, logits.shape[1]!)];
  const [logprobs, places] = graph.node(
    "TopK",
    [logSoftmax(logits), graph.integers([shape[1]!])],
    [{ shape }, { shape, type: "int64" }],
    { attributes: { axis: 1n, largest: 1n, sorted: 1n } },
  );
  const tokens = graph.single("Cast", [places!], shape, { attributes: { to: 1n } });
  return { alternativeTokens: tokens, alternativeLogprobs: logprobs! };
}

/** The alternatives of the `length` rows from `first` on. */
export function readAlternatives(
  outputs: Readonly<Record<string, Float32Array>>,
  count: number,
  first: number,
  length: number,
): Alternatives {
  const part = (name: string) => outputs[name]!.subarray(first * count, (first + length) * count);
  return {
    tokens: Int32Array.from(part("alternativeTokens")),
    logprobs: Float64Array.from(part("alternativeLogprobs")),
  };
}
