/**
 * @module
 * Tables for terminals and for Markdown, and the lists below them.
 */

/** Alignment of the columns after the first; numbers to the right. */
export type Alignment = "left" | "right";

/** Lines of cells as columns of equal width, two spaces apart; no line break at the end. */
export function textTable(lines: readonly (readonly string[])[], others: Alignment = "left"): string {
  const widths = (lines[0] ?? []).map((_, c) => Math.max(...lines.map((line) => (line[c] ?? "").length)));
  const padded = (cell: string, c: number) =>
    c === 0 || others === "left" ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!);
  return lines
    .map((line) =>
      widths
        .map((_, c) => padded(line[c] ?? "", c))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A Markdown table whose first line is the head; bars within cells are escaped; no line break at the end. */
export function markdownTable(
  [head = [], ...rows]: readonly (readonly string[])[],
  others: Alignment = "left",
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, c) => (c === 0 || others === "left" ? "---" : "---:"));
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** A Markdown list of one line each; no line break at the end. */
export function markdownList(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}
