/**
 * @module
 * The work of a recipe: cells, iterations, samples and tokens of training, before anything is run. Numbers of tokens are
 * upper bounds, with every round of dynamic sampling and every completion as long as allowed; the time is estimated from cells
 * that have run. Samples of warm starts and measures are not counted.
 */
import { type Cell, type CellStore, cellKey } from "../compare/index.ts";
import { plannedIterations } from "../train/index.ts";

/** One cell of a plan. */
interface PlannedCell {
  readonly key: string;
  readonly iterations: number;
  /** Completions that are sampled in one round of each iteration. */
  readonly samples: number;
  /** In all rounds of dynamic sampling, with the second groups of a temporal reward. */
  readonly mostSamples: number;
  /** Tokens of these, at most. */
  readonly tokens: number;
  readonly isDone: boolean;
  /** Seconds of its iterations, where it has run. */
  readonly seconds: number | undefined;
}

/** Totals of a list of cells. Cells that several recipes share are counted once. */
export interface Plan {
  /** Runs, and those among them that are done. */
  readonly runs: number;
  readonly done: number;
  /** Models that are measured without training. */
  readonly starts: number;
  readonly iterations: number;
  /** Completions that training samples, at least and at most. */
  readonly samples: number;
  readonly mostSamples: number;
  /** Tokens of these, at most. */
  readonly tokens: number;
  /**
   * Seconds for the remaining iterations if each takes as long as the iterations that have run, divided by the cells
   * that run at the same time; undefined before any has run.
   */
  readonly seconds?: number;
  /** Dollars for the tokens of the rest at the price given, at most. */
  readonly cost?: number;
}

/** @param problems of the cell's data set, where it trains for epochs; undefined where that is not known */
function planned(cell: Cell, store: CellStore, problems: number | undefined): PlannedCell {
  const { train, sampling, reward } = cell.config;
  const iterations =
    train.epochs === undefined
      ? plannedIterations(train, Infinity)
      : plannedIterations(train, problems ?? Number.NaN);
  const { promptsPerIteration, groupSize, dynamicSampling } = train;
  const samples = iterations * promptsPerIteration * groupSize;
  const temporal = reward.find((entry) => entry.kind === "temporal");
  const shuffled = temporal === undefined ? 0 : (temporal.shuffledGroupSize ?? Math.floor(groupSize / 2));
  const rounds = iterations * (dynamicSampling?.maxAttempts ?? 1);
  const mostSamples = rounds * promptsPerIteration * (groupSize + shuffled);
  const isDone = store.isTrained(cell);
  return {
    key: cellKey(cell),
    iterations,
    samples,
    mostSamples,
    tokens: mostSamples * sampling.maxCompletionTokens,
    isDone,
    seconds: isDone ? store.trainingSeconds(cell) : undefined,
  };
}

/** Facts that a plan needs beside its cells. */
export interface PlanGiven {
  /** Problems of the data set of a cell, where they are known. */
  readonly problemsOf: (cell: Cell) => number | undefined;
  /** Dollars for a million tokens sampled and learnt from. */
  readonly price?: number | undefined;
  /** Cells that run at the same time. */
  readonly jobs: number;
}

/** Counts the work of cells; cells that are done in the store are counted apart. */
export function planOf(
  cells: readonly Cell[],
  store: CellStore,
  { problemsOf, price, jobs }: PlanGiven,
): Plan {
  const trained = new Map(
    cells
      .filter(({ isTrained }) => isTrained)
      .map((cell) => [cellKey(cell), planned(cell, store, problemsOf(cell))]),
  );
  const all = [...trained.values()];
  const rest = all.filter(({ isDone }) => !isDone);
  const sum = (list: readonly PlannedCell[], of: (cell: PlannedCell) => number) =>
    list.reduce((total, cell) => total + of(cell), 0);
  const timed = all.filter(({ seconds }) => seconds !== undefined);
  const perIteration = sum(timed, ({ seconds }) => seconds ?? 0) / sum(timed, ({ iterations }) => iterations);
  return {
    runs: all.length,
    done: all.length - rest.length,
    starts: new Set(cells.filter(({ isTrained }) => !isTrained).map(cellKey)).size,
    iterations: sum(all, ({ iterations }) => iterations),
    samples: sum(all, ({ samples }) => samples),
    mostSamples: sum(all, ({ mostSamples }) => mostSamples),
    tokens: sum(all, ({ tokens }) => tokens),
    ...(timed.length > 0 && { seconds: (perIteration * sum(rest, ({ iterations }) => iterations)) / jobs }),
    ...(price !== undefined && { cost: (price * sum(rest, ({ tokens }) => tokens)) / 1e6 }),
  };
}
