/**
 * @module
 * Tables of a report, as aligned text and as Markdown.
 */
import type { Interval } from "../../math/index.ts";

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A number in so many digits; a dash where there is none. */
export function numberText(value: number | undefined, digits = 3): string {
  return value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits);
}

/** `0.155 [0.144, 0.165]`; a dash where there is no estimate. */
export function intervalText(interval: Interval | undefined, digits = 3): string {
  if (interval === undefined || Number.isNaN(interval.estimate)) return "–";
  const [estimate, low, high] = [interval.estimate, interval.low, interval.high].map((value) =>
    numberText(value, digits),
  );
  return `${estimate} [${low}, ${high}]`;
}

/** A share in per cent. */
export function percentText(share: number | undefined): string {
  return share === undefined || Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
}

/** Columns of equal width, the first to the left and the others to the right. */
export function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, c) => Math.max(...lines.map((line) => (line[c] ?? "").length)));
  return lines
    .map((line) =>
      widths
        .map((width, c) => (c === 0 ? (line[c] ?? "").padEnd(width) : (line[c] ?? "").padStart(width)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A Markdown table; bars within cells are escaped. */
export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = columns.map((_, c) => (c === 0 ? "---" : "---:"));
  return [line(columns), line(rule), ...rows.map(line)].join("\n");
}
