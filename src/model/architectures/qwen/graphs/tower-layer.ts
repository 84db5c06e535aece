/**
 * @module
 * The tower's norms and feed-forwards for every family.
 */
import { add, geluTanh, layerNorm, quickGelu, rmsNorm, silu, type Tensor } from "../../../../tensor/index.ts";
import { affine, feedForward } from "../../../graph/layer.ts";
import type { GraphParameters } from "../../../graph/parameters.ts";
import type { QwenParts } from "./parts.ts";

/** ε of the tower's norms; the line has no other. */
export const EPSILON = 1e-6;

const ACTIVATIONS = { silu, "quick-gelu": quickGelu, "gelu-tanh": geluTanh } as const;

/** Layer norm where the norm has a bias, RMSNorm where it has none. */
export function normalise(x: Tensor, parameters: GraphParameters, pack: string): Tensor {
  const weight = parameters.pack(pack);
  return parameters.has(`${pack}.bias`)
    ? layerNorm(x, weight, parameters.pack(`${pack}.bias`), EPSILON)
    : rmsNorm(x, weight, EPSILON);
}

/** x + W_down f(W_up norm(x)), or SwiGLU where the feed-forward has a gate. */
export function towerFeedForward(
  x: Tensor,
  parameters: GraphParameters,
  prefix: string,
  { tower }: QwenParts,
): Tensor {
  if (tower.mlp.gate !== undefined) return feedForward(x, parameters, prefix, EPSILON);
  const up = affine(normalise(x, parameters, `${prefix}.mlpNorm`), parameters, `${prefix}.up`);
  return add(x, affine(ACTIVATIONS[tower.activation](up), parameters, `${prefix}.down`));
}
