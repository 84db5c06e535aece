/**
 * @module
 * Rotary position embedding, given the angles' cosines and sines.
 */
import type { Tensor } from "../graph.ts";
import { formatShape, sameShape } from "../shape.ts";
import { negate } from "./elementwise.ts";

/**
 * Rotates each pair (x_i, x_{i + d/2}) of every head by its angle.
 *
 * @param x `[B, S, H·d]`
 * @param cosine `[B, S, d/2]`
 * @param sine `[B, S, d/2]`
 * @param heads H
 */
export function rotary(x: Tensor, cosine: Tensor, sine: Tensor, heads: number): Tensor {
  const { graph } = x;
  const [batch, length, width] = x.shape as [number, number, number];
  const expected = [batch, length, width / heads / 2];
  if (x.shape.length !== 3 || !sameShape(cosine.shape, expected) || !sameShape(sine.shape, expected)) {
    const got = `${formatShape(cosine.shape)} and ${formatShape(sine.shape)}`;
    throw graph.shapeError(
      "rotary",
      `${formatShape(x.shape)} with ${heads} heads needs angles ${formatShape(expected)}, got ${got}`,
    );
  }
  const output = graph.single("RotaryEmbedding", [x, cosine, sine], x.shape, {
    attributes: { num_heads: BigInt(heads), interleaved: 0n },
  });
  graph.record({
    inputs: [x],
    outputs: [output],
    // a rotation's transpose is the rotation by the opposite angle
    backward: ([g]) => [rotary(g!, cosine, negate(sine), heads)],
  });
  return output;
}
