/**
 * @module
 * Measures of whole distributions, row by row, that are read and not differentiated: entropy of a nucleus, divergence
 * from a mixture.
 */
import type { Tensor } from "../graph.ts";
import { formatShape, sameShape } from "../shape.ts";
import { reshape, sum } from "./broadcast.ts";
import { add, divide, exponential, logarithm, multiply, scale, subtract } from "./elementwise.ts";
import { logSoftmax } from "./softmax.ts";

/** Added before a logarithm, so that a probability of 0 leaves 0·log finite. */
const SMALLEST = 1e-37;

/**
 * Entropy of softmax(logits) cut to its nucleus, the smallest set of likeliest entries whose probability reaches a mass, and
 * made to sum to 1 again.
 *
 *     log m − (1/m)·Σ_{j ∈ nucleus} p_j·log p_j,      m = Σ_{j ∈ nucleus} p_j
 *
 * @param logits `[N, V]`
 * @param mass in (0, 1]
 * @returns `[N]` in nats
 */
export function nucleusEntropy(logits: Tensor, mass: number): Tensor {
  const { graph } = logits;
  if (logits.shape.length !== 2) {
    throw graph.shapeError("nucleusEntropy", `expected [N, V], got ${formatShape(logits.shape)}`);
  }
  const [rows, vocabulary] = logits.shape as [number, number];
  const sorted = graph.node(
    "TopK",
    [logSoftmax(logits), graph.integers([vocabulary])],
    [{ shape: logits.shape }, { shape: logits.shape, type: "int64" }],
    { attributes: { axis: 1n, largest: 1n, sorted: 1n } },
  )[0]!;
  return graph.fused(() => {
    const probabilities = exponential(sorted);
    const before = graph.single("CumSum", [probabilities, graph.integers([1])], logits.shape, {
      attributes: { exclusive: 1n },
    });
    // A step of 1 where the mass is not reached yet: rounding may leave a whole distribution's sum a little short of 1.
    const open = graph.single(
      "Ceil",
      [graph.single("Relu", [subtract(graph.scalar(mass), before)], logits.shape)],
      logits.shape,
    );
    const kept = multiply(probabilities, open);
    const total = sum(kept, [1]);
    const weighted = sum(multiply(kept, sorted), [1]);
    return reshape(subtract(logarithm(total), divide(weighted, total)), [rows]);
  });
}

/**
 * Jensen-Shannon divergence of softmax(a) and softmax(b), row by row.
 *
 *     ½·KL(p ‖ m) + ½·KL(q ‖ m) = H(m) − ½·H(p) − ½·H(q),      m = ½·(p + q)
 *
 * @param a logits `[N, V]`
 * @param b logits `[N, V]`
 * @returns `[N]` in nats, at most log 2; rounding can leave a divergence of 0 a little below it
 */
export function jensenShannon(a: Tensor, b: Tensor): Tensor {
  const { graph } = a;
  if (a.shape.length !== 2 || !sameShape(a.shape, b.shape)) {
    const got = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    throw graph.shapeError("jensenShannon", `expected [N, V] twice, got ${got}`);
  }
  return graph.fused(() => {
    const [first, second] = [logSoftmax(a), logSoftmax(b)];
    const [p, q] = [exponential(first), exponential(second)];
    const mixture = logarithm(add(scale(add(p, q), 0.5), graph.scalar(SMALLEST)));
    const ofFirst = multiply(p, subtract(first, mixture));
    const ofSecond = multiply(q, subtract(second, mixture));
    return reshape(scale(sum(add(ofFirst, ofSecond), [1]), 0.5), [a.shape[0]!]);
  });
}
