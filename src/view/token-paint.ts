/**
 * @module
 * How tokens are coloured: numbers become a share of a hue. Unsigned numbers run from pale to full within the
 * completion; signed numbers diverge from zero, blue above and orange below.
 */

/** The numbers behind the tokens' background. */
export interface TokenPaint {
  /** `[T]` */
  readonly values: readonly (number | null)[];
  /** Around zero, or between the least and the greatest. */
  readonly isSigned: boolean;
  /** For unsigned numbers: the sign of the advantage gives the hue; 0 is grey. */
  readonly sign: number;
}

/** The numbers at the ends of the scale. */
export interface PaintRange {
  readonly low: number;
  readonly high: number;
}

/** Least and greatest of the values; symmetric about zero where they are signed. */
export function paintRange({ values, isSigned }: TokenPaint): PaintRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 0 };
  if (!isSigned) return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

const LEAST = 0.05;
const MOST = 0.72;

export function hueOf(sign: number): string {
  return sign > 0 ? "--plus" : sign < 0 ? "--minus" : "--plain";
}

/** Background of one token; "" for none. */
export function tokenBackground(paint: TokenPaint, { low, high }: PaintRange, place: number): string {
  const value = paint.values[place];
  if (value === null || value === undefined || !Number.isFinite(value)) return "";
  const sign = paint.isSigned ? Math.sign(value) : paint.sign;
  const share = paint.isSigned
    ? high === 0
      ? 0
      : Math.abs(value) / high
    : high === low
      ? 0.5
      : (value - low) / (high - low);
  const least = paint.isSigned ? 0 : LEAST;
  return `rgb(var(${hueOf(sign)}) / ${(least + (MOST - least) * share).toFixed(3)})`;
}
