/**
 * @module
 * The values of a chart's lines at the cursor, or their newest.
 */
import { smoothed } from "./smoothing.ts";

/** One run's values, or the mean of several runs. */
export interface ChartLine {
  readonly name: string;
  /** Of its run in the list: it decides colour and dashes. */
  readonly place: number;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Width of the buckets that its points are. */
  readonly every: number;
  readonly low?: readonly (number | null)[] | undefined;
  readonly high?: readonly (number | null)[] | undefined;
  /** The mean where some of its runs have ended, dotted. */
  readonly rest?: readonly (number | null)[];
  /** Runs that each mean is of, and runs of the line. */
  readonly count?: readonly number[];
  readonly of?: number;
  /** Low and high are bounds over several runs: they are also shown, smoothed, where the curve is smoothed. */
  readonly isBand?: boolean;
  /** Values are measured seldom and well: each is a point, and none is smoothed. */
  readonly isExact?: boolean;
  /** Thin, behind a curve that matters more. */
  readonly isFaint?: boolean;
  /** Which of a run's curves it is, where the chart has several. */
  readonly label?: string;
}

/** All values of a line, also means over a part of its runs. */
export function allValues({ y, rest }: ChartLine): (number | null)[] {
  return y.map((value, i) => value ?? rest?.[i] ?? null);
}

/** Values of a line, smoothed; where fewer runs are left, smoothing begins again. */
export function smoothedParts(
  { y }: Pick<ChartLine, "y">,
  values: readonly (number | null)[],
  smoothing: number,
): (number | null)[] {
  const part = (hasAll: boolean) =>
    values.map((value, i) => (((y[i] ?? null) !== null) === hasAll ? value : null));
  const [all, rest] = [smoothed(part(true), smoothing), smoothed(part(false), smoothing)];
  return values.map((_, i) => all[i] ?? rest[i] ?? null);
}

/** The curve that is drawn over the values; undefined where it is the values themselves. */
export function smoothCurve(line: ChartLine, smoothing: number): (number | null)[] | undefined {
  return smoothing > 0 && line.isExact !== true ? smoothedParts(line, allValues(line), smoothing) : undefined;
}

/** A value as it was recorded. */
export interface Reading {
  readonly value: number;
  /** Of the smoothed curve; null where none is drawn. */
  readonly smooth: number | null;
  /** Its iteration, where that is not the one that was asked for. */
  readonly from: number | null;
  /** Of how many runs it is the mean, where these are not all. */
  readonly count: number | null;
}

/**
 * The value of a line at an iteration, else the last before it; undefined where the line has ended or not begun.
 *
 * @param at undefined for the newest value
 */
export function readingAt(line: ChartLine, smoothing: number, at?: number): Reading | undefined {
  const { x, every, count, of } = line;
  const values = allValues(line);
  const bucketOf = (place: number) => Math.ceil((x[place] ?? 0) / every);
  const last = values.findLastIndex((value) => value !== null);
  const asked = at === undefined ? bucketOf(last) : Math.ceil(at / every);
  if (last < 0 || asked > bucketOf(last)) return undefined;
  const place = values.findLastIndex((value, i) => value !== null && bucketOf(i) <= asked);
  const value = values[place];
  if (value === null || value === undefined) return undefined;
  const own = count?.[place];
  return {
    value,
    smooth: smoothCurve(line, smoothing)?.[place] ?? null,
    from: bucketOf(place) === asked ? null : (x[place] ?? null),
    count: own === undefined || own === of ? null : own,
  };
}

/** Its name among the lines of a chart. */
export const lineName = ({ name, label }: ChartLine) => (label === undefined ? name : `${label}, ${name}`);
