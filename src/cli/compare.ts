/**
 * @module
 * `fovea compare`: runs a grid of settings and seeds from one file and writes its table, or makes the table of finished
 * evaluations.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type CellResult,
  CellStore,
  type Comparison,
  cellKey,
  cellName,
  compareEvaluations,
  comparison,
  comparisonLatex,
  comparisonMarkdown,
  comparisonText,
  pinModels,
  pinnedCells,
  readGridFile,
  readPinnedModels,
  readShard,
  runGrid,
  seedBySeed,
  shardCells,
} from "../compare/index.ts";
import { ConfigError } from "../errors/index.ts";
import { requireWritableDirectory, writeOutput } from "../files/index.ts";
import { CellProgress } from "./cell-progress.ts";
import type { CliContext } from "./context.ts";
import { downloadBar } from "./download-bar.ts";
import { InterruptedRun } from "./interruption.ts";
import { Reporter } from "./reporter.ts";
import { jobsOption } from "./shared-options.ts";

interface CompareOptions {
  readonly out?: string;
  readonly shard?: string;
  readonly jobs: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function compare(
  paths: readonly string[],
  options: CompareOptions,
  context: CliContext,
): Promise<void> {
  const [file, ...others] = paths;
  if (others.length > 0) compareFinished(paths, options, context);
  else await compareCells(file!, options, context);
}

/** Compares finished evaluations. */
function compareFinished(
  directories: readonly string[],
  { out, shard, jobs, dryRun, json = false }: CompareOptions,
  context: CliContext,
): void {
  if (shard !== undefined || dryRun === true || jobs > 1) {
    throw new ConfigError(
      "--shard, --jobs and --dry-run: expected one grid file, got directories of evaluations",
    );
  }
  if (out !== undefined) requireWritableDirectory(out);
  const found = compareEvaluations(directories);
  const reporter = new Reporter(context, json);
  reporter.json({ event: "finished", ...found });
  reporter.text(comparisonText(found));
  if (out !== undefined) writeTables(out, found);
}

/** Runs a grid. */
async function compareCells(file: string, options: CompareOptions, context: CliContext): Promise<void> {
  const { out: directory, json = false, dryRun = false, jobs } = options;
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new ConfigError(
      `${file}: expected a grid file, or two directories of evaluations, got one directory`,
    );
  }
  if (directory === undefined) throw new ConfigError("--out: a grid needs a directory for its runs");
  const read = await readGridFile(file);
  const shard = options.shard === undefined ? undefined : readShard(options.shard);
  if (!dryRun) requireWritableDirectory(directory);
  const pinned = dryRun
    ? readPinnedModels(directory)
    : await pinModels(read.cells, directory, downloadBar(context));
  const grid = { ...read, cells: pinnedCells(read.cells, pinned) };
  const { measures } = grid;
  const all = seedBySeed(grid.cells);
  const cells = shard === undefined ? all : shardCells(all, shard);
  if (dryRun) {
    const listed = cells.map((cell) => `${cellName(cell)}  ${cellKey(cell)}\n`).join("");
    context.stdout(json ? `${JSON.stringify(cells)}\n` : listed);
    return;
  }
  const reporter = new Reporter(context, json);
  const progress = new CellProgress(reporter, context, jobs);
  const ran = await runGrid({
    cells,
    measures,
    store: new CellStore(directory),
    jobs,
    onCell: progress.list(cells.length, measures),
    onEvent: progress.event,
    onMeasure: progress.measure,
    signal: context.interruption.listen("stopping after a checkpoint"),
    clock: context.clock,
    ...(context.openEngine && { openEngine: context.openEngine }),
  });
  if (ran.length < cells.length) {
    throw new InterruptedRun(
      `interrupted after ${ran.length} of ${cells.length} cells; the same command continues`,
    );
  }
  if (shard !== undefined) {
    reporter.json({ event: "finished", directory, shard: options.shard, cells: cells.length });
    reporter.text(
      `shard ${options.shard}: ${cells.length} of ${all.length} cells are done; the same command without --shard makes the table\n`,
    );
    return;
  }
  const results = grid.cells.map((cell) => ran.find((result) => result.cell === cell)!);
  const found = comparison(grid, results);
  writeTables(directory, found, results);
  reporter.json({ event: "finished", directory, ...found });
  reporter.text(comparisonText(found));
}

/** The cells of a grid, each with its run directory. */
function cellRecords(results: readonly CellResult[]) {
  return results.map(({ cell, measured }) => ({
    labels: cell.labels,
    seed: cell.seed,
    isTrained: cell.isTrained,
    directory: cell.isTrained ? join("cells", cellKey(cell)) : null,
    values: Object.fromEntries(Object.entries(measured).map(([name, { value }]) => [name, value])),
  }));
}

/** Writes the table as Markdown, LaTeX and JSON. */
function writeTables(directory: string, found: Comparison, results: readonly CellResult[] = []): void {
  const cells = cellRecords(results);
  writeOutput(join(directory, "comparison.md"), comparisonMarkdown(found));
  writeOutput(join(directory, "comparison.tex"), comparisonLatex(found));
  writeOutput(
    join(directory, "comparison.json"),
    `${JSON.stringify({ version: 1, ...found, cells }, null, 2)}\n`,
  );
}

const EXAMPLE = `
Example grid:
  preset: NAME
  axes:
    algorithm: [grpo, dapo]
    credit: { uniform: uniform, dyco-rl: dyco-rl, strong: { kind: dyco-rl, alpha: 0.6 } }
    train.groupSize: [4, 8]
  seeds: [0, 1, 2]
  baseline: { credit: uniform }
  averages: [algorithm]
  measures: { accuracy: {}, "more noise": { config: { data: { noise: 0.2 } } } }

Finished evaluations, paired by problem, the first as baseline:
  fovea compare runs/a/warm-start runs/a runs/b`;

/** Adds the arguments and the action of `fovea compare`. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument(
      "<paths...>",
      "a grid file, YAML or JSON: preset, config, axes, seeds, measures, baseline, averages; or the run directories of finished evaluations, the first of which is the baseline",
    )
    .option("--out <path>", "directory for runs and table, which a grid needs; an existing one is continued")
    .option(
      "--shard <part>",
      "run only this part of the cells, such as 1/2, so that several processes share the grid",
    )
    .addOption(jobsOption())
    .option("--dry-run", "list the cells with their directories and run nothing")
    .option("--json", "one JSON object a line on stdout")
    .addHelpText("after", EXAMPLE)
    .action((paths: string[], options: CompareOptions) => compare(paths, options, context));
}
