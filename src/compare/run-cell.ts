/**
 * @module
 * One cell of a grid: its warm start, its training and what is measured of it, each unless the directory has it.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  type Config,
  fetchModel,
  hasWarmStart,
  type OpenEngine,
  openEngine,
  resolveConfig,
  runTraining,
  runWarmStart,
} from "../config/index.ts";
import type { Engine } from "../engine/index.ts";
import { FINAL_MODEL, RunDirectory, type RunEvent } from "../train/index.ts";
import { type Cell, cellKey, startEngine } from "./cell.ts";
import type { Measure, Measured } from "./measure.ts";
import type { CellStore } from "./store.ts";

/** The measurements of a cell. */
export interface CellResult {
  readonly cell: Cell;
  /** By the name of the measure; missing where the cell has no such evidence. */
  readonly measured: Readonly<Record<string, Measured>>;
}

export interface CellOptions {
  readonly store: CellStore;
  readonly onEvent?: (event: RunEvent, cell: Cell) => void;
  /** Called with the progress of a cell's measures. */
  readonly onMeasure?: (done: number, total: number, cell: Cell) => void;
  /** Bytes for the engine of a cell whose configuration does not limit them; the engine's own default unless given. */
  readonly memory?: number;
  readonly signal?: AbortSignal | undefined;
  readonly openEngine?: OpenEngine;
  readonly clock?: () => number;
}

/** The measures that a cell can have. */
function measuresOf({ isTrained }: Cell, measures: readonly Measure[]): Measure[] {
  return measures.filter(({ evidence }) => isTrained || evidence.isOfWeights);
}

/** All that was measured of a cell; undefined while anything is missing. */
export function knownResult(
  cell: Cell,
  { store, measures }: { readonly store: CellStore; readonly measures: readonly Measure[] },
): CellResult | undefined {
  const measured: [string, Measured][] = [];
  for (const { name, evidence, pick } of measuresOf(cell, measures)) {
    const found = store.evidence(cell, evidence);
    if (found === undefined) return undefined;
    const { value, ...rest } = pick(found);
    // JSON has no NaN: it is null in the evidence.
    measured.push([name, { ...rest, value: value ?? Number.NaN }]);
  }
  return { cell, measured: Object.fromEntries(measured) };
}

function withMemory(config: Config, { memory }: CellOptions): Config {
  const { engine } = config;
  if (engine.kind !== "local" || engine.memory !== undefined || memory === undefined) return config;
  return { ...config, engine: { ...engine, memory } };
}

/** Options of the run of a cell, or of its warm start. */
function runOptions(cell: Cell, { onEvent, signal, openEngine: open, clock }: CellOptions) {
  return {
    ...(onEvent && { onEvent: (event: RunEvent) => onEvent(event, cell) }),
    signal,
    ...(open && { openEngine: open }),
    ...(clock && { clock }),
  };
}

/** The settings of a warm start, the same for all cells that share it: a resumed run compares all settings. */
function warmStartConfig(config: Config): Config {
  const { model, data, prompt, sft, train } = config;
  const whole = resolveConfig();
  const engine = startEngine(config);
  return { ...whole, model, data, prompt, sft, engine, train: { ...whole.train, seed: train.seed } };
}

/**
 * Makes the weights with which the cell's training begins, unless the directory has them.
 *
 * @returns the cell's configuration with these weights; undefined when it was interrupted
 */
export async function startedConfig(cell: Cell, options: CellOptions): Promise<Config | undefined> {
  const { config, start = config } = cell;
  if (!hasWarmStart(start)) return { ...config, model: start.model };
  const runDirectory = options.store.warmStart(cell);
  const path = join(runDirectory, FINAL_MODEL);
  if (!existsSync(path)) {
    const resume = RunDirectory.exists(runDirectory);
    const own = withMemory(warmStartConfig(start), options);
    const { status } = await runWarmStart({
      ...runOptions(cell, options),
      config: own,
      runDirectory,
      resume,
    });
    if (status === "interrupted") return undefined;
  }
  return { ...config, model: { kind: "directory", path: resolve(path) } };
}

/**
 * Trains and measures the cell, where that is not done.
 *
 * @param started its configuration with the weights with which its training begins
 * @returns false when it was interrupted
 */
export async function runCell(
  cell: Cell,
  started: Config,
  measures: readonly Measure[],
  options: CellOptions,
): Promise<boolean> {
  const config = withMemory(started, options);
  const { store, signal, onMeasure } = options;
  const runDirectory = cell.isTrained ? store.runDirectory(cell) : undefined;
  if (runDirectory !== undefined && !store.isTrained(cell)) {
    const resume = RunDirectory.exists(runDirectory);
    const { status } = await runTraining({ ...runOptions(cell, options), config, runDirectory, resume });
    if (status === "interrupted") return false;
  }
  const open = options.openEngine ?? openEngine;
  let engine: Engine | undefined;
  const opened = async () => {
    if (engine !== undefined) return engine;
    engine = await open(await fetchModel(config, runOptions(cell, options).onEvent));
    if (runDirectory !== undefined) await engine.load(join(runDirectory, FINAL_MODEL));
    return engine;
  };
  try {
    for (const { evidence } of measuresOf(cell, measures)) {
      if (store.evidence(cell, evidence) !== undefined) continue;
      if (signal?.aborted) return false;
      const subject = {
        config: cell.config,
        identity: cellKey(cell),
        directory: store.evidenceDirectory(cell, evidence),
        runDirectory,
        engine: opened,
        signal,
        onProgress: onMeasure && ((done: number, total: number) => onMeasure(done, total, cell)),
      };
      // Before: data that change meanwhile are other data.
      const fingerprint = await evidence.fingerprint?.(cell.config);
      const found = await evidence.gather(subject);
      if (found === undefined || signal?.aborted) return false;
      store.keep(cell, evidence, found, fingerprint);
    }
  } finally {
    await engine?.close();
  }
  return true;
}
