/**
 * @module
 * Answers to a benchmark or to problems of the task. The settings of a measure override the cell's settings, for the
 * evaluation only. So weights that were trained on one data set are measured on several. Every answer is written to
 * disk as it comes.
 */
import { join } from "node:path";
import * as z from "zod";
import type { Benchmark, ScoredAnswer } from "../../benchmark/index.ts";
import {
  type Config,
  evaluationProtocol,
  evaluationVerdict,
  fetchModel,
  openConfiguredDialogue,
  openEvaluation,
  resolveConfig,
} from "../../config/index.ts";
import { openSource, type ProblemSource } from "../../data/index.ts";
import { ConfigError, DataError, PartError } from "../../errors/index.ts";
import {
  AnswerJournal,
  type AnswerRecord,
  answerBenchmark,
  type BenchmarkReport,
  benchmarkReport,
  engineRespondent,
} from "../../eval/index.ts";
import { mean } from "../../math/index.ts";
import type { KindDefinition, Settings } from "../../parts/index.ts";
import { modulesOf } from "../cell.ts";
import { meanScore } from "../mean-score.ts";
import type { Evidence, Measure, MeasureContext, Measured, Subject } from "../measure.ts";

const settings = z.record(z.string(), z.unknown());

const schema = z
  .strictObject({
    kind: z.literal("evaluation"),
    benchmark: z
      .union([z.string().min(1), settings])
      .optional()
      .describe(
        "A benchmark by its kind or whole; the task's own problems, as evaluation says, unless given.",
      ),
    config: settings
      .default({})
      .describe(
        "Settings that override the cell's for the evaluation only, such as { data: { noise: 0.2 } } or { evaluation: { samples: 8, temperature: 1 } }.",
      ),
    metric: z
      .string()
      .optional()
      .describe(
        "A measure of the benchmark, such as strict; of the task accuracy, a kind of problem or a measure of its own such as readingPerDigit; completionTokens; truncated. Points count as a share of the most. The main one unless given.",
      ),
  })
  .describe("Answers to a benchmark, or to problems of the task.");

type Options = z.output<typeof schema>;

/** The result of an evaluation. */
interface Answers {
  readonly report: BenchmarkReport;
  /** `[P]` mean score of each problem over its samples, null where one could not be judged. */
  readonly scores: readonly (number | null)[];
  /** `[P]` kind of each problem. */
  readonly kinds: readonly string[];
}

function evaluated(config: Config, { benchmark, config: over }: Options): Config {
  const named = typeof benchmark === "string" ? { kind: benchmark } : benchmark;
  const chosen = named === undefined ? {} : { evaluation: { benchmarks: [named] } };
  return resolveConfig({ file: config as unknown as Settings, overrides: [over, chosen] });
}

function evidenceOf(options: Options): Evidence {
  return {
    isOfWeights: true,
    identity: (given) => {
      const config = evaluated(given, options);
      const { data, prompt, verdict, evaluation, sampling } = config;
      const { batchSize: _batchSize, ...asked } = evaluation;
      const isOfTask = evaluation.benchmarks.length === 0;
      const parts = { prompt, asked, task: isOfTask && { data, verdict } };
      const { maxCompletionTokens } = sampling;
      return { ...parts, maxCompletionTokens, modules: modulesOf(config, parts) };
    },
    fingerprint: async (given) => {
      const { benchmarks } = await openEvaluation(evaluated(given, options));
      return (await openSource(benchmarks[0]!.source)).fingerprint;
    },
    gather: (subject) => gather(subject, evaluated(subject.config, options)),
  };
}

async function gather(subject: Subject, config: Config): Promise<Answers | undefined> {
  const { identity, directory, signal, onProgress } = subject;
  const { benchmarks, ...asked } = await openEvaluation(config);
  const benchmark = benchmarks[0]!;
  const source = await openSource(benchmark.source);
  const protocol = evaluationProtocol(config);
  const verdict = evaluationVerdict(config, benchmark);
  const journal = new AnswerJournal(join(directory, "answers.jsonl"), {
    event: "evaluation",
    version: 1,
    benchmark: benchmark.name,
    fingerprint: source.fingerprint,
    model: identity,
    verdict: verdict.name,
    protocol,
    planned: Math.min(asked.problems, source.size) * protocol.samples,
  });
  try {
    const dialogue = await openConfiguredDialogue(await fetchModel(config));
    const isWhole = await answerBenchmark({
      source,
      respondent: engineRespondent(await subject.engine(), dialogue, identity),
      protocol,
      verdict,
      journal,
      ...asked,
      batchSize: config.evaluation.batchSize,
      onProgress,
      signal,
    });
    const { unjudged } = journal;
    if (unjudged.length > 0 && isWhole) {
      throw new PartError(
        `${journal.path}: ${unjudged.length} answers are not judged (${unjudged[0]!.reason}); the same command judges them again`,
      );
    }
    return isWhole ? answersOf(benchmark, journal, { model: identity, verdict: verdict.name }) : undefined;
  } finally {
    journal.close();
  }
}

