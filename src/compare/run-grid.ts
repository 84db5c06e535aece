/**
 * @module
 * Runs a grid cell by cell, measures each, and resumes where it stopped. Cells whose learning begins with the same
 * weights begin with the same warm start.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  type Config,
  fetchModel,
  hasWarmStart,
  type OpenEngine,
  openEngine,
  runTraining,
  runWarmStart,
} from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import { FINAL_MODEL, type OnEvent, RunDirectory } from "../train/index.ts";
import { type Cell, cellKey } from "./cell.ts";
import type { Measure, Measured } from "./measure.ts";
import type { CellStore } from "./store.ts";

/** The measurements of a cell. */
export interface CellResult {
  readonly cell: Cell;
  /** By the name of the measure; missing where the cell has no such evidence. */
  readonly measured: Readonly<Record<string, Measured>>;
}

export interface GridOptions {
  readonly cells: readonly Cell[];
  readonly measures: readonly Measure[];
  readonly store: CellStore;
  /** Called when a cell begins, unless it was found to be done, and when it ends. */
  readonly onCell?: (cell: Cell, result: CellResult | undefined) => void;
  readonly onEvent?: OnEvent;
  /** Called with the progress of a cell's measures. */
  readonly onMeasure?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
  readonly openEngine?: OpenEngine;
  readonly clock?: () => number;
}

/**
 * Checks the measures of all cells, then runs and measures every cell that has no result yet.
 *
 * @returns results in the order of the cells; fewer when the signal was aborted
 * @throws RunError when a result cannot be read
 * @throws ConfigError, DataError when a measure could not be taken after training
 */
export async function runGrid(options: GridOptions): Promise<CellResult[]> {
  const { cells, onCell } = options;
  await checkMeasures(options);
  const results: CellResult[] = [];
  for (const cell of cells) {
    const known = knownResult(cell, options);
    if (known === undefined) onCell?.(cell, undefined);
    if (known === undefined && !(await runCell(cell, options))) break;
    const result = known ?? knownResult(cell, options)!;
    onCell?.(cell, result);
    results.push(result);
  }
  return results;
}

/** Checks each measure once for all cells that are measured alike. */
async function checkMeasures({ cells, measures, store }: GridOptions): Promise<void> {
  for (const { check, evidence } of measures) {
    if (check === undefined) continue;
    const open = cells.filter((cell) => store.evidence(cell, evidence) === undefined);
    const alike = new Map(open.map(({ config }) => [JSON.stringify(evidence.identity(config)), config]));
    for (const config of alike.values()) await check(config);
  }
}

/** The measures that a cell can have. */
function measuresOf({ isTrained }: Cell, measures: readonly Measure[]): Measure[] {
  return measures.filter(({ evidence }) => isTrained || evidence.isOfWeights);
}

/** All that was measured of a cell; undefined while anything is missing. */
export function knownResult(
  cell: Cell,
  { store, measures }: Pick<GridOptions, "store" | "measures">,
): CellResult | undefined {
  const measured: [string, Measured][] = [];
  for (const { name, evidence, pick } of measuresOf(cell, measures)) {
    const found = store.evidence(cell, evidence);
    if (found === undefined) return undefined;
    measured.push([name, pick(found)]);
  }
  return { cell, measured: Object.fromEntries(measured) };
}

/** @returns false when it was interrupted */
async function runCell(cell: Cell, options: GridOptions): Promise<boolean> {
  const { store, signal } = options;
  const start = await startingWeights(cell, options);
  if (start === undefined) return false;
  const runDirectory = cell.isTrained ? store.runDirectory(cell) : undefined;
  if (runDirectory !== undefined && !store.isTrained(cell)) {
    const resume = RunDirectory.exists(runDirectory);
    const { status } = await runTraining({ ...runOptions(options), config: start, runDirectory, resume });
    if (status === "interrupted") return false;
  }
  const open = options.openEngine ?? openEngine;
  let engine: Engine | undefined;
  const opened = async () => {
    if (engine !== undefined) return engine;
    engine = await open(await fetchModel(start, options.onEvent));
    if (runDirectory !== undefined) await engine.load(join(runDirectory, FINAL_MODEL));
    return engine;
  };
  try {
    for (const { evidence } of measuresOf(cell, options.measures)) {
      if (store.evidence(cell, evidence) !== undefined) continue;
      const { config } = cell;
      const [identity, directory] = [cellKey(cell), store.evidenceDirectory(cell, evidence)];
      const subject = {
        config,
        identity,
        directory,
        runDirectory,
        engine: opened,
        signal,
        onProgress: options.onMeasure,
      };
      const found = await evidence.gather(subject);
      if (found === undefined || signal?.aborted) return false;
      store.keep(cell, evidence, found);
    }
  } finally {
    await engine?.close();
  }
  return true;
}

/** The cell's configuration with the weights of its warm start; undefined when that was interrupted. */
async function startingWeights(cell: Cell, options: GridOptions): Promise<Config | undefined> {
  const { config, start = config } = cell;
  if (!hasWarmStart(start)) return { ...config, model: start.model };
  const runDirectory = options.store.warmStart(cell);
  const path = join(runDirectory, FINAL_MODEL);
  if (!existsSync(path)) {
    const resume = RunDirectory.exists(runDirectory);
    const { status } = await runWarmStart({ ...runOptions(options), config: start, runDirectory, resume });
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
