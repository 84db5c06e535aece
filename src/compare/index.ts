/**
 * @module
 * Comparisons: a grid of algorithms, credit methods and seeds, run cell by cell, and the table it comes to.
 */
export { type Cell, gridCells } from "./grid.ts";
export { type CellResult, type GridOptions, runGrid } from "./run-grid.ts";
export { type ComparisonRow, comparisonMarkdown, comparisonRows, comparisonText } from "./table.ts";
