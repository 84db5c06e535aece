/**
 * @module
 * Runs the cells of grids, several at a time, measures each, and resumes where it stopped. Cells whose learning begins
 * with the same weights begin with the same warm start.
 */
import { machineMemory } from "../engine/index.ts";
import { ConfigError } from "../errors/index.ts";
import { type Cell, cellKey, cellName, startKey } from "./cell.ts";
import type { Measure } from "./measure.ts";
import { type CellOptions, type CellResult, knownResult, runCell, startedConfig } from "./run-cell.ts";
import { requireSameData } from "./same-data.ts";
import { Slots } from "./slots.ts";

/** The cells of one table. */
export interface GridCells {
  readonly cells: readonly Cell[];
  readonly measures: readonly Measure[];
  /** Called when a cell begins, unless it was found to be done, and when it ends. */
  readonly onCell?: (cell: Cell, result: CellResult | undefined) => void;
}

export interface RunnerOptions extends CellOptions {
  /** Cells that run at the same time; 1 unless given. */
  readonly jobs?: number;
}

/** Runs grids in one directory. Grids that run at the same time share the slots, and a cell of several of them runs once. */
export class GridRunner {
  readonly #options: RunnerOptions;
  readonly #slots: Slots;
  readonly #failed = new AbortController();
  #rank = 0;

  constructor(options: RunnerOptions) {
    const { jobs = 1, signal } = options;
    if (!Number.isSafeInteger(jobs) || jobs < 1) {
      throw new ConfigError(`jobs: expected a whole number from 1, got ${jobs}`);
    }
    this.#slots = new Slots(jobs);
    const signals = [this.#failed.signal, ...(signal === undefined ? [] : [signal])];
    this.#options = {
      ...options,
      signal: AbortSignal.any(signals),
      // One at a time may have all.
      ...(jobs > 1 && { memory: Math.floor(machineMemory(undefined).budget / jobs) }),
    };
  }

  /**
   * Checks the measures of all cells, then runs and measures every cell that has no result yet, in their order. When
   * one fails, the runner begins no other cell, and cells that run stop after a checkpoint.
   *
   * @returns results in the order of the cells; fewer when the signal was aborted
   * @throws the runner's first error, also where a cell of another grid failed and this grid is unfinished
   * @throws RunError when a result cannot be read
   * @throws ConfigError when several cells at a time would each measure the machine's fastest arrangement
   * @throws ConfigError, DataError when a measure could not be taken after training
   * @throws DataError when data have changed since a cell was trained or measured
   */
  async run(grid: GridCells): Promise<CellResult[]> {
    const rank = this.#rank;
    this.#rank += grid.cells.length;
    try {
      this.#checkArrangements(grid);
      await this.#checkMeasures(grid);
      await requireSameData(grid.cells, { store: this.#options.store, measures: grid.measures });
      const ended = await Promise.all(grid.cells.map((cell, i) => this.#cell(cell, rank + i, grid)));
      const results = ended.filter((result) => result !== undefined);
      // The error of a cell beside it may be the abort alone.
      if (results.length < grid.cells.length && this.#failed.signal.aborted) throw this.#failed.signal.reason;
      return results;
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Begins no other cell, and stops each running cell after a checkpoint.
   *
   * @returns the first error of the runner, which is the cause of all others
   */
  fail(error: unknown): unknown {
    if (!this.#failed.signal.aborted) this.#failed.abort(error);
    return this.#failed.signal.reason;
  }

  /** Results of cells side by side must not depend on what the other one leaves of the machine. */
  #checkArrangements({ cells }: GridCells): void {
    const { jobs = 1 } = this.#options;
    if (jobs === 1) return;
    for (const cell of cells) {
      const { engine } = cell.config;
      if (engine.kind !== "local") continue;
      for (const key of ["threads", "replicas"] as const) {
        if (engine[key] !== "auto") continue;
        throw new ConfigError(
          `engine.${key}: expected a number, since ${jobs} cells at a time share the cores, got "auto" in ${cellName(cell)}`,
        );
      }
    }
  }

  /** Checks each measure once for all cells that are measured alike. */
  async #checkMeasures({ cells, measures }: GridCells): Promise<void> {
    const { store } = this.#options;
    for (const { check, evidence } of measures) {
      if (check === undefined) continue;
      const open = cells.filter((cell) => store.evidence(cell, evidence) === undefined);
      const alike = new Map(open.map(({ config }) => [JSON.stringify(evidence.identity(config)), config]));
      for (const config of alike.values()) await check(config);
    }
  }

  /** @returns undefined when it was interrupted, or ended by an error that is kept */
  async #cell(cell: Cell, rank: number, { measures, onCell }: GridCells): Promise<CellResult | undefined> {
    const known = () => knownResult(cell, { store: this.#options.store, measures });
    try {
      let result = known();
      if (result === undefined) {
        const config = await this.#slots.run(rank, startKey(cell), () =>
          this.#unlessStopped(() => startedConfig(cell, this.#options)),
        );
        if (config === undefined) return undefined;
        await this.#slots.run(rank, cellKey(cell), () =>
          this.#unlessStopped(async () => {
            if (known() !== undefined) return;
            onCell?.(cell, undefined);
            await runCell(cell, config, measures, this.#options);
          }),
        );
        result = known();
      }
      if (result !== undefined) onCell?.(cell, result);
      return result;
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  async #unlessStopped<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    return this.#options.signal?.aborted ? undefined : work();
  }
}

export interface GridOptions extends RunnerOptions, GridCells {}

/** Runs one grid; see {@link GridRunner.run}. */
export async function runGrid(options: GridOptions): Promise<CellResult[]> {
  return new GridRunner(options).run(options);
}
