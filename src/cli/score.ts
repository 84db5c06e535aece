/**
 * @module
 * `fovea score`: recorded answers judged again, without sampling.
 */
import { existsSync } from "node:fs";
import type { Command } from "commander";
import {
  accuracy,
  accuracyBy,
  BENCHMARK_KINDS,
  type Benchmark,
  benchmarkSchema,
} from "../benchmark/index.ts";
import { type Config, evaluationVerdict, openBenchmarks, openVerdict } from "../config/index.ts";
import { openSource } from "../data/index.ts";
import { RunError } from "../errors/index.ts";
import {
  AnswerJournal,
  type AnswerRecord,
  type AnswersHeader,
  benchmarkReport,
  readAnswers,
  scoreAnswers,
} from "../eval/index.ts";
import { agreementOf } from "../judge/index.ts";
import { isRight } from "../verify/index.ts";
import { benchmarkText } from "./benchmark-text.ts";
import type { CliContext } from "./context.ts";
import { addBenchmarkOptions, type BenchmarkFlags, benchmarkSettings } from "./evaluation-flags.ts";
import { InterruptedRun } from "./interruption.ts";
import { Reporter } from "./reporter.ts";
import { configFrom } from "./shared-options.ts";

interface ScoreFlags extends BenchmarkFlags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly verdict?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What answers of a benchmark that is not known are measured by. */
function plainBenchmark(name: string, verdict: Benchmark["verdict"]): Benchmark {
  return {
    name,
    verdict,
    source: () => {
      throw new RunError(`${name}: has no problems here, only answers`);
    },
    measures: (answers) => {
      const kinds = accuracyBy(answers, ({ kind }) => kind);
      return [accuracy(answers), ...(kinds.length > 1 ? kinds : [])];
    },
  };
}

/**
 * The benchmark that answers are of: the one that the configuration names, or the built-in one of that name. Answers to a task
 * are measured by accuracy and the run's verdict.
 */
async function benchmarkOf(
  { benchmark: name }: AnswersHeader,
  config: Config,
  { verdict }: ScoreFlags,
): Promise<Benchmark> {
  const { evaluation } = config;
  const isKnown = evaluation.benchmarks.length === 0 && BENCHMARK_KINDS.includes(name);
  const benchmarks = isKnown ? [benchmarkSchema.parse({ kind: name })] : evaluation.benchmarks;
  const opened = await openBenchmarks({ ...config, evaluation: { ...evaluation, benchmarks } });
  const found = opened.find((benchmark) => benchmark.name === name);
  if (found === undefined && opened.length > 0) {
    const names = opened.map((benchmark) => benchmark.name).join(", ");
    throw new RunError(`the answers are of ${name}, expected ${names}`);
  }
  if (found === undefined) return plainBenchmark(name, await openVerdict(config));
  return verdict === undefined ? found : { ...found, verdict: await openVerdict(config) };
}

/** Says when the benchmark's files are not those that the answers are of; nothing where no files are named. */
async function fileWarning(
  { fingerprint }: AnswersHeader,
  benchmark: Benchmark,
  { evaluation }: Config,
): Promise<string | undefined> {
  if (evaluation.benchmarkData === undefined) return undefined;
  const now = (await openSource(benchmark.source)).fingerprint;
  if (now === fingerprint) return undefined;
  return `${benchmark.name}: the answers are of other files: recorded ${fingerprint}, now ${now}`;
}

/** Writes the answers with their new verdicts. */
function writeAnswers(path: string, header: AnswersHeader, answers: readonly AnswerRecord[]): void {
  if (existsSync(path)) throw new RunError(`${path}: exists already`);
  const journal = new AnswerJournal(path, header);
  try {
    for (const answer of answers) journal.add(answer);
  } finally {
    journal.close();
  }
}

async function score(path: string, options: ScoreFlags, context: CliContext): Promise<void> {
  const { signal } = context.interruption;
  const reporter = new Reporter(context, options.json ?? false);
  const extra = {
    evaluation: benchmarkSettings(options),
    ...(options.verdict !== undefined && { verdict: { kind: options.verdict } }),
  };
  const config = await configFrom(options.config, { set: options.set }, { extra });
  const recorded = readAnswers(path);
  const { header, skipped } = recorded;
  if (recorded.cutBytes > 0) reporter.bar.note(`${path}: a last line that was cut short is left out`);
  const benchmark = await benchmarkOf(header, config, options);
  const warning = await fileWarning(header, benchmark, config);
  if (warning !== undefined) reporter.bar.note(warning);
  const verdict = evaluationVerdict(config, benchmark, { warn: (message) => reporter.bar.note(message) });
  const answers = await scoreAnswers(recorded.answers, {
    verdict,
    signal,
    onProgress: (done, total) => reporter.bar.show({ label: "judging", done, total, facts: [] }),
  }).catch((error: unknown) => {
    if (signal.aborted) throw new InterruptedRun("interrupted: nothing was written");
    throw error;
  });
  const own = { ...header, verdict: verdict.name };
  if (options.out !== undefined) writeAnswers(options.out, own, answers);
  const report = benchmarkReport(benchmark, {
    header: { model: header.model, verdict: verdict.name },
    answers,
    skipped,
  });
  const before = recorded.answers;
  const agreement = agreementOf(answers.map((answer, i) => [answer.score, before[i]!.score]));
  const changed = answers.filter((answer, i) => isRight(answer) !== isRight(before[i]!)).length;
  reporter.json({ event: "benchmark", ...report, recordedVerdict: header.verdict, changed, agreement });
  const kappa = agreement.kappa === null ? "" : `, Cohen's kappa ${agreement.kappa.toFixed(3)}`;
  reporter.text(
    `${benchmarkText(report)}recorded verdict  ${header.verdict}: another word on ${changed} of ${answers.length} answers${kappa}\n`,
  );
}

/** Adds what `fovea score` takes and does. */
export function configure(command: Command, context: CliContext): void {
  addBenchmarkOptions(command.argument("<answers>", "answers.jsonl of an evaluation"))
    .option("--verdict <kind>", "a built-in verdict in place of the benchmark's")
    .option("--config <file>", "configuration whose verdict, judge and benchmarks count")
    .option(
      "--set <key=value>",
      "one setting, dotted; may be repeated",
      (flag: string, before: readonly string[]) => [...before, flag],
      [],
    )
    .option("--out <file>", "write the answers with their new verdicts into this file")
    .option("--json", "one JSON object a line on stdout")
    .action((path: string, options: ScoreFlags) => score(path, options, context));
}
