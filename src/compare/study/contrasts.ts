/**
 * @module
 * The results of a study for each credit: its difference to uniform over seeds, and its place between uniform and the
 * oracle.
 */
import { DataError } from "../../errors/index.ts";
import {
  detectableDifference,
  type Interval,
  pairedDifference,
  ratioInterval,
  variance,
} from "../../math/index.ts";
import { adjustedProbabilities } from "../differences.ts";
import type { StudyResults } from "./results.ts";

/** A trained row of the grid, its values by seed. */
interface Row {
  readonly name: string;
  readonly bySeed: ReadonlyMap<number, number>;
}

/** A row against the baseline. */
export interface Contrast extends Interval {
  readonly name: string;
  /** Seeds that both have. */
  readonly pairs: number;
  /** Of the paired t test; Holm's over the contrasts of two pairs or more. */
  readonly pValue: number;
  readonly pAdjusted: number;
  /** The least difference that so many pairs of this spread show at 80 %; absent for one pair. */
  readonly detectable?: number;
  /** Difference as a share of the oracle's, by Fieller; absent without an oracle. */
  readonly place?: Interval;
}

/** Rows of a measure in the order of the file; the name of a row is that of its values on all axes. */
function rowsOf({ cells }: StudyResults, measure: string): Row[] {
  const rows = new Map<string, Map<number, number>>();
  for (const { labels, seed, isTrained, values } of cells) {
    const value = values[measure];
    if (!isTrained || value === null || value === undefined) continue;
    const name = Object.values(labels).join(", ");
    rows.set(name, (rows.get(name) ?? new Map()).set(seed, value));
  }
  return [...rows].map(([name, bySeed]) => ({ name, bySeed }));
}

function rowNamed(rows: readonly Row[], name: string, what: string): Row {
  const found = rows.find((row) => row.name === name);
  if (found !== undefined) return found;
  throw new DataError(
    `${what}: expected one of ${rows.map((row) => row.name).join(", ") || "no rows"}, got "${name}"`,
  );
}

/** Values of rows over the seeds that all of them have. */
function paired(...rows: readonly Row[]): number[][] {
  const [first, ...others] = rows;
  const seeds = [...first!.bySeed.keys()].filter((seed) => others.every(({ bySeed }) => bySeed.has(seed)));
  return rows.map(({ bySeed }) => seeds.map((seed) => bySeed.get(seed)!));
}

const minus = (a: readonly number[], b: readonly number[]) => a.map((value, i) => value - b[i]!);

/**
 * Every row against the baseline, over the seeds that both have.
 *
 * @param baseline name of the row to compare with
 * @param ceiling name of the row with the largest possible difference; no places without it
 * @throws DataError when there is no such row
 */
export function contrasts(
  results: StudyResults,
  measure: string,
  baseline: string,
  ceiling?: string,
): Contrast[] {
  const rows = rowsOf(results, measure);
  const zero = rowNamed(rows, baseline, "baseline");
  const one = ceiling === undefined ? undefined : rowNamed(rows, ceiling, "ceiling");
  const found = rows.flatMap((row): Omit<Contrast, "pAdjusted">[] => {
    if (row === zero) return [];
    const [own, base] = paired(row, zero) as [number[], number[]];
    if (own.length === 0) return [];
    const { estimate, low, high, pairs, pValue } = pairedDifference(own, base);
    const detectable =
      pairs < 2 ? undefined : detectableDifference(Math.sqrt(variance(minus(own, base))), pairs);
    return [
      {
        name: row.name,
        estimate,
        low,
        high,
        pairs,
        pValue,
        ...(detectable !== undefined && { detectable }),
        ...(one && { place: placeOf(row, zero, one) }),
      },
    ];
  });
  const adjusted = adjustedProbabilities(found);
  return found.map((contrast, i) => ({ ...contrast, pAdjusted: adjusted[i]! }));
}

/** A row's gain over the zero as a share of that of the one. */
function placeOf(row: Row, zero: Row, one: Row): Interval {
  const [own, base, best] = paired(row, zero, one) as [number[], number[], number[]];
  if (own.length === 0) return { estimate: Number.NaN, low: -Infinity, high: Infinity };
  return ratioInterval(minus(own, base), minus(best, base));
}

/** Mean difference to the baseline at each evaluation on validation, over the seeds that both have. */
export function curveDifferences(
  { cells }: StudyResults,
  baseline: string,
): { readonly name: string; readonly points: readonly (Interval & { readonly iteration: number })[] }[] {
  const curves = new Map<string, Map<number, ReadonlyMap<number, number>>>();
  for (const { labels, seed, isTrained, curve } of cells) {
    if (!isTrained || curve === undefined) continue;
    const name = Object.values(labels).join(", ");
    const own = new Map(curve.map(([iteration, , accuracy]) => [iteration, accuracy]));
    curves.set(name, (curves.get(name) ?? new Map()).set(seed, own));
  }
  const zero = curves.get(baseline) ?? new Map<number, ReadonlyMap<number, number>>();
  return [...curves].flatMap(([name, bySeed]) => {
    if (name === baseline) return [];
    const seeds = [...bySeed.keys()].filter((seed) => zero.has(seed));
    const iterations = [...(bySeed.get(seeds[0] ?? -1)?.keys() ?? [])];
    const points = iterations.flatMap((iteration) => {
      const pairs = seeds.map((seed) => [bySeed.get(seed)!.get(iteration), zero.get(seed)!.get(iteration)]);
      const known = pairs.filter((pair): pair is [number, number] => !pair.includes(undefined));
      if (known.length === 0) return [];
      const { estimate, low, high } = pairedDifference(
        known.map(([own]) => own),
        known.map(([, base]) => base),
      );
      return [{ iteration, estimate, low, high }];
    });
    return [{ name, points }];
  });
}
