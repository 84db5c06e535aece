/**
 * @module
 * Other tools' scores of made-up answers to a benchmark, recorded in
 * `fixtures/benchmarks/<name>/answers.json`, beside Fovea's scores.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import {
  type Benchmark,
  benchmarkSchema,
  createBenchmark,
  type Measure,
  type ScoredAnswer,
} from "../benchmark/index.ts";
import { type AnsweredProblem, openSource, type ProblemSource } from "../data/index.ts";
import type { Judgement } from "../verify/index.ts";

/** One scorer's word on every text. */
interface RecordedScorer {
  /** In the folder of the recording. */
  readonly file: string;
  /** Value of the benchmark's option `scorer`. */
  readonly scorer: string;
  /** Other options of the benchmark. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** `[rounds][rows]` 0 to 1. */
  readonly scores: readonly (readonly number[])[];
  /** `[rounds]` measures by name. */
  readonly measures: readonly Readonly<Record<string, number>>[];
  /** `[rounds][rows]` the reply of the scorer's judge. */
  readonly replies?: readonly (readonly string[])[];
  /** Answers "round row" on which we differ and should, with the reason. */
  readonly differ?: Readonly<Record<string, string>>;
}

export interface Recording {
  /** `[rounds][rows]` replies of a made-up model. */
  readonly texts: readonly (readonly string[])[];
  readonly scorers: Readonly<Record<string, RecordedScorer>>;
}

/** The path of a file of a benchmark's fixtures. */
export function benchmarkFixture(name: string, file = ""): string {
  return fileURLToPath(new URL(`../../fixtures/benchmarks/${name}/${file}`, import.meta.url));
}

export function recordedAnswers(name: string): Recording {
  return JSON.parse(readFileSync(benchmarkFixture(name, "answers.json"), "utf8")) as Recording;
}

/** A benchmark whose problems are open. */
export interface OpenBenchmark extends Benchmark {
  readonly source: ProblemSource;
}

/** Opens a benchmark by its kind. */
export async function openBenchmark(
  kind: string,
  data: string,
  options: object = {},
): Promise<OpenBenchmark> {
  const benchmark = await createBenchmark(benchmarkSchema.parse({ kind, ...options }), { data, seed: 0 });
  return { ...benchmark, source: await openSource(benchmark.source) };
}

/** The problems of a benchmark, or the first of them. */
export async function problemsOf(
  benchmark: Benchmark,
  most = Number.POSITIVE_INFINITY,
): Promise<AnsweredProblem[]> {
  const source = await openSource(benchmark.source);
  const problems: AnsweredProblem[] = [];
  for (let i = 0; i < Math.min(most, source.size); i++) problems.push(await source.problem(i));
  return problems;
}

/** Measures by name. */
export function measured(measures: readonly Measure[]): Record<string, number | null> {
  return Object.fromEntries(measures.map(({ name, value }) => [name, value]));
}

/** A scorer's verdicts and ours, and its measures and ours of the same names. */
export interface Agreement {
  readonly answers: number;
  /** Verdicts that differ according to the recording; the measures have their own number. */
  readonly known: number;
  /** "round row: text: theirs, ours" where the verdicts differ, or a known difference is gone. */
  readonly differences: readonly string[];
  readonly theirs: readonly Readonly<Record<string, number>>[];
  readonly ours: readonly Readonly<Record<string, number | null>>[];
}

const opened = new Map<string, Promise<AnsweredProblem[]>>();

/** The problems of a recording's file, decoded once for all of its scorers. */
function recordedProblems(
  name: string,
  { file, options }: RecordedScorer,
  benchmark: Benchmark,
): Promise<AnsweredProblem[]> {
  const key = JSON.stringify([name, file, options]);
  const problems = opened.get(key) ?? problemsOf(benchmark);
  opened.set(key, problems);
  return problems;
}

/** Judges every text of a recording by a scorer's rule, and with its judge's replies where there are any. */
export async function agreementWith(name: string, scorer: string): Promise<Agreement> {
  const { texts, scorers } = recordedAnswers(name);
  const recorded = scorers[scorer]!;
  const benchmark = await openBenchmark(name, benchmarkFixture(name, recorded.file), {
    scorer: recorded.scorer,
    ...recorded.options,
  });
  const problems = await recordedProblems(name, recorded, benchmark);
  const differences: string[] = [];
  const ours: Record<string, number | null>[] = [];
  let known = 0;
  for (const [round, replies] of texts.entries()) {
    const answers: ScoredAnswer[] = [];
    for (const [row, text] of replies.entries()) {
      const problem = problems[row]!;
      const said = recorded.replies?.[round]?.[row];
      const judgement: Judgement =
        said !== undefined && benchmark.asksJudge?.(text, problem)
          ? benchmark.judgeRead!(said, problem, text)
          : await benchmark.verdict.judge(text, problem);
      const theirs = recorded.scores[round]![row]!;
      const isKnown = recorded.differ?.[`${round} ${row}`] !== undefined;
      if (isKnown) known += 1;
      if ((judgement.score === theirs) === isKnown) {
        const judged = said === undefined ? "" : ` (judge: ${said})`;
        differences.push(
          `${round} ${row}: ${JSON.stringify(text)}${judged} for ${problem.answers.join(" or ")}: ${theirs}, ${judgement.score}`,
        );
      }
      answers.push({ problem, text, ...judgement, ...(isKnown && { score: theirs }) });
    }
    const all = measured(benchmark.measures(answers));
    const names = Object.keys(recorded.measures[round]!);
    ours.push(Object.fromEntries(names.map((measure) => [measure, all[measure] ?? null])));
  }
  return { answers: texts.flat().length, known, differences, theirs: recorded.measures, ours };
}

/** Measures within rounding to so many places. */
export function nearly(
  measures: readonly Readonly<Record<string, number>>[],
  places = 10,
): Record<string, unknown>[] {
  return measures.map((one) =>
    Object.fromEntries(Object.entries(one).map(([name, value]) => [name, expect.closeTo(value, places)])),
  );
}
