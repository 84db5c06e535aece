/**
 * @module
 * `fovea eval`: a model on benchmarks or on a split of its task. Every answer is written to disk before aggregation,
 * and the same command resumes a stopped evaluation.
 */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type { Benchmark } from "../benchmark/index.ts";
import {
  type Config,
  type EvaluationSubject,
  evaluationProtocol,
  evaluationVerdict,
  fetchModel,
  moduleHashes,
  openEvaluation,
  openPromptFormat,
} from "../config/index.ts";
import { openSource } from "../data/index.ts";
import { ConfigError } from "../errors/index.ts";
import {
  AnswerJournal,
  answerBenchmark,
  type BenchmarkReport,
  benchmarkReport,
  chatRespondent,
  engineRespondent,
  type Respondent,
  weightsHash,
} from "../eval/index.ts";
import { requireWritableDirectory, shellWord, writeOutput } from "../files/index.ts";
import { benchmarkText } from "./benchmark-text.ts";
import type { CliContext } from "./context.ts";
import { downloadBar, partsOptions } from "./download-bar.ts";
import { addProtocolOptions, type ProtocolFlags, protocolSettings } from "./evaluation-flags.ts";
import { InterruptedRun } from "./interruption.ts";
import { Reporter } from "./reporter.ts";
import { dryRunText, runDirectoryFor } from "./shared-options.ts";
import {
  addTrainedOptions,
  newestWeights,
  type TrainedOptions,
  trainedConfig,
  withTrainedModel,
} from "./trained-model.ts";

interface EvalOptions extends TrainedOptions, ProtocolFlags {
  readonly out?: string;
}

/**
 * Identity of the model: the seed of the built-in model and the files of its own directory, the weights of any other, and the
 * engine if it is remote.
 *
 * @param local the same configuration with a model on this machine, where the engine needs one
 */
function modelIdentity(
  { model, engine, train }: Config,
  local: Config["model"],
  runDirectory: string | undefined,
): string {
  if (runDirectory !== undefined) return `weights ${weightsHash(newestWeights(runDirectory))}`;
  if (engine.kind !== "local") {
    const weights = local.kind === "directory" ? ` weights ${weightsHash(local.path)}` : "";
    const url = "url" in engine ? ` at ${String(engine.url)}` : "";
    return `${engine.kind}${url} ${JSON.stringify(model)}${weights}`;
  }
  if (local.kind === "directory") return `weights ${weightsHash(local.path)}`;
  const assets = local.kind === "small" && local.assets !== undefined ? local.assets : undefined;
  return `small seed=${train.seed}${assets === undefined ? "" : ` assets ${weightsHash(assets)}`}`;
}

/** The prompt format for the record: its options, and the hash of its module. */
function promptRecord(config: Config): Readonly<Record<string, unknown>> {
  const { prompt } = config;
  if (prompt.module === undefined) return prompt;
  return { ...prompt, moduleHash: moduleHashes(config)?.[prompt.module.module] };
}

/** Rejects flags that exclude each other. */
function checkFlags({ benchmark, split, out }: EvalOptions): void {
  if (benchmark !== undefined && split !== undefined) {
    throw new ConfigError(
      "--split: expected --split or --benchmark, got both; a benchmark has its own problems",
    );
  }
  if (out !== undefined && existsSync(out) && !statSync(out).isDirectory()) {
    throw new ConfigError(`--out: expected a directory, got the file ${out}`);
  }
}

/** Warnings about an evaluation of this configuration. */
function warningsOf({ model, engine, evaluation }: Config, { runDir }: EvalOptions): string[] {
  const { server, samples, temperature } = evaluation;
  const isUntrained =
    runDir === undefined && server === undefined && engine.kind === "local" && model.kind === "small";
  return [
    ...(isUntrained
      ? [
          "the built-in model is untrained: its weights are random; --run-dir, --set model=DIR or --server name another",
        ]
      : []),
    ...(samples > 1 && temperature === 0
      ? [
          `${samples} samples at temperature 0 are the same answer ${samples} times; --temperature makes them differ`,
        ]
      : []),
  ];
}

/** Share of truncated answers above which the length limit distorts the score. */
const MANY_CUT = 0.05;

/**
 * Answers one benchmark.
 *
 * @throws InterruptedRun when it was interrupted
 */
