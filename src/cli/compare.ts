/**
 * @module
 * `fovea compare`: a grid of objectives, credit methods and seeds from one file, and the table it comes to.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import {
  type Cell,
  type CellResult,
  comparisonMarkdown,
  comparisonRows,
  comparisonText,
  gridCells,
  runGrid,
} from "../compare/index.ts";
import { readConfigFile } from "../config/index.ts";
import type { CliContext } from "./context.ts";
import { InterruptedRun } from "./interruption.ts";

import { Reporter } from "./reporter.ts";

interface CompareOptions {
  readonly out: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

async function compare(file: string, options: CompareOptions, context: CliContext): Promise<void> {
  const { out: directory, json = false, dryRun = false } = options;
  const cells = gridCells(await readConfigFile(file));
  if (dryRun) {
    context.stdout(json ? `${JSON.stringify(cells)}\n` : cells.map(({ name }) => `${name}\n`).join(""));
    return;
  }
  const reporter = new Reporter(context, json);
  const results = await runGrid({
    cells,
    directory,
    onCell: (cell, result) => reportCell(reporter, context, cells, cell, result),
    onEvent: (event) => reporter.show(event),
    signal: context.interruption.signal,
    clock: context.clock,
    ...(context.openEngine && { openEngine: context.openEngine }),
  });
  if (results.length < cells.length) {
    throw new InterruptedRun(
      `interrupted after ${results.length} of ${cells.length} cells; the same command goes on from there`,
    );
  }
  const rows = comparisonRows(results);
  writeFileSync(join(directory, "comparison.md"), comparisonMarkdown(rows));
  writeFileSync(join(directory, "comparison.json"), `${JSON.stringify(rows, null, 2)}\n`);
  reporter.json({ event: "finished", directory, rows });
  reporter.text(comparisonText(rows));
}

function reportCell(
  reporter: Reporter,
  context: CliContext,
  cells: readonly Cell[],
  cell: Cell,
  result: CellResult | undefined,
): void {
  const place = `${cells.indexOf(cell) + 1}/${cells.length}`;
  if (result === undefined) {
    context.stderr(`${place}  ${cell.name}\n`);
    return;
  }
  const { config: _config, ...numbers } = result;
  reporter.json({ event: "cell", ...numbers });
  context.stderr(`${place}  ${cell.name}  ${(100 * result.accuracy).toFixed(1)} %\n`);
}

/** Adds what `fovea compare` takes and does. */
export function configure(command: Command, context: CliContext): void {
  command
    .argument("<grid>", "grid file, YAML or JSON: preset, config, algorithms, credits, seeds")
    .requiredOption("--out <path>", "directory of the cells' runs and of the table; continued when it exists")
    .option("--dry-run", "list the cells and do nothing")
    .option("--json", "one JSON object a line on stdout")
    .addHelpText(
      "after",
      "\nExample grid:\n  preset: NAME\n  algorithms: [grpo, dapo]\n  credits: [uniform, dyco-rl, at-rl]\n  seeds: [0, 1, 2]",
    )
    .action((file: string, options: CompareOptions) => compare(file, options, context));
}
