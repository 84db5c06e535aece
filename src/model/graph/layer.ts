/**
 * @module
 * Shared parts of decoder layers and vision blocks: projections to heads, and the SwiGLU feed-forward.
 */
import { add, multiply, reshape, rmsNorm, silu, type Tensor, transpose } from "../../tensor/index.ts";
import type { GraphParameters } from "./parameters.ts";

/** `[B·S, H·d]` as `[B, H, S, d]`. */
export function toHeads(rows: Tensor, batch: number, heads: number): Tensor {
  const length = rows.shape[0]! / batch;
  return transpose(reshape(rows, [batch, length, heads, rows.shape[1]! / heads]), [0, 2, 1, 3]);
}

/** `[B, H, S, d]` as `[B·S, H·d]`. */
export function fromHeads(heads: Tensor): Tensor {
  const [batch, count, length, width] = heads.shape as [number, number, number, number];
  return reshape(transpose(heads, [0, 2, 1, 3]), [batch * length, count * width]);
}

/** x + W_down (silu(W_gate norm(x)) · W_up norm(x)); biases where the layer has them. */
export function feedForward(x: Tensor, parameters: GraphParameters, prefix: string, epsilon: number): Tensor {
  return add(x, gatedLayers(x, parameters, prefix, epsilon));
}

/** `feedForward` without its residual. */
export function gatedLayers(x: Tensor, parameters: GraphParameters, prefix: string, epsilon: number): Tensor {
  const normal = rmsNorm(x, parameters.pack(`${prefix}.mlpNorm`), epsilon);
  const gate = affine(normal, parameters, `${prefix}.gate`);
  const up = affine(normal, parameters, `${prefix}.up`);
  return affine(multiply(silu(gate), up), parameters, `${prefix}.down`);
}

/** RMSNorm of each head of `[N, H·d]`, all with one weight `[d]`. */
export function normaliseHeads(x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const width = weight.shape[0]!;
  const apart = reshape(x, [(x.shape[0]! * x.shape[1]!) / width, width]);
  return reshape(rmsNorm(apart, weight, epsilon), x.shape);
}

/** A linear layer by its pack's name, with its bias and its adapters if it has any. */
export function affine(x: Tensor, parameters: GraphParameters, pack: string): Tensor {
  const bias = parameters.has(`${pack}.bias`) ? `${pack}.bias` : undefined;
  return parameters.adapted(x, parameters.product(x, `${pack}.weight`, bias), pack);
}
