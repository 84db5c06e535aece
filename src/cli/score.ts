/**
 * @module
 * `fovea score`: judges recorded answers again, without sampling.
 */
import type { Command } from "commander";
import {
  accuracy,
  accuracyBy,
  BENCHMARK_KINDS,
  type Benchmark,
  type BenchmarkConfig,
  benchmarkSchema,
} from "../benchmark/index.ts";
import { type Config, evaluationVerdict, openBenchmarks, openVerdict } from "../config/index.ts";
import { openSource } from "../data/index.ts";
import { DataError, RunError } from "../errors/index.ts";
import {
  AnswerJournal,
  type AnswersHeader,
  benchmarkReport,
  type RecordedAnswers,
  readAnswers,
  scoreAnswers,
  unfinishedNote,
} from "../eval/index.ts";
import { agreementOf } from "../judge/index.ts";
import { faultText } from "../parts/index.ts";
import { isRight } from "../verify/index.ts";
import { benchmarkText } from "./benchmark-text.ts";
import type { CliContext } from "./context.ts";
import { addBenchmarkOptions, type BenchmarkFlags, benchmarkSettings } from "./evaluation-flags.ts";
import { InterruptedRun } from "./interruption.ts";
import { Reporter } from "./reporter.ts";
import { requireNew } from "./require-new.ts";
import { several } from "./several.ts";
import { configFrom } from "./shared-options.ts";

interface ScoreFlags extends BenchmarkFlags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly verdict?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The measures of answers from an unknown benchmark. */
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
 * The built-in benchmark that a header names.
 *
 * @throws DataError naming the file and the option that the benchmark does not have
 */
function recordedBenchmark(path: string, { benchmark: kind, options }: AnswersHeader): BenchmarkConfig {
  const given = { ...options, kind };
  const parsed = benchmarkSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `option ${issue.keys.join(", ")}: is not an option of the benchmark ${kind}`
      : `option ${issue.path.map(String).join(".")} of the benchmark ${kind}: ${faultText(issue, given)}`,
  );
  throw new DataError(`${path} line 1: ${faults.join("; ")}`);
}

/**
 * The benchmark of the answers: the configured one, or the built-in one with its name. Answers to a task are measured
 * by accuracy and the run's verdict.
 */
async function benchmarkOf(
  path: string,
  header: AnswersHeader,
  config: Config,
  { verdict }: ScoreFlags,
): Promise<Benchmark> {
  const { evaluation } = config;
  const { benchmark: name } = header;
  const isKnown = evaluation.benchmarks.length === 0 && BENCHMARK_KINDS.includes(name);
  const benchmarks = isKnown ? [recordedBenchmark(path, header)] : evaluation.benchmarks;
  const opened = await openBenchmarks({ ...config, evaluation: { ...evaluation, benchmarks } });
  const found = opened.find((benchmark) => benchmark.name === name);
  if (found === undefined && opened.length > 0) {
    const names = opened.map((benchmark) => benchmark.name).join(", ");
    throw new RunError(`the answers are of ${name}, expected ${names}`);
  }
  if (found === undefined) return plainBenchmark(name, await openVerdict(config));
  return verdict === undefined ? found : { ...found, verdict: await openVerdict(config) };
}

/**
 * Warns when the benchmark's files differ from the files on which the answers were sampled; silent when no files are
 * named.
 */
async function fileWarning(
  { fingerprint }: AnswersHeader,
  benchmark: Benchmark,
  { evaluation }: Config,
): Promise<string | undefined> {
  if (evaluation.benchmarkData === undefined) return undefined;
  const now = (await openSource(benchmark.source)).fingerprint;
  if (now === fingerprint) return undefined;
  return `${benchmark.name}: the answers belong to other files: recorded ${fingerprint}, now ${now}`;
}

/** Writes the answers with their new verdicts, and the rows that were skipped. */
function writeAnswers(
  path: string,
  header: AnswersHeader,
  { answers, skipped }: Pick<RecordedAnswers, "answers" | "skipped">,
): void {
  const journal = new AnswerJournal(path, header);
  try {
    for (const row of skipped) journal.skip(row);
    for (const answer of answers) journal.add(answer);
  } finally {
    journal.close();
  }
}

async function score(path: string, options: ScoreFlags, context: CliContext): Promise<void> {
  const reporter = new Reporter(context, options.json ?? false);
  const extra = {
    evaluation: benchmarkSettings(options),
    ...(options.verdict !== undefined && { verdict: { kind: options.verdict } }),
  };
  const config = await configFrom(options.config, { set: options.set }, { extra });
  const { out } = options;
  if (out !== undefined) requireNew(out, "recorded answers");
  const recorded = readAnswers(path);
  const { header, skipped } = recorded;
  if (recorded.cutBytes > 0) reporter.bar.note(`${path}: skipped an incomplete last line`);
  const unfinished = unfinishedNote(path, recorded);
  if (unfinished !== undefined) reporter.bar.note(unfinished);
  const benchmark = await benchmarkOf(path, header, config, options);
  const warning = await fileWarning(header, benchmark, config);
  if (warning !== undefined) reporter.bar.note(warning);
  const verdict = evaluationVerdict(config, benchmark, { warn: (message) => reporter.bar.note(message) });
  const signal = context.interruption.listen("stopping; nothing is written");
  const answers = await scoreAnswers(recorded.answers, {
    verdict,
    signal,
    onProgress: (done, total) => reporter.bar.show({ label: "judging", done, total, facts: [] }),
  }).catch((error: unknown) => {
    if (signal.aborted) throw new InterruptedRun("interrupted: nothing was written");
    throw error;
  });
  const failed = answers.filter(({ isJudged }) => isJudged === false);
  if (failed.length > 0) {
    reporter.bar.note(`${path}: ${failed.length} answers are not judged (${failed[0]!.reason})`);
  }
  const own = { ...header, verdict: verdict.name };
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
    `${benchmarkText(report)}recorded verdict  ${header.verdict}: differs on ${changed} of ${answers.length} answers${kappa}\n`,
  );
  // The report is out before a full disk can lose it.
  if (out !== undefined) writeAnswers(out, own, { answers, skipped });
}

/** Adds the arguments and the action of `fovea score`. */
export function configure(command: Command, context: CliContext): void {
  addBenchmarkOptions(command.argument("<answers>", "answers.jsonl of an evaluation"))
    .option("--verdict <kind>", "use this built-in verdict in place of the benchmark's")
    .option("--config <file>", "configuration with verdict, judge and benchmarks")
    .option("--set <key=value>", "one setting, dotted; may be repeated", several, [])
    .option("--out <file>", "write the answers with their new verdicts into this file")
    .option("--json", "one JSON object a line on stdout")
    .action((path: string, options: ScoreFlags) => score(path, options, context));
}
