/**
 * @module
 * The range of a vertical axis: wide enough that a small change looks small.
 */

/** The least span of an axis of shares, and of other axes as a share of the greatest value. */
const LEAST_SPAN = 0.1;
/** Space above and below the curve, as a share of the span. */
const MARGIN = 0.06;

/**
 * The ends of an axis. They hold the values with a margin and are at least a tenth apart: of all shares, or of the
 * greatest value. An axis of values that are never negative begins at 0 or above, one of shares ends at 1.
 *
 * @param low least value; null where there is none
 * @param isShare whether values are shares in [0, 1]
 */
export function axisRange(
  low: number | null,
  high: number | null,
  isShare: boolean,
): [low: number, high: number] {
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const least = isShare ? LEAST_SPAN : LEAST_SPAN * largest || 1;
  const span = Math.max(least, (high - low) * (1 + 2 * MARGIN));
  const bottom = (low + high - span) / 2;
  const begin = low >= 0 ? Math.max(0, bottom) : bottom;
  if (!isShare || high > 1) return [begin, begin + span];
  const end = Math.min(1, begin + span);
  return [low >= 0 ? Math.max(0, end - span) : end - span, end];
}
