/**
 * @module
 * The report of a benchmark: its measures over all samples, with intervals and the spread between samples, pass@k and
 * majority.
 */
import type { Benchmark, Measure, ScoredAnswer } from "../../benchmark/index.ts";
import type { AnsweredProblem } from "../../data/index.ts";
import { PartError } from "../../errors/index.ts";
import {
  accuracyInterval,
  type Interval,
  majorityScore,
  mean,
  passAtK,
  Rng,
  studentQuantile,
  variance,
  wilsonInterval,
} from "../../math/index.ts";
import { type AnswerRecord, type AnswersHeader, type SkippedRecord, scoredAnswer } from "./answer-record.ts";
import { holdsAcceptedAnswer } from "./held-answer.ts";

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

/** A model's results on a benchmark. */
export interface BenchmarkReport {
  readonly benchmark: string;
  readonly model: string;
  readonly verdict: string;
  /** Problems with all their answers; all other problems are in no number here. */
  readonly problems: number;
  readonly samples: number;
  /** Name of the main measure. */
  readonly main: string;
  readonly measures: Readonly<Record<string, MeasureReport>>;
  /** Of several samples: pass@k for k = 1, 2, 4, … and N, by k. */
  readonly passAt?: Readonly<Record<string, number>>;
  /** Of several samples: accuracy of the answer that most samples give. */
  readonly majority?: number;
  readonly unscorable: number;
  /** Answers in which no answer was found. */
  readonly withoutAnswer: number;
  /** Answers that count as wrong with an accepted answer in their text: a rule that is too narrow, or a guess at everything. */
  readonly wrongWithAnswer: number;
  readonly truncatedShare: number;
  /** Over the answers whose number of tokens is known; null where none is. */
  readonly completionTokensMean: number | null;
  /** Of these answers together. */
  readonly completionTokens: number | null;
  /** Absent where it is not reported. */
  readonly promptTokens?: number;
  readonly brokenRows: number;
  readonly filteredRows: number;
  /** Problems whose id another problem has too. */
  readonly duplicateIds: number;
}

/** The inputs of a report. */
export interface Recorded {
  readonly header: Pick<AnswersHeader, "model" | "verdict">;
  readonly answers: readonly AnswerRecord[];
  readonly skipped: readonly SkippedRecord[];
}

/** Most groups of clusters that are left out in turn. */
const GROUPS = 50;

/** The answers of each problem in the order of samples; problems that lack some are left out. */
function wholeProblems(answers: readonly AnswerRecord[]): AnswerRecord[][] {
  const byIndex = new Map<number, AnswerRecord[]>();
  for (const answer of answers) {
    const own = byIndex.get(answer.index) ?? [];
    own[answer.sample] = answer;
    byIndex.set(answer.index, own);
  }
  let samples = 0;
  for (const own of byIndex.values()) samples = Math.max(samples, own.length);
  return (
    [...byIndex]
      .sort(([a], [b]) => a - b)
      .map(([, own]) => own)
      // Missing answers are holes of the list, which `every` would pass over.
      .filter((own) => own.length === samples && Object.keys(own).length === samples)
  );
}

/** Rows that gave no problem, among the rows of the first problems. A row that is answered by now is none of them. */
function rowsWithout(
  problems: readonly AnswerRecord[][],
  skipped: readonly SkippedRecord[],
  most: number,
): SkippedRecord[] {
  const answered = new Set(problems.map(([first]) => first!.index));
  const end = problems.length < most ? Infinity : Math.max(...answered, -1);
  return skipped.filter(({ index }) => index < end && !answered.has(index));
}

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
 * Where that finds no spread, such as for a share of 0 or 1, a mean has Wilson's interval over clusters instead.
 * Other measures, such as a precision, then have no interval.
 */
