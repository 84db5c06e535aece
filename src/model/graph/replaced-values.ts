/**
 * @module
 * Removes an image's content inside the model. Where a later token attends to an image token far more than is
 * usual, it gets the mean of the image's value vectors in place of the image token's own value.
 *
 * Source: CFPO, arXiv:2606.23206.
 */
import {
  add,
  concatenate,
  divide,
  matmul,
  multiply,
  reshape,
  scale,
  slice,
  split,
  squareRoot,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import type { BatchShape, LayerProbabilities } from "./batch-shape.ts";
import { fromHeads } from "./layer.ts";

/** How values are replaced. */
export interface ValueReplacement {
  /** λ: attention counts as high above the mean plus so many deviations. */
  readonly threshold: number;
  /** The mean value vector of the image's tokens, or one number, the mean of all their entries; each head's own. */
  readonly mean: "vector" | "number";
}

/** Which queries may have which keys replaced. */
export interface ReplacementInputs {
  /** `[P, 1, S_p + T, S_p]` 1 where the key is an image token and the query comes after its image. */
  readonly pairs: Tensor;
  /** `[P, 1, S_p, 1]` 1 at image tokens. */
  readonly keys: Tensor;
}

/** Attention at or below this is none: the key is hidden. */
const NONE = 1e-8;

/**
 * Declares the inputs `replacedPairs` `[P, 1, S_p, S_p]`, `replacedRows` `[P, 1, T, 1]`, 1 at the completion's tokens, and
 * `replacedKeys` `[P, 1, 1, S_p]`, 1 at image tokens. Each completion has its prompt to itself.
 */
export function replacementInputs(
  { graph }: Tensor,
  { prompts, promptLength, completionLength }: BatchShape,
): ReplacementInputs {
  const keys = graph.input("replacedKeys", [prompts, 1, 1, promptLength]);
  const rows = graph.input("replacedRows", [prompts, 1, completionLength, 1]);
  const pairs = graph.input("replacedPairs", [prompts, 1, promptLength, promptLength]);
  return {
    pairs: concatenate([pairs, multiply(rows, keys)], 2),
    keys: reshape(keys, [prompts, 1, promptLength, 1]),
  };
}

/**
 * The change of attention's output when values are replaced, for the prompt's rows and the completion's.
 *
 *     a    entries of attention above 0 from queries after the image to its tokens, of all heads of a sequence
 *     Δ    = Σ_k 1[aₖ > mean a + λ·deviation a]·aₖ·(v̄ − vₖ)
 *
 * @param probabilities of one completion a prompt, prompts' rows whole
 * @param value `[P, H_kv, S_p, d]` of the prompts
 * @returns `[P·S_p, H·d]` and `[P·T, H·d]`; not differentiable
 */
export function replacedMix(
  { prompt, completion }: LayerProbabilities,
  value: Tensor,
  { pairs, keys }: ReplacementInputs,
  { threshold, mean }: ValueReplacement,
  text: TextConfig,
): { readonly prompt: Tensor; readonly completion: Tensor } {
  const { graph } = value;
  const [prompts, kvHeads, promptLength, width] = value.shape as [number, number, number, number];
  const attended = concatenate([prompt, slice(completion, 3, 0, promptLength)], 2);
  const rows = attended.shape[2]!;
  const all = [1, 2, 3];
  const seen = multiply(above(attended, graph.scalar(NONE)), pairs);
  const count = sum(seen, all);
  const most = (a: Tensor) => graph.single("Max", [a, graph.scalar(1)], a.shape);
  const centre = divide(sum(multiply(seen, attended), all), most(count));
  const apart = multiply(seen, subtract(attended, centre));
  const variance = divide(sum(multiply(apart, apart), all), most(subtract(count, graph.scalar(1))));
  const bound = add(centre, scale(squareRoot(variance), threshold));
  const chosen = multiply(multiply(seen, above(attended, bound)), attended);

  const images = most(sum(keys, [2]));
  const masked = multiply(value, keys);
  const meanValue =
    mean === "vector"
      ? divide(sum(masked, [2]), images)
      : scale(divide(sum(masked, [2, 3]), images), 1 / width);
  const delta = subtract(meanValue, value);
  const folded = [prompts, kvHeads, (text.heads / kvHeads) * rows];
  const mixed = reshape(matmul(reshape(chosen, [...folded, promptLength]), delta), [
    prompts,
    text.heads,
    rows,
    width,
  ]);
  const [ofPrompt, ofCompletion] = split(mixed, [promptLength, rows - promptLength], 2) as [Tensor, Tensor];
  return { prompt: fromHeads(ofPrompt), completion: fromHeads(ofCompletion) };
}

/** 1 where a lies above b, else 0; shaped as a. */
function above(a: Tensor, b: Tensor): Tensor {
  const { graph } = a;
  const is = graph.single("Greater", [a, b], a.shape, { type: "bool" });
  return graph.single("Cast", [is], a.shape, { attributes: { to: 1n } });
}
