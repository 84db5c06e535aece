/**
 * @module
 * How far apart the distributions at one place of several completions are, from the rows that the head reads.
 */
import {
  add,
  exponential,
  Graph,
  logSoftmax,
  mean,
  multiply,
  reshape,
  scale,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import type { TextConfig } from "../config.ts";
import { temperedLogits } from "./distribution.ts";
import { GraphParameters, type ParameterLayout } from "./parameters.ts";

/** Log-probs further than this from their mean count as so far. */
const FURTHEST = 11;

export interface GroupDivergenceGraph {
  readonly graph: Graph;
  readonly parameters: GraphParameters;
  /** `[n]` nats, ≥ 0. */
  readonly divergence: Tensor;
}

/**
 * The mean over completions of a k3 estimate over the whole vocabulary against the mean log-prob.
 *
 *     D = (1/G)·Σᵢ Σ_v (e^d − d − 1),      d = clamp(mean_k log p_k(v) − log pᵢ(v), −11, 11)
 *
 * A completion that has ended has the uniform distribution. Source: TW-GRPO, arXiv:2505.24718. Inputs: `hidden`
 * `[G·n, D]`, completions one after another, `alive` `[G·n, 1]` 1 at places that a completion has, `inverseTemperature` `[1]`.
 *
 * @param completions G
 * @param places n
 */
export function groupDivergenceGraph(
  text: TextConfig,
  layout: ParameterLayout,
  completions: number,
  places: number,
): GroupDivergenceGraph {
  const graph = new Graph();
  const parameters = new GraphParameters(graph, layout);
  const rows = completions * places;
  const logits = temperedLogits(graph.input("hidden", [rows, text.hiddenSize]), parameters, text);
  const alive = graph.input("alive", [rows, 1]);
  const divergence = graph.fused(() => {
    const uniform = graph.scalar(-Math.log(text.vocabSize));
    const filled = add(multiply(alive, subtract(logSoftmax(logits), uniform)), uniform);
    const cube = reshape(filled, [completions, places, text.vocabSize]);
    const difference = graph.single(
      "Clip",
      [subtract(mean(cube, [0]), cube), graph.scalar(-FURTHEST), graph.scalar(FURTHEST)],
      cube.shape,
    );
    const estimate = subtract(subtract(exponential(difference), difference), graph.scalar(1));
    return reshape(scale(sum(estimate, [0, 2]), 1 / completions), [places]);
  });
  return { graph, parameters, divergence };
}
