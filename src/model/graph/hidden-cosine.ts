/**
 * @module
 * The cosine between the hidden states of a completion token and of the prompt's image tokens, reduced inside
 * the graph to one number per token.
 */
import {
  add,
  divide,
  expand,
  matmul,
  multiply,
  reshape,
  scale,
  split,
  squareRoot,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import type { BatchShape } from "./batch-shape.ts";

/** A state shorter than this has no direction. */
const SMALLEST_LENGTH = 1e-20;

/**
 * Cosines, mean over layers.
 *
 *     pairing "pairwise"   (1/I)·Σ_v cos(h_t, h_v)          over the I image tokens
 *     pairing "mean"       cos(h_t, (1/I)·Σ_v h_v)
 *
 * @param states `[L]` of `[P·S_p + P·G·T, D]`, prompts first
 * @param visual `[P, S_p]` 1 at image tokens; without any the cosine is 0
 * @returns `[P·G·T]`
 */
export function hiddenCosine(
  states: readonly Tensor[],
  visual: Tensor,
  { prompts, groupSize, promptLength, completionLength }: BatchShape,
  pairing: "pairwise" | "mean",
): Tensor {
  const { graph } = visual;
  const tokens = groupSize * completionLength;
  const places = reshape(visual, [prompts, 1, promptLength]);
  const count = graph.single("Max", [sum(places, [2]), graph.scalar(1)], [prompts, 1, 1]);
  const shares = divide(places, count);
  const cosines = states.map((state) => {
    const width = state.shape[1]!;
    const sizes = [prompts * promptLength, prompts * tokens];
    const [prompt, own] = split(state, sizes, 0) as [Tensor, Tensor];
    const keys = reshape(pairing === "pairwise" ? unit(prompt) : prompt, [prompts, promptLength, width]);
    const average = matmul(shares, keys);
    const direction = pairing === "pairwise" ? average : unit(average);
    return matmul(reshape(unit(own), [prompts, tokens, width]), direction, { transposeB: true });
  });
  const total = cosines.reduce((added, one) => add(added, one));
  return reshape(scale(total, 1 / states.length), [prompts * tokens]);
}

/** Rows of length 1 along the last axis; rows next to 0 stay there. */
function unit(rows: Tensor): Tensor {
  const length = squareRoot(sum(multiply(rows, rows), [rows.shape.length - 1]));
  const { graph } = rows;
  return divide(
    rows,
    expand(graph.single("Max", [length, graph.scalar(SMALLEST_LENGTH)], length.shape), rows.shape),
  );
}
