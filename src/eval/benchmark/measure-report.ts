/**
 * @module
 * The measures of a benchmark over all samples, with their intervals and the spread between samples.
 */
import type { Benchmark, Measure, ScoredAnswer } from "../../benchmark/index.ts";
import type { AnsweredProblem } from "../../data/index.ts";
import { PartError } from "../../errors/index.ts";
import {
  accuracyInterval,
  type Interval,
  mean,
  Rng,
  studentQuantile,
  variance,
  wilsonInterval,
} from "../../math/index.ts";

/** A measure over all samples. */
export interface MeasureReport {
  /** Mean over samples of the benchmark's measure: Mean@N, Acc@1 of one sample. Null where there is nothing to measure. */
  readonly value: number | null;
  /** 95 % interval for other problems of the same kind. */
  readonly low: number | null;
  readonly high: number | null;
  /** Answers, or groups of them, in each sample. */
  readonly of: number;
  /** The most points, of a measure that is not a share. */
  readonly most?: number;
  /** Of several samples: the measure of each, and their unbiased variance. */
  readonly samples?: readonly (number | null)[];
  readonly variance?: number;
}

/** Most groups of clusters that are left out in turn. */
const GROUPS = 50;

/** A smaller width, of the value, is the rounding of sums. */
const ROUNDING = 1e-9;

type Bounds = Pick<Interval, "low" | "high">;

/** The benchmark's measures of each sample, `[samples]`. */
function sampleMeasures(benchmark: Benchmark, problems: readonly ScoredAnswer[][]): (readonly Measure[])[] {
  const samples = problems[0]?.length ?? 0;
  const measuresOf = (own: readonly ScoredAnswer[]) => {
    const measures = benchmark.measures(own);
    for (const { name, value, of } of measures) {
      if ((value === null || Number.isFinite(value)) && Number.isInteger(of)) continue;
      throw new PartError(
        `benchmark ${benchmark.name}: measure ${name}: expected a finite value or null of a whole number of answers, ` +
          `got ${String(value)} of ${String(of)}`,
      );
    }
    if (measures.length === 0)
      throw new PartError(`benchmark ${benchmark.name}: expected measures, got none`);
    return measures;
  };
  return Array.from({ length: samples }, (_, s) => measuresOf(problems.map((own) => own[s]!)));
}

/** Mean over samples of each measure, by name; null where no sample has it. */
function meansOf(samples: readonly (readonly Measure[])[]): Map<string, number | null> {
  const names = samples.flatMap((measures) => measures.map(({ name }) => name));
  return new Map(
    [...new Set(names)].map((name) => {
      const values = samples.flatMap((own) => own.find((measure) => measure.name === name)?.value ?? []);
      return [name, values.length === 0 ? null : mean(values)];
    }),
  );
}

/** The group of problems that one depends on. */
function clusterOf(benchmark: Benchmark, problem: AnsweredProblem): string {
  return benchmark.cluster?.(problem) ?? problem.id;
}

/**
 * Intervals of any measures: the delete-a-group jackknife (Kott, J. Official Statistics 17 (2001)). Clusters of
 * problems are dealt into G groups, and the measures are computed without each group in turn, so that no answer
 * counts twice.
 *
 *     θ ± t(G − 1)·√((G − 1)/G · Σ (θ₍g₎ − θ)²)
 *
 */
function jackknife(
  benchmark: Benchmark,
  problems: readonly ScoredAnswer[][],
  estimates: ReadonlyMap<string, number | null>,
): Map<string, Bounds> {
  const keys = problems.map(([first]) => clusterOf(benchmark, first!.problem));
  const distinct = new Rng(0).fork("jackknife").shuffle([...new Set(keys)]);
  const groups = Math.min(GROUPS, distinct.length);
  const groupOf = new Map(distinct.map((key, place) => [key, place % groups]));
  if (groups < 2) return new Map();
  const without = Array.from({ length: groups }, (_, group) =>
    meansOf(
      sampleMeasures(
        benchmark,
        problems.filter((_own, p) => groupOf.get(keys[p]!) !== group),
      ),
    ),
  );
  const t = studentQuantile(0.975, groups - 1);
  return new Map(
    [...estimates].flatMap(([name, estimate]) => {
      const left = without.flatMap((values) => values.get(name) ?? []);
      if (estimate === null || left.length < groups) return [];
      const squares = left.reduce((sum, value) => sum + (value - estimate) ** 2, 0);
      const width = t * Math.sqrt((squares * (groups - 1)) / groups);
      return [[name, { low: estimate - width, high: estimate + width }]];
    }),
  );
}

