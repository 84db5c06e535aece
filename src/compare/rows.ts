/**
 * @module
 * The results of a grid: for each cell every measure's mean over seeds, and its difference to the baseline; rows of
 * means over axes, and the mean over measures.
 */
import { type Interval, intervalWithin, mean } from "../math/index.ts";
import type { Baseline } from "./baseline.ts";
import type { Cell } from "./cell.ts";
import {
  adjustedProbabilities,
  type BySeed,
  type Difference,
  differenceOf,
  type Mean,
  meanOverSeeds,
} from "./differences.ts";
import type { Grid, Pairing } from "./grid.ts";
import { meanScore } from "./mean-score.ts";
import type { Measured, Unit } from "./measure.ts";
import { intervalNotes } from "./notes.ts";
import type { CellResult } from "./run-cell.ts";

/** A difference with its p-value as Holm adjusts it over the tests of the table. */
export interface AdjustedDifference extends Difference {
  readonly pAdjusted: number;
}

/** One measure of a row. */
export interface RowValue {
  /** Mean over seeds with its 95 % interval, infinite for one seed; shares are cut to [0, 1]. */
  readonly mean: Mean;
  /** In the order of the row's seeds; null for a seed without this measure, which the mean leaves out. */
  readonly bySeed: readonly (number | null)[];
  /** To the row of the baseline; absent in that row and where there is none. */
  readonly difference?: AdjustedDifference;
}

export interface ComparisonRow {
  /** Value's name by axis; of weights that nothing was learnt from and of means an axis may have none. */
  readonly labels: Readonly<Record<string, string>>;
  /** Trained weights, the weights with which training begins, or a mean over axes. */
  readonly of: "training" | "start" | "mean";
  readonly seeds: readonly number[];
  /** By column; missing where the row has no such measure. */
  readonly values: Readonly<Record<string, RowValue>>;
}

/** A column of numbers. */
export interface Column {
  readonly name: string;
  readonly unit: Unit;
  readonly isLessBetter?: true;
}

export interface Comparison {
  readonly axes: readonly string[];
  readonly columns: readonly Column[];
  /** Name of the baseline of all rows. */
  readonly baseline?: string;
  /** The unit that was asked for; a column without scores of problems has seeds. */
  readonly pairing: Pairing;
  readonly rows: readonly ComparisonRow[];
  /** In words: what intervals and tests of each column are over, and what the numbers leave out. */
  readonly notes: readonly string[];
}

/** Name of the column of means over measures. */
export const AVERAGE = "average";
/** Name of a row's value on an axis that it is a mean over. */
const MEAN = "mean";

/** Cells that differ in their seed alone. */
interface Group extends Pick<ComparisonRow, "labels" | "of" | "seeds"> {
  readonly measured: Readonly<Record<string, BySeed>>;
}

/** A cell's labels and measures: all that a table takes of it. */
export interface LabelledResult extends Pick<CellResult, "measured"> {
  readonly cell: Pick<Cell, "labels" | "seed" | "isTrained">;
}

