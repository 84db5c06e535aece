/**
 * @module
 * `fovea benchmarks`: every built-in benchmark with its task, size, metric and source.
 */
import type { Command } from "commander";
import { BENCHMARK_KINDS, benchmarkFacts, defaultScorer } from "../benchmark/index.ts";
import { ConfigError } from "../errors/index.ts";
import { markdownTable, textTable } from "../eval/index.ts";
import { nearestName } from "../parts/index.ts";
import type { CliContext } from "./context.ts";

interface BenchmarksFlags {
  readonly markdown?: boolean;
  readonly json?: boolean;
}

/** The facts of a benchmark under the name that the configuration gives it. */
const listed = (kind: string) => ({ kind, ...benchmarkFacts[kind]!, scorer: defaultScorer(kind) });

type Listed = ReturnType<typeof listed>;

function kindsAsked(asked: readonly string[]): readonly string[] {
  const unknown = asked.find((kind) => !BENCHMARK_KINDS.includes(kind));
  if (unknown === undefined) return asked.length === 0 ? BENCHMARK_KINDS : asked;
  const near = nearestName(unknown, BENCHMARK_KINDS);
  throw new ConfigError(
    `fovea benchmarks: no benchmark ${unknown}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

/** The table of docs/benchmarks.md. */
function page(benchmarks: readonly Listed[]): string {
  const head = ["benchmark", "task", "size", "metric", "files", "source", "licence", "default scorer"];
  const rows = benchmarks.map((facts) => [
    `\`${facts.kind}\`: ${facts.title}`,
    facts.task,
    facts.size,
    facts.metric,
    facts.files.join("; "),
    facts.source,
    facts.licence,
    facts.scorer ?? "—",
  ]);
  return markdownTable([head, ...rows]);
}

/** The text before the first punctuation mark that starts the details. */
const brief = (text: string) => text.split(/[:;]/)[0]!;

function table(benchmarks: readonly Listed[]): string {
  const rows = benchmarks.map(({ kind, task, metric }) => [kind, brief(task), brief(metric)]);
  return textTable([["benchmark", "task", "metric"], ...rows]);
}

/** All facts of the named benchmarks. */
function details(benchmarks: readonly Listed[]): string {
  return benchmarks
    .map(({ kind, title, task, size, metric, files, source, licence, scorer }) =>
      [
        `${kind}: ${title}`,
        `  task     ${task}`,
        `  size     ${size}`,
        `  metric   ${metric}`,
        ...files.map((file, i) => `  ${i === 0 ? "files   " : "        "} ${file}`),
        `  source   ${source}`,
        `  licence  ${licence}`,
        ...(scorer === undefined ? [] : [`  scorer   ${scorer}`]),
      ].join("\n"),
    )
    .join("\n\n");
}

/** Adds the arguments and the action of `fovea benchmarks`. */
export function configure(command: Command, { stdout }: CliContext): void {
  command
    .argument("[benchmarks...]", "their names, to list files and licences too; default: all")
    .option("--markdown", "print the table of docs/benchmarks.md")
    .option("--json", "print one JSON object")
    .action((asked: readonly string[], { markdown = false, json = false }: BenchmarksFlags) => {
      const benchmarks = kindsAsked(asked).map(listed);
      if (json) stdout(`${JSON.stringify({ event: "finished", benchmarks })}\n`);
      else if (markdown) stdout(`${page(benchmarks)}\n`);
      else stdout(`${asked.length === 0 ? table(benchmarks) : details(benchmarks)}\n`);
    });
}
