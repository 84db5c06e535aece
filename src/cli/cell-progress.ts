/**
 * @module
 * Progress over a list of cells: a line on stderr when each begins and ends, and with `--json` an event for each
 * result.
 */
import {
  type Cell,
  type CellResult,
  cellKey,
  cellName,
  type Measure,
  numberWords,
} from "../compare/index.ts";
import type { CliContext } from "./context.ts";
import type { Reporter } from "./reporter.ts";

export class CellProgress {
  readonly #reporter: Reporter;
  readonly #context: CliContext;
  readonly #total: number;
  readonly #measures: readonly Measure[];
  #done = 0;

  constructor(reporter: Reporter, context: CliContext, total: number, measures: readonly Measure[]) {
    this.#reporter = reporter;
    this.#context = context;
    this.#total = total;
    this.#measures = measures;
  }

  /** @param result undefined when the cell begins */
  cell(cell: Cell, result: CellResult | undefined): void {
    const line = `${this.#done + 1}/${this.#total}  ${cellName(cell)}`;
    if (result === undefined) {
      this.#context.stderr(`${line}\n`);
      return;
    }
    this.#done++;
    const values = this.#measures.flatMap(({ name, unit }) => {
      const found = result.measured[name];
      return found === undefined ? [] : [`${name} ${numberWords(found.value, unit)}`];
    });
    this.#context.stderr(`${line}  ${values.join("  ")}\n`);
    const { labels, seed, isTrained } = cell;
    const measured = Object.fromEntries(
      Object.entries(result.measured).map(([name, { value }]) => [name, value]),
    );
    this.#reporter.json({ event: "cell", key: cellKey(cell), labels, seed, isTrained, measured });
  }
}
