/**
 * @module
 * The report of a benchmark: its measures, what several samples show together, and counts of answers and rows.
 */
import type { Benchmark } from "../../benchmark/index.ts";
import { type AnswerRecord, type AnswersHeader, type SkippedRecord, scoredAnswer } from "./answer-record.ts";
import { holdsAcceptedAnswer } from "./held-answer.ts";
import { type MeasureReport, measureReports } from "./measure-report.ts";
import { type SeveralSamples, severalSamples } from "./several-samples.ts";

/** A model's results on a benchmark. */
export interface BenchmarkReport extends SeveralSamples {
  readonly benchmark: string;
  readonly model: string;
  readonly verdict: string;
  /** Problems with all their answers; all other problems are in no number here. */
  readonly problems: number;
  readonly samples: number;
  /** Name of the main measure. */
  readonly main: string;
  readonly measures: Readonly<Record<string, MeasureReport>>;
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
  const last = problems.at(-1)?.[0]?.index ?? -1;
  const end = problems.length < most ? Infinity : last;
  return skipped.filter(({ index }) => index < end && !answered.has(index));
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