function answersOf(
  benchmark: Benchmark,
  { answers, skipped }: Pick<AnswerJournal, "answers" | "skipped">,
  header: { readonly model: string; readonly verdict: string },
): Answers {
  const byProblem = new Map<number, AnswerRecord[]>();
  for (const answer of answers) byProblem.set(answer.index, [...(byProblem.get(answer.index) ?? []), answer]);
  const problems = [...byProblem].sort(([a], [b]) => a - b).map(([, own]) => own);
  return {
    report: benchmarkReport(benchmark, { header, answers, skipped }),
    scores: problems.map((own) => meanScore(own.map(({ score }) => score))),
    kinds: problems.map(([first]) => first?.kind ?? ""),
  };
}

/** Whether two numbers are equal up to rounding. */
const isSame = (a: number, b: number) => Math.abs(a - b) <= 1e-9;

/**
 * Scores whose mean is the measure, so that cells can be compared problem by problem. For the metric of a kind they
 * are the scores of its problems, for the main measure of all problems. Undefined where that is no mean of scores,
 * and for any other measure.
 */
function scoresOf(
  metric: string,
  value: number,
  { report, scores, kinds }: Answers,
): (number | null)[] | undefined {
  const isKind = kinds.includes(metric);
  if (!isKind && metric !== report.main) return undefined;
  const own = isKind ? scores.map((score, p) => (kinds[p] === metric ? score : null)) : [...scores];
  const judged = own.filter((score) => score !== null);
  return judged.length > 0 && isSame(mean(judged), value) ? own : undefined;
}

/** Metrics of every evaluation, beside the benchmark's measures. */
const OF_ALL = ["completionTokens", "truncated"];

function unknownMetric(name: string, metric: string, measures: readonly string[]): ConfigError {
  const known = [...measures, ...OF_ALL].join(", ");
  return new ConfigError(`measures.${name}.metric: expected one of ${known}, got "${metric}"`);
}

function pick({ name }: MeasureContext, { metric: given }: Options, answers: Answers): Measured {
  const { report } = answers;
  const { measures, main, completionTokensMean, truncatedShare } = report;
  const metric = given ?? main;
  if (metric === "completionTokens") return { value: completionTokensMean ?? Number.NaN };
  if (metric === "truncated") return { value: truncatedShare };
  const found = measures[metric];
  if (found === undefined) throw unknownMetric(name, metric, Object.keys(measures));
  const { value, low, high, most = 1 } = found;
  if (value === null) return { value: Number.NaN };
  const scores = most === 1 ? scoresOf(metric, value, answers) : undefined;
  const interval = low !== null && high !== null && { low: low / most, high: high / most };
  return { value: value / most, ...interval, ...(scores && { scores }) };
}

/** Answers to some problems with which a benchmark's measures are asked for their names; broken rows are left out. */
async function emptyAnswers(source: ProblemSource, from: number, to: number): Promise<ScoredAnswer[]> {
  const answers: ScoredAnswer[] = [];
  for (let index = from; index < to; index++) {
    try {
      const problem = await source.problem(index);
      answers.push({ problem, text: "", extracted: null, score: 0, reason: "no answer" });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
  return answers;
}

/** Opens the benchmark, and reads problems until the metric is among its measures: kinds of problems are measures too. */
async function check({ name }: MeasureContext, options: Options, given: Config): Promise<void> {
  const config = evaluated(given, options);
  const { benchmarks, problems } = await openEvaluation(config);
  const benchmark = benchmarks[0]!;
  const source = await openSource(benchmark.source);
  const { metric } = options;
  if (metric === undefined || OF_ALL.includes(metric)) return;
  const count = Math.min(source.size, problems ?? source.size);
  const answers: ScoredAnswer[] = [];
  let names: string[] = [];
  for (let begin = 0, end = Math.min(16, count); ; begin = end, end = Math.min(2 * end, count)) {
    answers.push(...(await emptyAnswers(source, begin, end)));
    names = answers.length === 0 ? [] : benchmark.measures(answers).map((measure) => measure.name);
    if (names.includes(metric)) return;
    if (end === count) throw unknownMetric(name, metric, names);
  }
}

/** A measure of a benchmark's answers. */
export const evaluationMeasure: KindDefinition<typeof schema, MeasureContext, Measure> = {
  schema,
  create: (options, context) => ({
    name: context.name,
    unit: options.metric === "completionTokens" ? "number" : "share",
    ...(options.metric === "truncated" && { isLessBetter: true }),
    evidence: evidenceOf(options),
    check: (config) => check(context, options, config),
    pick: (evidence) => pick(context, options, evidence as Answers),
  }),
};
