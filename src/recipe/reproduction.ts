/**
 * @module
 * A recipe's printed numbers beside Fovea's: each cell, and each row's gain over the row that it is compared with.
 */
import {
  type AdjustedDifference,
  AVERAGE,
  type Baseline,
  type CellResult,
  type Column,
  type Comparison,
  comparison,
  type Pairing,
  pairingOf,
  type RowValue,
} from "../compare/index.ts";
import type { Interval } from "../math/index.ts";
import { type RecipeGrid, ROW_AXIS } from "./cells.ts";
import { printedByColumn, printedNumber } from "./printed.ts";
import type { PrintedValue, RecipeRow, RunsRecipe } from "./schema.ts";

/** One measured number of a row, with the printed one beside it. */
export interface ReproducedCell {
  readonly row: string;
  /** The measure. */
  readonly column: Column;
  /** The printed column beside it, and its cell; absent where none is comparable. */
  readonly printedColumn?: string;
  readonly printed?: PrintedValue;
  /** Mean over seeds with its 95 % interval. */
  readonly ours: RowValue["mean"];
  /** Null for a seed without the measure, which the mean leaves out. */
  readonly bySeed: RowValue["bySeed"];
  /** Ours less the printed number, in the printed unit, with the interval of ours; at the paper's own scale alone. */
  readonly difference?: Interval;
  /** Row that it is compared with. */
  readonly over?: string;
  /** Printed number less that of the row compared with. */
  readonly printedGain?: number;
  /** Ours less that of the row compared with. */
  readonly gain?: AdjustedDifference;
}

/** The results of a recipe. */
export interface Reproduction {
  readonly scale: "paper" | "digits";
  readonly pairing: Pairing;
  readonly seeds: readonly number[];
  readonly cells: readonly ReproducedCell[];
  /** In words: what intervals and tests of each measure are over. */
  readonly notes: readonly string[];
}

/** The row that a row is compared with. */
function overOf(recipe: RunsRecipe, row: RecipeRow): string | undefined {
  const over = row.over ?? recipe.baseline;
  return over === row.name ? undefined : over;
}

function baselineOf(recipe: RunsRecipe): Baseline {
  return {
    name: "the row compared with",
    of: (labels) => {
      const row = recipe.rows.find(({ name }) => name === labels[ROW_AXIS]);
      const over = row && overOf(recipe, row);
      return over === undefined ? undefined : { [ROW_AXIS]: over };
    },
  };
}

/** Printed and measured numbers of a recipe, row by row. */
export function reproduction(
  recipe: RunsRecipe,
  grid: Pick<RecipeGrid, "measures" | "beside">,
  results: readonly CellResult[],
  scale: Reproduction["scale"],
): Reproduction {
  const seeds = [...new Set(results.map(({ cell }) => cell.seed))];
  const pairing = pairingOf(seeds.length);
  const baseline = baselineOf(recipe);
  const found = comparison(
    { axes: [ROW_AXIS], measures: grid.measures, averages: [], pairing, baseline },
    results,
  );
  return { scale, pairing, seeds, cells: cellsOf(recipe, grid.beside, found, scale), notes: found.notes };
}

function cellsOf(
  recipe: RunsRecipe,
  beside: ReadonlyMap<string, string>,
  { rows, columns }: Comparison,
  scale: Reproduction["scale"],
): ReproducedCell[] {
  return rows.flatMap(({ labels, values }) => {
    const row = recipe.rows.find(({ name }) => name === labels[ROW_AXIS])!;
    const printed = printedByColumn(recipe, row);
    const over = overOf(recipe, row);
    const otherRow = recipe.rows.find(({ name }) => name === over);
    const other = otherRow && printedByColumn(recipe, otherRow);
    return columns.flatMap((column): ReproducedCell[] => {
      const value = values[column.name];
      const printedColumn =
        beside.get(column.name) ?? (column.name === AVERAGE ? averageColumn(recipe) : undefined);
      if (value === undefined) return [];
      const own = printedColumn === undefined ? undefined : printed.get(printedColumn);
      const number = printedNumber(own);
      const otherNumber = printedColumn === undefined ? undefined : printedNumber(other?.get(printedColumn));
      const factor = column.unit === "share" ? 100 : 1;
      return [
        {
          row: row.name,
          column,
          ...(printedColumn !== undefined && { printedColumn, printed: own ?? null }),
          ours: value.mean,
          bySeed: value.bySeed,
          ...(scale === "paper" && number !== undefined && { difference: less(value.mean, number, factor) }),
          ...(over !== undefined && { over }),
          ...(number !== undefined && otherNumber !== undefined && { printedGain: number - otherNumber }),
          ...(value.difference && { gain: value.difference }),
        },
      ];
    });
  });
}

function averageColumn({ columns }: RunsRecipe): string | undefined {
  return columns.find(({ average }) => average)?.name;
}

function less({ estimate, low, high }: Interval, printed: number, factor: number): Interval {
  return {
    estimate: factor * estimate - printed,
    low: factor * low - printed,
    high: factor * high - printed,
  };
}