/** A measure of every sample. */
type MeasureOfSamples = readonly [Measure, ...Measure[]];

/**
 * The interval of a mean over problems that do not depend on each other. Several samples are paired by problem, so each has
 * to have a value of the same problems: where one was not judged in some sample, there is no such interval.
 */
function meanInterval(benchmark: Benchmark, samples: MeasureOfSamples): Bounds | undefined {
  const values = samples.map((measure) => measure.values);
  const [first] = values;
  if (benchmark.cluster !== undefined || first === undefined || first.length === 0) return undefined;
  if (samples.length > 1 && !haveSameProblems(samples)) return undefined;
  const byProblem = first.map((_, p) => values.map((own) => own![p]!));
  return accuracyInterval(byProblem, new Rng(0).fork("interval"));
}

/** Whether the values of all samples are of the same problems in the same order. */
function haveSameProblems(samples: MeasureOfSamples): boolean {
  const ids = samples.map(({ problems }) => problems?.map(({ id }) => id));
  const [first] = ids;
  return (
    first !== undefined &&
    ids.every((own) => own?.length === first.length && own.every((id, p) => id === first[p]))
  );
}

/** Clusters of the problems that a mean's values are of; undefined where it is not known of which they are. */
function clusterCount(benchmark: Benchmark, samples: MeasureOfSamples): number | undefined {
  const lists = samples.flatMap(({ problems }) => (problems === undefined ? [] : [problems]));
  if (lists.length === samples.length)
    return new Set(lists.flat().map((problem) => clusterOf(benchmark, problem))).size;
  return benchmark.cluster === undefined ? Math.max(...samples.map(({ of }) => of)) : undefined;
}

/** Whether an interval shows no spread of a value: nothing is known of other problems. */
function isFlat({ low, high }: Bounds, value: number): boolean {
  return high - low <= ROUNDING * Math.max(1, Math.abs(value));
}

/**
 * The interval of a measure: of a mean over independent problems its own, else the jackknife's. Where that finds no spread,
 * such as for a share of 0 or 1, a mean has Wilson's interval over the clusters of its problems. Other measures, such as
 * a precision or points, then have none.
 */
function intervalOf(
  benchmark: Benchmark,
  value: number,
  {
    found,
    jackknifed,
  }: { readonly found: readonly (Measure | undefined)[]; readonly jackknifed: Bounds | undefined },
): Bounds | undefined {
  const samples = found.flatMap((measure) => measure ?? []);
  const everywhere =
    samples.length === found.length ? (samples as readonly Measure[] as MeasureOfSamples) : undefined;
  const interval = (everywhere && meanInterval(benchmark, everywhere)) ?? jackknifed;
  if (interval !== undefined && !isFlat(interval, value)) return interval;
  const isMean = everywhere?.every(({ values, most }) => values !== undefined && most === undefined);
  const clusters = isMean && everywhere ? clusterCount(benchmark, everywhere) : undefined;
  return clusters === undefined ? undefined : wilsonInterval(Math.round(value * clusters), clusters);
}

/** The measures of a benchmark, by name, the main one first. */
export function measureReports(
  benchmark: Benchmark,
  problems: readonly ScoredAnswer[][],
): Record<string, MeasureReport> {
  const samples = sampleMeasures(benchmark, problems);
  const estimates = meansOf(samples);
  const intervals = jackknife(benchmark, problems, estimates);
  return Object.fromEntries(
    [...estimates].map(([name, value]): [string, MeasureReport] => {
      const found = samples.map((measures) => measures.find((measure) => measure.name === name));
      const { of, most } = found.find((measure) => measure !== undefined)!;
      const own = found.map((measure) => measure?.value ?? null);
      const known = own.filter((one) => one !== null);
      const bounds =
        value === null ? undefined : intervalOf(benchmark, value, { found, jackknifed: intervals.get(name) });
      const within = (bound: number) => Math.min(most ?? 1, Math.max(0, bound));
      return [
        name,
        {
          value,
          low: bounds === undefined ? null : within(bounds.low),
          high: bounds === undefined ? null : within(bounds.high),
          of,
          ...(most !== undefined && { most }),
          ...(samples.length > 1 && { samples: own, variance: known.length > 1 ? variance(known) : 0 }),
        },
      ];
    }),
  );
}
