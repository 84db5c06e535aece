/**
 * @module
 * Grouped-query attention as one operation, with a backward that needs no gradient of the softmax's own.
 */
import type { Tensor } from "../graph.ts";
import { broadcastShapes, formatShape, sameShape } from "../shape.ts";
import { reshape, sum } from "./broadcast.ts";
import { add, multiply, subtract } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { softmax } from "./softmax.ts";

export interface AttentionOutput {
  /** `[B, H, M, d]` */
  readonly output: Tensor;
  /** `[B, H, M, K]`, rows summing to one; not differentiable. */
  readonly probabilities: Tensor;
}

/**
 * P = softmax(scale · Q Kᵀ + mask), O = P V. Query head h reads key head ⌊h / (H / H_kv)⌋.
 *
 * @param query `[B, H, M, d]`
 * @param key `[B, H_kv, K, d]`
 * @param value `[B, H_kv, K, d]`
 * @param mask added to the scores, broadcast to `[B, H, M, K]`; large negative where a key is hidden
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  scale: number,
  mask?: Tensor,
): AttentionOutput {
  const { graph } = query;
  const [batch, heads, rows, width] = query.shape as [number, number, number, number];
  const [keyBatch, keyHeads, keys, keyWidth] = key.shape as [number, number, number, number];
  const scoreShape = [batch, heads, rows, keys];
  const ranks = query.shape.length === 4 && key.shape.length === 4;
  const fits = batch === keyBatch && width === keyWidth && heads % keyHeads === 0;
  if (!ranks || !fits || !sameShape(key.shape, value.shape)) {
    throw graph.shapeError(
      "attention",
      `${formatShape(query.shape)}, ${formatShape(key.shape)} and ${formatShape(value.shape)} do not fit`,
    );
  }
  if (mask !== undefined && !sameShape(broadcastShapes(mask.shape, scoreShape) ?? [], scoreShape)) {
    throw graph.shapeError(
      "attention",
      `mask ${formatShape(mask.shape)} does not broadcast to ${formatShape(scoreShape)}`,
    );
  }
  // The query heads of one key head are consecutive, so they join the rows of one product.
  const folded = [batch, keyHeads, (heads / keyHeads) * rows];
  const { q, p, mixed, probabilities, output } = graph.fused(() => {
    const q = reshape(query, [...folded, width]);
    const scores = reshape(matmul(q, key, { transposeB: true, scale }), scoreShape);
    const probabilities = softmax(mask === undefined ? scores : add(scores, mask));
    const p = reshape(probabilities, [...folded, keys]);
    const mixed = matmul(p, value);
    return { q, p, mixed, probabilities, output: reshape(mixed, query.shape) };
  });

  graph.record({
    inputs: [query, key, value],
    outputs: [output],
    // dS = P · (dP − Σ_K dP · P), and Σ_K dP · P = Σ_d dO · O
    backward: ([gradient]) => {
      const g = reshape(gradient!, mixed.shape);
      const gp = matmul(g, value, { transposeB: true });
      const gs = multiply(p, subtract(gp, sum(multiply(g, mixed), [3])));
      return [
        reshape(matmul(gs, key, { scale }), query.shape),
        matmul(gs, q, { transposeA: true, scale }),
        matmul(p, g, { transposeA: true }),
      ];
    },
  });
  return { output, probabilities };
}
