/**
 * @module
 * Comparisons: a grid of axes and seeds, run cell by cell, what is measured of each, and the table it comes to. Start with
 * `grid`; `cell` says what makes two cells one, `store` keeps them. `evaluations` makes the table of evaluations
 * that are finished.
 */

export { type Axis, type AxisValue, readAxis } from "./axis.ts";
export type { Baseline } from "./baseline.ts";
export {
  type Cell,
  cellKey,
  cellName,
  contentKey,
  type IdentifiedCell,
  measuredCells,
  startKey,
} from "./cell.ts";
export type { BySeed, Difference, Mean } from "./differences.ts";
export { compareEvaluations } from "./evaluations.ts";
export { comparisonLatex } from "./formats/latex.ts";
export { comparisonMarkdown, comparisonText } from "./formats/text.ts";
export {
  differenceWords,
  estimateWords,
  headingWords,
  meanWords,
  numberWords,
  signedWords,
} from "./formats/words.ts";
export { type Grid, type Pairing, pairingOf, readGrid } from "./grid.ts";
export type { Evidence, Measure, Measured, Subject, Unit } from "./measure.ts";
export { readMeasures } from "./measures/registry.ts";
export { validationCurve } from "./measures/validation-curve.ts";
export { pinModels, pinnedCells, readPinnedModels } from "./pinned-models.ts";
export { readGridFile } from "./read-grid-file.ts";
export {
  type AdjustedDifference,
  AVERAGE,
  type Column,
  type Comparison,
  type ComparisonRow,
  comparison,
  type LabelledResult,
  type RowValue,
} from "./rows.ts";
export { type CellOptions, type CellResult, knownResult } from "./run-cell.ts";
export { type GridCells, type GridOptions, GridRunner, type RunnerOptions, runGrid } from "./run-grid.ts";
export { readShard, type Shard, seedBySeed, shardCells } from "./shard.ts";
export { CellStore } from "./store.ts";
export { type StudyView, studyFigure, studyTable } from "./study/figures.ts";
export { namedRows, rowName } from "./study/named-rows.ts";
export {
  differingPart,
  oneEnvironment,
  parseResults,
  pooledResults,
  processorsBySeed,
  requireSameGrid,
  resultsText,
  roundAlike,
  type StudyCell,
  type StudyEnvironment,
  type StudyResults,
  seedsByProcessor,
} from "./study/results.ts";
