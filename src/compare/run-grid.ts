/**
 * @module
 * Runs a grid cell by cell, and takes up where it stopped. A cell is a run directory of its own under `cells/`; its
 * result, written last, is a file under `results/`. Cells of the same seed begin with the same warm start.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Config,
  evaluatedParts,
  hasWarmStart,
  type OpenEngine,
  openConfiguredDialogue,
  openEngine,
  openParts,
  runTraining,
  runWarmStart,
} from "../config/index.ts";
import { splitSource } from "../data/index.ts";
import { RunError } from "../errors/index.ts";
import {
  configDifferences,
  evaluationRecord,
  FINAL_MODEL,
  type OnEvent,
  RunDirectory,
} from "../train/index.ts";
import type { Cell } from "./grid.ts";

/** What a finished cell says. */
export interface CellResult {
  readonly name: string;
  readonly algorithm: string;
  readonly credit: string;
  readonly seed: number;
  /** Greedy accuracy on `evaluation.problems` held-out problems, in [0, 1]. */
  readonly accuracy: number;
  readonly problems: number;
  /** Accuracy of the weights that learning began with. */
  readonly accuracyBefore: number;
  /** As the grid describes it, to tell another grid's result by. */
  readonly config: Config;
}

export interface GridOptions {
  readonly cells: readonly Cell[];
  readonly directory: string;
  /** Called when a cell begins, and when it ends or was found to be done. */
  readonly onCell?: (cell: Cell, result: CellResult | undefined) => void;
  readonly onEvent?: OnEvent;
  readonly signal?: AbortSignal | undefined;
  readonly openEngine?: OpenEngine;
  readonly clock?: () => number;
}

/**
 * Runs every cell that has no result yet.
 *
 * @returns results in the order of the cells; fewer when the signal was aborted
 * @throws RunError when a cell was run before with another configuration, naming what differs
 */
export async function runGrid(options: GridOptions): Promise<CellResult[]> {
  const { cells, onCell } = options;
  const starts = new Map<string, number>();
  const results: CellResult[] = [];
  for (const cell of cells) {
    const known = knownResult(options.directory, cell);
    if (known === undefined) onCell?.(cell, undefined);
    const result = known ?? (await runCell(cell, options, starts));
    if (result === undefined) break;
    onCell?.(cell, result);
    results.push(result);
  }
  return results;
}

const resultFile = (directory: string, cell: Cell) => join(directory, "results", `${cell.name}.json`);

function knownResult(directory: string, cell: Cell): CellResult | undefined {
  const file = resultFile(directory, cell);
  if (!existsSync(file)) return undefined;
  let result: CellResult;
  try {
    result = JSON.parse(readFileSync(file, "utf8")) as CellResult;
  } catch (error) {
    throw new RunError(`${file}: expected a result, got text that is no JSON`, { cause: error });
  }
  const found = configDifferences(result.config, JSON.parse(JSON.stringify(cell.config)));
  if (found.length > 0) {
    throw new RunError(`${file}: was measured with another configuration:\n  ${found.join("\n  ")}`);
  }
  return result;
}

/**
 * @param starts accuracies of starting weights that were measured before
 * @returns undefined when it was interrupted
 */
async function runCell(
  cell: Cell,
  options: GridOptions,
  starts: Map<string, number>,
): Promise<CellResult | undefined> {
  const start = await startingWeights(cell, options);
  if (start === undefined) return undefined;
  const runDirectory = join(options.directory, "cells", cell.name);
  const model = join(runDirectory, FINAL_MODEL);
  if (!existsSync(model)) {
    const resume = RunDirectory.exists(runDirectory);
    const { status } = await runTraining({ ...runOptions(options), config: start, runDirectory, resume });
    if (status === "interrupted") return undefined;
  }
  const key = JSON.stringify([start.model, start.model.kind === "small" ? cell.seed : null]);
  const accuracyBefore = starts.get(key) ?? (await measure(start, undefined, options)).accuracy;
  starts.set(key, accuracyBefore);
  const { accuracy, problems } = await measure(start, model, options);
  if (options.signal?.aborted) return undefined;
  const { name, algorithm, credit, seed, config } = cell;
  const result = { name, algorithm, credit, seed, accuracy, problems, accuracyBefore, config };
  mkdirSync(join(options.directory, "results"), { recursive: true });
  writeFileSync(resultFile(options.directory, cell), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

/** The cell's configuration with the weights of its seed's warm start; undefined when that was interrupted. */
async function startingWeights({ config, seed }: Cell, options: GridOptions): Promise<Config | undefined> {
  if (!hasWarmStart(config)) return config;
  const runDirectory = join(options.directory, "warm-starts", String(seed));
  const path = join(runDirectory, FINAL_MODEL);
  if (!existsSync(path)) {
    const resume = RunDirectory.exists(runDirectory);
    const { status } = await runWarmStart({ ...runOptions(options), config, runDirectory, resume });
    if (status === "interrupted") return undefined;
  }
  return { ...config, model: { kind: "directory", path } };
}

function runOptions({ onEvent, signal, openEngine: open, clock }: GridOptions) {
  return {
    ...(onEvent && { onEvent }),
    signal,
    ...(open && { openEngine: open }),
    ...(clock && { clock }),
  };
}

/** @param weights a model directory; those of the configuration when undefined */
async function measure(config: Config, weights: string | undefined, options: GridOptions) {
  const { split, problems } = config.evaluation;
  const parts = await openParts(config);
  const source = await splitSource(parts.task, split);
  const engine = await (options.openEngine ?? openEngine)(config);
  try {
    if (weights !== undefined) await engine.load(weights);
    const evaluated = evaluatedParts(parts, { engine, dialogue: await openConfiguredDialogue(config) });
    return await evaluationRecord(
      evaluated,
      { iteration: 0, split, problems, source },
      { shouldStop: () => options.signal?.aborted ?? false },
    );
  } finally {
    await engine.close();
  }
}
