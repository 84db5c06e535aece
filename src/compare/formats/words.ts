/**
 * @module
 * The words of a comparison's table, the same in every format: numbers in their unit, intervals, differences with p-values.
 */
import type { Interval } from "../../math/index.ts";
import type { Unit } from "../measure.ts";
import type { AdjustedDifference, Column, Comparison, ComparisonRow, RowValue } from "../rows.ts";

const MINUS = "−";

function digits(value: number): string {
  const size = Math.abs(value);
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 0.1
        ? value.toFixed(2)
        : value.toPrecision(2);
}

/** A number in its unit, which the heading names: shares in per cent. */
export function numberWords(value: number, unit: Unit): string {
  return (unit === "share" ? (100 * value).toFixed(1) : digits(value)).replace("-", MINUS);
}

/** A difference with its sign; of shares in points. */
export function signedWords(value: number, unit: Unit): string {
  return `${value < 0 ? MINUS : "+"}${numberWords(Math.abs(value), unit)}`;
}

/** An estimate with its interval in brackets, where that is finite. */
export function estimateWords({ estimate, low, high }: Interval, words: (value: number) => string): string {
  return `${words(estimate)}${Number.isFinite(low) ? ` [${words(low)}, ${words(high)}]` : ""}`;
}

/** A p-value, to two digits. */
export function pWords(value: number): string {
  return value < 0.001 ? "p<0.001" : `p=${value.toPrecision(2)}`;
}

/** A difference with its interval and its p-value; without these for one pair, which is no test. */
export function differenceWords(difference: AdjustedDifference, unit: Unit): string {
  const tested = Number.isFinite(difference.low) ? ` ${pWords(difference.pAdjusted)}` : "";
  return `${estimateWords(difference, (value) => signedWords(value, unit))}${tested}`;
}

/** A heading with its unit. */
export function headingWords({ name, unit }: Column): string {
  return unit === "share" ? `${name}, %` : unit === "seconds" ? `${name}, s` : name;
}

/** A mean with its interval; where seeds of the row have no such measure, with the number of seeds that have it. */
export function meanWords({ mean, bySeed }: Pick<RowValue, "mean" | "bySeed">, unit: Unit): string {
  const count = bySeed.filter((value) => value !== null).length;
  const part = count < bySeed.length ? ` (${count} of ${bySeed.length})` : "";
  return `${estimateWords(mean, (value) => numberWords(value, unit))}${part}`;
}

/** The lines below a table. */
export function noteLines({ rows, notes }: Pick<Comparison, "rows" | "notes">): string[] {
  const seeds = Math.max(0, ...rows.map((row) => row.seeds.length));
  return [...(seeds === 0 ? [] : [`means over ${seeds} ${seeds === 1 ? "seed" : "seeds"}`]), ...notes];
}

const ROW_KINDS = { training: "", start: "before training", mean: "" } as const;

/** Labels of a row on the axes; a row of starting weights says so on the first axis on which it has no value. */
export function labelWords({ labels, of }: ComparisonRow, axes: readonly string[]): string[] {
  const words = axes.map((axis) => labels[axis] ?? "");
  const free = words.indexOf("");
  if (of === "start" && free >= 0) words[free] = ROW_KINDS.start;
  return words;
}

/** Whether rows are means over seeds; evaluations of given weights are not. */
export const isOverSeeds = ({ rows }: Comparison): boolean => rows.some(({ seeds }) => seeds.length > 0);

/** Cells of a row after its labels: the number of seeds, then every column with its difference. */
export function valueWords(row: ComparisonRow, comparison: Comparison): string[] {
  const { columns, baseline } = comparison;
  const cells = columns.flatMap(({ name, unit }) => {
    const value = row.values[name];
    const mean = value ? meanWords(value, unit) : "";
    if (baseline === undefined) return [mean];
    return [mean, value?.difference ? differenceWords(value.difference, unit) : ""];
  });
  return [...(isOverSeeds(comparison) ? [String(row.seeds.length)] : []), ...cells];
}

/** Headings of a table. */
export function headings(comparison: Comparison): string[] {
  const { axes, columns, baseline } = comparison;
  const names = columns.flatMap((column) =>
    baseline === undefined ? [headingWords(column)] : [headingWords(column), `over ${baseline}`],
  );
  return [...(axes.length === 0 ? [""] : axes), ...(isOverSeeds(comparison) ? ["seeds"] : []), ...names];
}

/** All lines of a table, headings first. */
export function tableLines(comparison: Comparison): string[][] {
  const { axes, rows } = comparison;
  return [
    headings(comparison),
    ...rows.map((row) => [
      ...(axes.length === 0
        ? [row.of === "start" ? ROW_KINDS.start : "after training"]
        : labelWords(row, axes)),
      ...valueWords(row, comparison),
    ]),
  ];
}