function groupsOf(results: readonly LabelledResult[], columns: readonly Column[]): Group[] {
  const groups = new Map<string, LabelledResult[]>();
  for (const result of results) {
    const { labels, isTrained } = result.cell;
    const key = JSON.stringify([labels, isTrained]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].map((group) => {
    const { labels, isTrained } = group[0]!.cell;
    const bySeed = (name: string): BySeed =>
      new Map(
        group.flatMap(({ cell, measured }) => {
          const found = measured[name];
          return found === undefined || Number.isNaN(found.value) ? [] : [[cell.seed, found]];
        }),
      );
    const measured = columns.flatMap(({ name }): [string, BySeed][] => {
      const found = bySeed(name);
      return found.size === 0 ? [] : [[name, found]];
    });
    return {
      labels,
      of: isTrained ? "training" : "start",
      seeds: group.map(({ cell }) => cell.seed),
      measured: Object.fromEntries(measured),
    };
  });
}

/**
 * Mean of cells or of measures, seed by seed; problem by problem where all have equally many scores and lack the same scores. Then
 * the scores belong to the same problems, or to problems that are independent of each other. The mean of the scores has the
 * right spread in both cases.
 */
function meanOf(cells: readonly BySeed[]): BySeed {
  const [first, ...others] = cells;
  const seeds = [...(first?.keys() ?? [])].filter((seed) => others.every((other) => other.has(seed)));
  return new Map(
    seeds.map((seed): [number, Measured] => {
      const all = cells.map((cell) => cell.get(seed)!);
      const lists = all.flatMap(({ scores }) => (scores === undefined ? [] : [scores]));
      const isAlike = lists.length === all.length && lists.every((list) => haveSameGaps(list, lists[0]!));
      const scores = lists[0]?.map((_, i) => meanScore(lists.map((list) => list[i]!)));
      return [seed, { value: mean(all.map(({ value }) => value)), ...(isAlike && scores && { scores }) }];
    }),
  );
}

/** Whether two lists are as long as each other and lack scores at the same places. */
function haveSameGaps(a: readonly (number | null)[], b: readonly (number | null)[]): boolean {
  return a.length === b.length && a.every((score, i) => (score === null) === (b[i] === null));
}

/** Groups that are means over the axes named, of trained cells; a measure that a member lacks has no mean. */
function averageGroups(groups: readonly Group[], averages: readonly string[]): Group[] {
  if (averages.length === 0) return [];
  const merged = new Map<string, Group[]>();
  for (const group of groups.filter(({ of }) => of === "training")) {
    const labels = Object.entries(group.labels).map(([axis, label]) => [
      axis,
      averages.includes(axis) ? MEAN : label,
    ]);
    const key = JSON.stringify(labels);
    merged.set(key, [...(merged.get(key) ?? []), group]);
  }
  return [...merged].map(([key, members]) => ({
    labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
    of: "mean",
    seeds: [...new Set(members.flatMap(({ seeds }) => seeds))],
    measured: Object.fromEntries(
      Object.keys(members[0]!.measured).flatMap((name): [string, BySeed][] => {
        const own = members.flatMap(({ measured }) => measured[name] ?? []);
        const mean = own.length === members.length ? meanOf(own) : new Map();
        return mean.size === 0 ? [] : [[name, mean]];
      }),
    ),
  }));
}

/** The group with the mean over its columns of shares, where it has several and all of them. */
function withAverage(group: Group, columns: readonly Column[]): Group {
  const shares = columns
    .filter(({ unit }) => unit === "share")
    .flatMap(({ name }) => group.measured[name] ?? []);
  if (shares.length < 2 || shares.length < columns.length) return group;
  const average = meanOf(shares);
  return average.size === 0 ? group : { ...group, measured: { ...group.measured, [AVERAGE]: average } };
}

/** An interval of shares cut to their scale; one that is infinite says nothing and stays so. */
function onScale(interval: Interval, low: number): Interval {
  return Number.isFinite(interval.low) ? intervalWithin(interval, low) : interval;
}

/** The comparison from results, rows in the order of their first cells. */
export function comparison(
  {
    axes,
    measures,
    baseline,
    averages,
    pairing,
  }: Pick<Grid, "axes" | "baseline" | "averages" | "pairing"> & { readonly measures: readonly Column[] },
  results: readonly LabelledResult[],
): Comparison {
  const measuredColumns = measures.map(
    ({ name, unit, isLessBetter }): Column => ({ name, unit, ...(isLessBetter && { isLessBetter }) }),
  );
  const cells = groupsOf(results, measuredColumns);
  const groups = [...cells, ...averageGroups(cells, averages)].map((group) =>
    withAverage(group, measuredColumns),
  );
  const hasAverage = groups.some(({ measured }) => AVERAGE in measured);
  const columns: Column[] = [
    ...measuredColumns,
    ...(hasAverage ? [{ name: AVERAGE, unit: "share" } as const] : []),
  ];
  const differences = groups.map((group) => differencesOf(group, groups, baseline, pairing));
  const tests = differences.flatMap((byName) => [...byName.values()]);
  const adjusted = new Map(adjustedProbabilities(tests).map((pAdjusted, i) => [tests[i]!, pAdjusted]));
  const rows = groups.map(({ labels, of, seeds, measured }, i): ComparisonRow => {
    const values = columns.flatMap(({ name, unit }): [string, RowValue][] => {
      const bySeed = measured[name];
      if (bySeed === undefined) return [];
      const over = meanOverSeeds(bySeed, pairing);
      const difference = differences[i]!.get(name);
      return [
        [
          name,
          {
            mean: { ...over, ...(unit === "share" && onScale(over, 0)) },
            bySeed: seeds.map((seed) => bySeed.get(seed)?.value ?? null),
            ...(difference && {
              difference: {
                ...difference,
                ...(unit === "share" && onScale(difference, -1)),
                pAdjusted: adjusted.get(difference)!,
              },
            }),
          },
        ],
      ];
    });
    return { labels, of, seeds, values: Object.fromEntries(values) };
  });
  const notes = intervalNotes(
    columns.flatMap(({ name }) =>
      rows.flatMap(({ values }) => (values[name] ? [{ column: name, ...values[name] }] : [])),
    ),
  );
  return { axes, columns, ...(baseline && { baseline: baseline.name }), pairing, rows, notes };
}

/** Differences of a group to its baseline, by column; none where the baseline is the group itself or is not there. */
function differencesOf(
  group: Group,
  groups: readonly Group[],
  baseline: Baseline | undefined,
  pairing: Pairing,
): Map<string, Difference> {
  // A mean over the baseline's own axis has no cell to be compared with.
  const labels = baseline?.of(group.labels);
  const isMean = (own: Group["labels"], axis: string) => own[axis] === MEAN;
  if (labels === undefined) return new Map();
  const isOverBaseline =
    group.of === "mean" &&
    Object.keys(labels).some((axis) => isMean(group.labels, axis) && !isMean(labels, axis));
  if (isOverBaseline) return new Map();
  const wanted = JSON.stringify(labels);
  const other = groups.find((one) => one.of === group.of && JSON.stringify(one.labels) === wanted);
  if (other === undefined || other === group) return new Map();
  return new Map(
    Object.entries(group.measured).flatMap(([name, own]): [string, Difference][] => {
      const against = other.measured[name];
      const found = against && differenceOf(own, against, pairing);
      return found === undefined ? [] : [[name, found]];
    }),
  );
}
