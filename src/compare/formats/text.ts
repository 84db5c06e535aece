/**
 * @module
 * A comparison as a table for the terminal, and for Markdown.
 */
import { markdownList, markdownTable, textTable } from "../../eval/index.ts";
import type { Comparison } from "../rows.ts";
import { noteLines, tableLines } from "./words.ts";

/** A table in columns, and below it its notes. */
export function comparisonText(comparison: Comparison): string {
  return `${textTable(tableLines(comparison))}\n${noteLines(comparison).join("\n")}\n`;
}

/** The same in Markdown. */
export function comparisonMarkdown(comparison: Comparison): string {
  return `${markdownTable(tableLines(comparison))}\n\n${markdownList(noteLines(comparison))}\n`;
}
