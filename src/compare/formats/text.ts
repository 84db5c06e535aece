/**
 * @module
 * A comparison as a table for the terminal, and for Markdown.
 */
import { markdownTable, textTable } from "../../eval/index.ts";
import type { Comparison } from "../rows.ts";
import { noteWords, tableLines } from "./words.ts";

/** A table in columns, and a line that says what its intervals are. */
export function comparisonText(comparison: Comparison): string {
  return `${textTable(tableLines(comparison))}\n${noteWords(comparison)}\n`;
}

/** The same in Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  return `${markdownTable(tableLines(comparison))}\n\n${noteWords(comparison)}\n`;
}
