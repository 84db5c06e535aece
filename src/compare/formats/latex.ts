/**
 * @module
 * A comparison as a LaTeX table, with booktabs: the best of each column of shares in bold, as papers print it.
 */
import type { Column, Comparison, ComparisonRow } from "../rows.ts";
import { headings, isOverSeeds, noteLines, tableLines } from "./words.ts";

const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  "&": "\\&",
  "%": "\\%",
  $: "\\$",
  "#": "\\#",
  _: "\\_",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "−": "$-$",
  "+": "$+$",
  "<": "$<$",
  "=": "$=$",
  α: "$\\alpha$",
  β: "$\\beta$",
  τ: "$\\tau$",
  λ: "$\\lambda$",
};

/** Text in which no character means anything to LaTeX. */
export function latexText(text: string): string {
  return text.replaceAll(/[\\{}&%$#_~^−+<=αβτλ]/g, (character) => SPECIAL[character]!);
}

/** Rows whose value is the greatest of the column, to the digit that is printed; none where less is better. */
function bestRows({ name, unit, isLessBetter }: Column, rows: readonly ComparisonRow[]): Set<ComparisonRow> {
  if (unit !== "share" || isLessBetter) return new Set();
  const printed = (row: ComparisonRow) => {
    const value = row.values[name];
    return value === undefined || row.of === "mean" ? -1 : Math.round(1000 * value.mean.estimate);
  };
  const best = Math.max(...rows.map(printed));
  return new Set(rows.filter((row) => printed(row) === best && best >= 0));
}

/** A tabular environment, and its notes as comments. */
export function comparisonLatex(comparison: Comparison): string {
  const { axes, columns, baseline, rows } = comparison;
  const first = Math.max(1, axes.length) + (isOverSeeds(comparison) ? 1 : 0);
  const best = columns.map((column) => bestRows(column, rows));
  const perColumn = baseline === undefined ? 1 : 2;
  const lines = tableLines(comparison).slice(1);
  const body = rows.map((row, r) => {
    const cells = lines[r]!.map((cell, c) => {
      const place = (c - first) / perColumn;
      const isBest = Number.isInteger(place) && place >= 0 && (best[place]?.has(row) ?? false);
      return isBest ? `\\textbf{${latexText(cell)}}` : latexText(cell);
    });
    const rule = row.of === "mean" && rows[r - 1]?.of !== "mean" ? "\\midrule\n" : "";
    return `${rule}${cells.join(" & ")} \\\\`;
  });
  const heads = headings(comparison);
  return [
    ...noteLines(comparison).map((note) => `% ${note}`),
    `\\begin{tabular}{${"l".repeat(Math.max(1, axes.length))}${"r".repeat(heads.length - Math.max(1, axes.length))}}`,
    "\\toprule",
    `${heads.map(latexText).join(" & ")} \\\\`,
    "\\midrule",
    ...body,
    "\\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}
