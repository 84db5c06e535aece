/**
 * @module
 * Softmax along the last axis, log-probs of chosen entries, and the entropy of rows.
 */
import type { Tensor } from "../graph.ts";
import { formatShape, sameShape } from "../shape.ts";
import { reshape, sum } from "./broadcast.ts";
import { add, exponential, logarithm, multiply, negate, subtract } from "./elementwise.ts";

/** p_j = e^a_j / Σ_k e^a_k along the last axis. */
export function softmax(a: Tensor): Tensor {
  const last = a.shape.length - 1;
  if (last < 0) {
    throw a.graph.shapeError("softmax", "expected an axis, got []");
  }
  const output = a.graph.single("Softmax", [a], a.shape, { attributes: { axis: BigInt(last) } });
  a.graph.record({
    inputs: [a],
    outputs: [output],
    backward: ([g]) => [multiply(output, subtract(g!, sum(multiply(g!, output), [last])))],
  });
  return output;
}

/**
 * log softmax(logits) at one target a row.
 *
 * @param logits `[N, V]`
 * @param targets int64 `[N]`, each in [0, V)
 * @returns log-probs `[N]` in nats
 */
export function targetLogprobs(logits: Tensor, targets: Tensor): Tensor {
  const { graph } = logits;
  const rows = logits.shape[0]!;
  if (logits.shape.length !== 2 || targets.type !== "int64" || !sameShape(targets.shape, [rows])) {
    const got = `${formatShape(logits.shape)} and ${targets.type} ${formatShape(targets.shape)}`;
    throw graph.shapeError("targetLogprobs", `expected [N, V] and int64 [N], got ${got}`);
  }
  const column = graph.single("Unsqueeze", [targets, graph.integers([1])], [rows, 1], { type: "int64" });
  const output = graph.fused(() => {
    const shifted = subtract(logits, rowMaximum(logits));
    const picked = graph.single("GatherElements", [shifted, column], [rows, 1], { attributes: { axis: 1n } });
    return reshape(subtract(picked, logarithm(sum(exponential(shifted), [1]))), [rows]);
  });
  graph.record({
    inputs: [logits],
    outputs: [output],
    // ∂/∂logit_j = g·([j is the target] − p_j)
    backward: ([g]) => {
      const weight = reshape(g!, [rows, 1]);
      const probabilities = softmax(logits);
      const chosen = graph.single("GatherElements", [probabilities, column], [rows, 1], {
        attributes: { axis: 1n },
      });
      const others = multiply(probabilities, negate(weight));
      const own = multiply(subtract(graph.scalar(1), chosen), weight);
      return [
        graph.single("ScatterElements", [others, column, own], logits.shape, { attributes: { axis: 1n } }),
      ];
    },
  });
  return output;
}

/**
 * H = −Σ_j p_j·log p_j of p = softmax(logits), row by row.
 *
 * @param logits `[N, V]`
 * @returns entropies `[N]` in nats
 */
export function softmaxEntropy(logits: Tensor): Tensor {
  const { graph } = logits;
  if (logits.shape.length !== 2) {
    throw graph.shapeError("softmaxEntropy", `expected [N, V], got ${formatShape(logits.shape)}`);
  }
  const rows = logits.shape[0]!;
  const { probabilities, logprobs, column } = graph.fused(() => {
    const logprobs = logSoftmax(logits);
    const probabilities = exponential(logprobs);
    return { probabilities, logprobs, column: negate(sum(multiply(probabilities, logprobs), [1])) };
  });
  const output = graph.fused(() => reshape(column, [rows]));
  graph.record({
    inputs: [logits],
    outputs: [output],
    // ∂H/∂logit_j = −p_j·(log p_j + H)
    backward: ([g]) => [
      multiply(multiply(probabilities, add(logprobs, column)), negate(reshape(g!, [rows, 1]))),
    ],
  });
  return output;
}

/**
 * KL(softmax(a) ‖ softmax(b)) row by row; not differentiable.
 *
 * @param a logits `[N, V]`
 * @param b logits `[N, V]`
 * @returns `[N]` in nats; rounding can leave a divergence of 0 a little below it
 */
export function softmaxDivergence(a: Tensor, b: Tensor): Tensor {
  const { graph } = a;
  if (a.shape.length !== 2 || !sameShape(a.shape, b.shape)) {
    const got = `${formatShape(a.shape)} and ${formatShape(b.shape)}`;
    throw graph.shapeError("softmaxDivergence", `expected [N, V] twice, got ${got}`);
  }
  return graph.fused(() => {
    const logprobs = logSoftmax(a);
    const differences = subtract(logprobs, logSoftmax(b));
    return reshape(sum(multiply(exponential(logprobs), differences), [1]), [a.shape[0]!]);
  });
}

/** log softmax of each row, `[N, V]`, without backward. */
export function logSoftmax(logits: Tensor): Tensor {
  return logits.graph.single("LogSoftmax", [logits], logits.shape, { attributes: { axis: 1n } });
}

/** The largest entry of each row, `[N, 1]`, without backward. */
function rowMaximum(a: Tensor): Tensor {
  const { graph } = a;
  return graph.single("ReduceMax", [a, graph.integers([1])], a.shape.with(1, 1), {
    attributes: { keepdims: 1n },
  });
}
