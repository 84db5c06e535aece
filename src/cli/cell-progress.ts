/**
 * @module
 * Progress over a list of cells: a line on stderr when each begins and ends, and with `--json` an event for each
 * result. Of cells that run side by side every line says whose it is.
 */
import {
  type Cell,
  type CellResult,
  cellKey,
  cellName,
  type Measure,
  numberWords,
} from "../compare/index.ts";
import type { RunEvent } from "../train/index.ts";
import type { CliContext } from "./context.ts";
import { Reporter } from "./reporter.ts";

export class CellProgress {
  readonly #reporter: Reporter;
  readonly #context: CliContext;
  /** Reporters of the cells that run; undefined where one runs at a time. */
  readonly #running: Map<string, Reporter> | undefined;

  /** @param jobs cells that run at the same time */
  constructor(reporter: Reporter, context: CliContext, jobs: number) {
    this.#reporter = reporter;
    this.#context = context;
    this.#running = jobs > 1 ? new Map() : undefined;
  }

  /**
   * Shows the cells of one list as they begin, then with a result as they end.
   *
   * @param title what every line begins with
   */
  list(
    total: number,
    measures: readonly Measure[],
    title = "",
  ): (cell: Cell, result: CellResult | undefined) => void {
    let begun = 0;
    let done = 0;
    const line = (count: number, cell: Cell, values: readonly string[] = []) =>
      this.#context.stderr(`${title}${[`${count}/${total}`, cellName(cell), ...values].join("  ")}\n`);
    return (cell, result) => {
      if (result === undefined) {
        line(++begun, cell);
        return;
      }
      done++;
      begun = Math.max(begun, done);
      this.#running?.delete(cellKey(cell));
      const values = measures.flatMap(({ name, unit }) => {
        const found = result.measured[name];
        return found !== undefined && Number.isFinite(found.value)
          ? [`${name} ${numberWords(found.value, unit)}`]
          : [];
      });
      line(done, cell, values);
      const { labels, seed, isTrained } = cell;
      const measured = Object.fromEntries(
        Object.entries(result.measured).map(([name, { value }]) => [name, value]),
      );
      this.#reporter.json({ event: "cell", key: cellKey(cell), labels, seed, isTrained, measured });
    };
  }

  /** Shows an event of a cell's run. */
  readonly event = (event: RunEvent, cell: Cell): void => this.#reporterOf(cell).show(event);

  /** Shows the progress of a cell's measures. */
  readonly measure = (done: number, total: number, cell: Cell): void =>
    this.#reporterOf(cell).onEvaluation(done, total);

  /** Where several cells run, each has a reporter that begins every line with the cell's name. */
  #reporterOf(cell: Cell): Reporter {
    if (this.#running === undefined) return this.#reporter;
    const key = cellKey(cell);
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const stderr = (text: string) => this.#context.stderr(`${cellName(cell)}: ${text}`);
    const own = new Reporter({ ...this.#context, stderr, hasTerminal: false }, this.#reporter.isJson);
    this.#running.set(key, own);
    return own;
  }
}