function jackknife(
  benchmark: Benchmark,
  problems: readonly ScoredAnswer[][],
  estimates: ReadonlyMap<string, number | null>,
): Map<string, { readonly low: number; readonly high: number }> {
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

/** The interval of a mean over problems that do not depend on each other. */
function meanInterval(benchmark: Benchmark, samples: readonly Measure[]): Interval | undefined {
  const values = samples.map((measure) => measure.values);
  const [first] = values;
  if (benchmark.cluster !== undefined || first === undefined || first.length === 0) return undefined;
  if (values.some((own) => own?.length !== first.length)) return undefined;
  const byProblem = first.map((_, p) => values.map((own) => own![p]!));
  return accuracyInterval(byProblem, new Rng(0).fork("interval"));
}

function measureReports(
  benchmark: Benchmark,
  problems: readonly ScoredAnswer[][],
): Record<string, MeasureReport> {
  const samples = sampleMeasures(benchmark, problems);
  const estimates = meansOf(samples);
  const intervals = jackknife(benchmark, problems, estimates);
  const keys = problems.map(([first]) => clusterOf(benchmark, first!.problem));
  const distinctClusters = new Set(keys).size;
  return Object.fromEntries(
    [...estimates].map(([name, value]): [string, MeasureReport] => {
      const found = samples.map((measures) => measures.find((measure) => measure.name === name));
      const { of, most } = found.find((measure) => measure !== undefined)!;
      const own = found.map((measure) => measure?.value ?? null);
      const known = own.filter((one) => one !== null);
      const everywhere = found.flatMap((measure) => measure ?? []);
      const isEverywhere = everywhere.length === samples.length;
      const interval = (isEverywhere && meanInterval(benchmark, everywhere)) || intervals.get(name);
      const isFlat = interval === undefined || interval.low === interval.high;
      const isMean = isEverywhere && everywhere.every((measure) => measure.values !== undefined);
      const clusters = Math.min(of, distinctClusters);
      const bounds =
        !isFlat || value === null || most !== undefined
          ? interval
          : isMean
            ? wilsonInterval(Math.round(value * clusters), clusters)
            : undefined;
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

/** k = 1, 2, 4, … below N, and N. */
function passCounts(samples: number): number[] {
  const powers = Array.from({ length: 32 }, (_, power) => 2 ** power).filter((k) => k < samples);
  return [...powers, samples];
}

function severalSamples(problems: readonly AnswerRecord[][]): Pick<BenchmarkReport, "passAt" | "majority"> {
  const samples = problems[0]?.length ?? 0;
  if (samples < 2) return {};
  const right = problems.map((own) => own.filter(({ score }) => score === 1).length);
  const passAt = passCounts(samples).map((k) => [k, mean(right.map((count) => passAtK(samples, count, k)))]);
  const majority = problems.map((own) =>
    majorityScore(
      own.map(({ extracted }) => extracted),
      own.map(({ score }) => score ?? 0),
    ),
  );
  return { passAt: Object.fromEntries(passAt), majority: mean(majority) };
}

/**
 * The report of a benchmark's answers.
 *
 * @param most number of first problems that count; an answers file may have more
 * @throws PartError when the benchmark's measures are invalid
 */
export function benchmarkReport(
  benchmark: Benchmark,
  { header, answers, skipped }: Recorded,
  most = Infinity,
): BenchmarkReport {
  const problems = wholeProblems(answers).slice(0, most);
  const all = problems.flat();
  // The same objects in every leave-out, so that a benchmark can keep what it found in an answer.
  const scored = problems.map((own) => own.map(scoredAnswer));
  const measures = measureReports(benchmark, scored);
  const share = (count: number) => (all.length === 0 ? 0 : count / all.length);
  const lengths = all.flatMap((answer) => answer.completionTokens ?? []);
  const completionTokens = lengths.reduce((sum, count) => sum + count, 0);
  const prompts = all.flatMap(({ promptTokens }) => promptTokens ?? []);
  const without = rowsWithout(problems, skipped, most);
  const ids = problems.map(([first]) => first!.problem);
  return {
    benchmark: benchmark.name,
    ...header,
    problems: problems.length,
    samples: problems[0]?.length ?? 0,
    main: Object.keys(measures)[0] ?? "accuracy",
    measures,
    ...severalSamples(problems),
    unscorable: all.filter(({ score }) => score === null).length,
    withoutAnswer: all.filter(({ extracted }) => extracted === null).length,
    wrongWithAnswer: all.filter(holdsAcceptedAnswer).length,
    truncatedShare: share(all.filter(({ stopReason }) => stopReason === "length").length),
    completionTokensMean: lengths.length === 0 ? null : completionTokens / lengths.length,
    completionTokens: lengths.length === 0 ? null : completionTokens,
    ...(prompts.length === all.length && { promptTokens: prompts.reduce((sum, count) => sum + count, 0) }),
    brokenRows: without.filter(({ isBroken }) => isBroken).length,
    filteredRows: without.filter(({ isBroken }) => !isBroken).length,
    duplicateIds: ids.length - new Set(ids).size,
  };
}
