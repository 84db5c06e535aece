/**
 * @module
 * Tables of a report, and how their cells say numbers.
 */
import type { Interval } from "../../math/index.ts";

export interface Table {
  /** Leading columns that name a row; 1 unless given. */
  readonly keys?: number;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A number in so many digits; a dash where there is none. */
export function numberText(value: number | undefined, digits = 3): string {
  return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** `0.155 [0.144, 0.165]`; a dash where there is no estimate. */
export function intervalText(interval: Interval | undefined, digits = 3): string {
  if (interval === undefined || Number.isNaN(interval.estimate)) return "–";
  const [estimate, low, high] = [interval.estimate, interval.low, interval.high].map((value) =>
    numberText(value, digits),
  );
  return `${estimate} [${low}, ${high}]`;
}

/** A share in per cent. */
export function percentText(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}
