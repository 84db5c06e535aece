/**
 * @module
 * The vertical scale of numbers along a completion: it holds 0, the greatest and the least of them.
 */

/** Heights between two lines of text. */
const LEAST_GAP = 10;

/** Where values lie between two heights, and the values that are named beside the scale. */
export interface SequenceScale {
  readonly y: (value: number) => number;
  /** 0, and the ends that have room beside it. */
  readonly ticks: readonly number[];
}

/** @param heights of the greatest and of the least value, from above */
export function sequenceScale(
  lines: readonly (readonly number[])[],
  { top, bottom }: { readonly top: number; readonly bottom: number },
): SequenceScale {
  let [low, high] = [0, 0];
  for (const values of lines) {
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  // Numbers that are all 0 lie on the lower end.
  const size = Math.max(1e-9, high - low);
  const y = (value: number) => bottom - ((value - low) / size) * (bottom - top);
  const ends = [high, low].filter((end) => Math.abs(y(end) - y(0)) >= LEAST_GAP);
  return { y, ticks: [0, ...ends] };
}
