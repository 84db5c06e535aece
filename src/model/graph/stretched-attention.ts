/**
 * @module
 * Attention over many rows, as in a vision tower over a large image: queries come in stretches, so that their scores
 * need not all be there at once.
 */
import { attention, concatenate, split, type Tensor } from "../../tensor/index.ts";

/** Largest scores at once; fewer rows are one product. */
const SCORE_BYTES = 2 ** 28;

/**
 * softmax(s·Q Kᵀ + mask)·V, `[B, H, S, d]`.
 *
 * @param key as many heads as the queries have
 * @param mask `[B, 1, 1 or S, keys]`, added to the scores
 * @param scoreBytes above which queries come in stretches
 */
export function stretchedAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  scale: number,
  mask?: Tensor,
  scoreBytes = SCORE_BYTES,
): Tensor {
  const [batch, heads, rows] = query.shape as [number, number, number, number];
  const rowBytes = Float32Array.BYTES_PER_ELEMENT * batch * heads * key.shape[2]!;
  const most = Math.max(1, Math.floor(scoreBytes / rowBytes));
  if (rows <= most) return attention(query, key, value, scale, mask).output;
  const sizes = Array.from({ length: Math.ceil(rows / most) }, (_, i) => Math.min(most, rows - i * most));
  const masks = mask !== undefined && mask.shape[2] !== 1 ? split(mask, sizes, 2) : undefined;
  const parts = split(query, sizes, 2).map(
    (part, i) => attention(part, key, value, scale, masks?.[i] ?? mask).output,
  );
  return concatenate(parts, 2);
}
