/**
 * @module
 * Which frames ffmpeg hands over, as an expression of its `select` filter.
 */

/** Terms of a sum; ffmpeg's parser takes a hundred. */
const MAX_TERMS = 32;

/**
 * An expression that is 1 for the frames of these numbers and 0 for others. It is sums of `eq(n,i)`, found by
 * halving, so that ten comparisons decide where hundreds of frames are chosen.
 *
 * @param indices ascending, at least one, none twice
 */
export function selectExpression(indices: readonly number[]): string {
  if (indices.length <= MAX_TERMS) return indices.map((index) => `eq(n,${index})`).join("+");
  const middle = indices.length >> 1;
  const [left, right] = [indices.slice(0, middle), indices.slice(middle)].map(selectExpression);
  return `if(lt(n,${indices[middle]}),${left},${right})`;
}
