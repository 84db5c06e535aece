/**
 * @module
 * The measures that DyCo-RL's ablations compare in place of shifts, inside the graph: the entropy of
 * attention rows within one modality, and the KL divergence of consecutive rows.
 */
import {
  logarithm,
  multiply,
  negate,
  reshape,
  slice,
  subtract,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { withinModality } from "./attention-signals.ts";

/** Attention below this counts as this where a logarithm of it is taken. */
const SMALLEST = 1e-12;

/**
 * Entropy of each row's distribution within the modality, nats; 0 without mass.
 *
 * @param rows `[B, T, S]` attention
 * @param support `[B, 1, S]` 1 at the modality's keys
 * @returns `[B, T]`
 */
export function rowEntropy(rows: Tensor, support: Tensor): Tensor {
  const [batch, length] = rows.shape as [number, number, number];
  const { share } = withinModality(rows, support);
  return negate(reshape(sum(multiply(share, safeLogarithm(share)), [2]), [batch, length]));
}

/**
 * KL of each row but the first from the row before, within the modality: Σ p_{t−1}·ln(p_{t−1} / p_t), nats.
 *
 * @returns `[B, T − 1]`; T must be 2 or more
 */
export function rowDivergence(rows: Tensor, support: Tensor): Tensor {
  const [batch, length] = rows.shape as [number, number, number];
  const { share } = withinModality(rows, support);
  const logs = safeLogarithm(share);
  const change = subtract(slice(logs, 1, 0, length - 1), slice(logs, 1, 1, length));
  return reshape(sum(multiply(slice(share, 1, 0, length - 1), change), [2]), [batch, length - 1]);
}

function safeLogarithm(share: Tensor): Tensor {
  const { graph } = share;
  return logarithm(graph.single("Max", [share, graph.scalar(SMALLEST)], share.shape));
}