async function evaluateOn(
  benchmark: Benchmark,
  respondent: Respondent,
  {
    config,
    asked,
    directory,
    reporter,
    context,
  }: {
    readonly config: Config;
    readonly asked: Omit<EvaluationSubject, "benchmarks">;
    readonly directory: string;
    readonly reporter: Reporter;
    readonly context: CliContext;
  },
): Promise<BenchmarkReport> {
  const signal = context.interruption.listen("stopping; the recorded answers stay");
  const source = await openSource(benchmark.source);
  const protocol = evaluationProtocol(config);
  const verdict = evaluationVerdict(config, benchmark, { warn: (message) => reporter.bar.note(message) });
  const path = join(directory, benchmark.name, "answers.jsonl");
  const journal = new AnswerJournal(path, {
    event: "evaluation",
    version: 1,
    benchmark: benchmark.name,
    ...(benchmark.options && { options: benchmark.options }),
    fingerprint: source.fingerprint,
    model: respondent.identity,
    verdict: verdict.name,
    protocol,
    planned: Math.min(asked.problems, source.size) * protocol.samples,
    prompt: promptRecord(config),
  });
  try {
    if (journal.answers.length > 0)
      reporter.bar.note(`${path}: resumes after ${journal.answers.length} answers`);
    if (journal.cutBytes > 0) reporter.bar.note(`${path}: skipped an incomplete last line`);
    const isWhole = await answerBenchmark({
      source,
      respondent,
      protocol,
      verdict,
      journal,
      ...asked,
      batchSize: config.evaluation.batchSize,
      onProgress: reporter.onEvaluation,
      signal,
    });
    if (!isWhole) {
      throw new InterruptedRun(
        `interrupted: ${journal.answers.length} answers in ${path}; the same command with --out ${shellWord(directory)} resumes`,
      );
    }
    const { answers, skipped, unjudged } = journal;
    const header = { model: respondent.identity, verdict: verdict.name };
    const report = benchmarkReport(benchmark, { header, answers, skipped }, asked.problems);
    writeOutput(join(directory, benchmark.name, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
    const answered = new Set(answers.map(({ index }) => index)).size;
    if (report.problems < answered) {
      reporter.bar.note(
        `${benchmark.name}: this report covers ${report.problems} of the ${answered} problems that ${path} has answers to`,
      );
    }
    if (unjudged.length > 0) {
      reporter.bar.note(
        `${path}: ${unjudged.length} answers are not judged (${unjudged[0]!.reason}); the same command judges them again`,
      );
    }
    reporter.json({ event: "benchmark", ...report, answers: path });
    reporter.text(`${benchmarkText(report)}answers  ${path}\n`);
    if (report.truncatedShare >= MANY_CUT) {
      const share = `${(100 * report.truncatedShare).toFixed(1)} %`;
      reporter.bar.note(
        `${benchmark.name}: ${share} of the answers were cut off at ${protocol.maxCompletionTokens} tokens; --max-tokens sets the limit`,
      );
    }
    return report;
  } finally {
    journal.close();
  }
}

/** Opens the model under test: a server, or the engine with the model of the configuration or of the run. */
async function withRespondent<T>(
  config: Config,
  { runDir }: EvalOptions,
  context: CliContext,
  reporter: Reporter,
  work: (respondent: Respondent) => Promise<T>,
): Promise<T> {
  const { server } = config.evaluation;
  if (server === undefined) {
    const local = await fetchModel(config, downloadBar(context));
    const identity = modelIdentity(config, local.model, runDir);
    return withTrainedModel(local, runDir, context, ({ engine, dialogue }) =>
      work(engineRespondent(engine, dialogue, identity)),
    );
  }
  const format = await openPromptFormat(config);
  const warn = (message: string) => reporter.bar.note(message);
  const respondent = chatRespondent(server, { format, warn });
  const result = await work(respondent);
  reporter.json({ event: "spent", ...respondent.spent });
  const { requests, promptTokens, completionTokens } = respondent.spent;
  reporter.text(
    `${requests} requests, ${promptTokens} prompt tokens, ${completionTokens} completion tokens\n`,
  );
  return result;
}

async function evaluateModel(
  file: string | undefined,
  options: EvalOptions,
  context: CliContext,
): Promise<void> {
  checkFlags(options);
  // The answers are drawn by the seed of the evaluation, and the built-in model by that of training.
  const { seed } = options;
  const drawn = seed === undefined ? {} : { seed };
  const config = await trainedConfig(file, options, { ...protocolSettings(options), ...drawn });
  if (options.dryRun === true) {
    context.stdout(dryRunText(config, options.json ?? false));
    return;
  }
  const reporter = new Reporter(context, options.json ?? false);
  for (const warning of warningsOf(config, options)) reporter.bar.note(warning);
  const { benchmarks, ...asked } = await openEvaluation(config, partsOptions(context));
  const { runDir, out } = options;
  const directory =
    out ?? (runDir === undefined ? runDirectoryFor("eval", { set: [] }) : join(runDir, "evaluation"));
  requireWritableDirectory(directory);
  // Missing files are reported before the first answer.
  for (const { source } of benchmarks) await openSource(source);
  const reports = await withRespondent(config, options, context, reporter, async (respondent) => {
    const found: BenchmarkReport[] = [];
    for (const benchmark of benchmarks) {
      found.push(await evaluateOn(benchmark, respondent, { config, asked, directory, reporter, context }));
    }
    return found;
  });
  reporter.json({ event: "finished", directory, ...summary(reports) });
}

/** The main measure of each benchmark and the mean over measures that are shares; a single benchmark's whole report. */
function summary(reports: readonly BenchmarkReport[]) {
  const mains = reports.map(({ benchmark, problems, main, measures }) => {
    const { value = null, low = null, high = null, most } = measures[main] ?? {};
    return { benchmark, problems, measure: main, value, low, high, ...(most !== undefined && { most }) };
  });
  const [only] = mains;
  if (only !== undefined && mains.length === 1) {
    return { ...reports[0], [only.measure]: only.value, low: only.low, high: only.high };
  }
  const shares = mains.flatMap(({ value, most }) => (most === undefined && value !== null ? [value] : []));
  const average = shares.length === 0 ? null : shares.reduce((sum, value) => sum + value, 0) / shares.length;
  return { benchmarks: mains, average };
}

/** Adds the arguments and the action of `fovea eval`. */
export function configure(command: Command, context: CliContext): void {
  addProtocolOptions(addTrainedOptions(command, "short for --set evaluation.seed=n --set train.seed=n"))
    .option(
      "--out <directory>",
      "directory of answers and reports, with a folder for each benchmark; default: evaluation/ of the run directory",
    )
    .action((file: string | undefined, options: EvalOptions) => evaluateModel(file, options, context));
}
