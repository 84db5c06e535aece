/**
 * The credit study's results and figures (studies/credit).
 *
 *     node scripts/study.mjs results <directory of the cells> <grid.yaml> …
 *     node scripts/study.mjs figures [<results.json> …]
 *
 * `results` reads what `fovea compare` has run of each grid, all of it or a part, into studies/credit/results/<grid>.json: values,
 * curves, seconds, and where it ran. It refuses a grid that was changed since the file was written, and cells of two sources, machines or
 * versions, by name. `figures` draws docs/images/study/<grid>.svg and writes studies/credit/results/<grid>.md from these files,
 * all of them unless some are given, and needs no run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  CellStore,
  cellKey,
  cellName,
  knownResult,
  oneEnvironment,
  parseResults,
  readGrid,
  requireSameGrid,
  resultsText,
  studyFigure,
  studyTable,
  validationCurve,
} from "fovea/compare";
import { readConfigFile } from "fovea/config";
import { DataError } from "fovea/errors";

/** @import { Cell, StudyCell, StudyResults } from "fovea/compare" */

const root = join(import.meta.dirname, "..");
const RESULTS = join(root, "studies/credit/results");
const FIGURES = join(root, "docs/images/study");
/** The row that bounds what is possible. */
const CEILING = "oracle verdict";

/**
 * Git's hash of the sources at a commit; the commit where it is not in this checkout.
 *
 * @param {string | null} commit
 */
function sourceAt(commit) {
  if (commit === null) return "unknown";
  try {
    const words = ["rev-parse", "--verify", "--quiet", `${commit}:src`];
    return execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  } catch {
    return commit;
  }
}

/**
 * Where a cell ran.
 *
 * @param {CellStore} store
 * @param {Cell} cell
 */
function environmentOf(store, cell) {
  const directory = cell.isTrained ? store.runDirectory(cell) : store.warmStart(cell);
  const file = join(directory, "environment.json");
  const { commit, hasUncommittedChanges, node, cpu, packages } = JSON.parse(readFileSync(file, "utf8"));
  if (hasUncommittedChanges) {
    throw new DataError(`${file}: expected a run of committed sources, got one with uncommitted changes`);
  }
  return { source: sourceAt(commit), commit: commit ?? "unknown", node, cpu, packages };
}

/**
 * What a cell comes to.
 *
 * @param {CellStore} store
 * @param {Cell} cell
 * @param {Readonly<Record<string, { readonly value: number }>>} measured
 * @returns {StudyCell}
 */
function studyCell(store, cell, measured) {
  const { labels, seed, isTrained } = cell;
  /** @param {number} value */
  const short = (value) => (Number.isFinite(value) ? Number(value.toPrecision(8)) : null);
  const values = Object.fromEntries(
    Object.entries(measured).map(([name, { value }]) => [name, short(value)]),
  );
  const key = cellKey(cell);
  if (!isTrained) return { labels, seed, isTrained, key, values };
  const curve = validationCurve(join(store.runDirectory(cell), "metrics.jsonl"));
  const seconds = store.trainingSeconds(cell);
  return {
    labels,
    seed,
    isTrained,
    key,
    values,
    ...(curve.length > 0 && {
      curve: curve.map(({ iteration, tokens, accuracy }) => [iteration, tokens, accuracy]),
    }),
    ...(seconds !== undefined && { seconds: Math.round(seconds) }),
  };
}

/**
 * The results of one grid, of the cells that have run.
 *
 * @param {string} directory
 * @param {string} file
 * @returns {Promise<StudyResults>}
 */
async function resultsOf(directory, file) {
  const grid = readGrid(await readConfigFile(file));
  const store = new CellStore(directory);
  const found = grid.cells.flatMap((cell) => {
    const result = knownResult(cell, { store, measures: grid.measures });
    return result === undefined ? [] : [{ cell, measured: result.measured }];
  });
  const places = found.map(({ cell }) => ({
    name: cellName(cell),
    environment: environmentOf(store, cell),
  }));
  const baseline = grid.cells.find(({ isTrained }) => isTrained)?.labels;
  return {
    version: 1,
    grid: basename(file).replace(/\.ya?ml$/, ""),
    world: grid.cells[0]?.config.data.kind ?? "none",
    baseline: grid.baseline && baseline ? (grid.baseline.of(baseline) ?? null) : null,
    units: Object.fromEntries(grid.measures.map(({ name, unit }) => [name, unit])),
    missing: grid.cells.length - found.length,
    environment: oneEnvironment(places, file),
    cells: found.map(({ cell, measured }) => studyCell(store, cell, measured)),
  };
}

/**
 * @param {string} directory
 * @param {readonly string[]} files
 */
async function writeResults(directory, files) {
  mkdirSync(RESULTS, { recursive: true });
  for (const file of files) {
    const results = await resultsOf(directory, file);
    const path = join(RESULTS, `${results.grid}.json`);
    if (existsSync(path)) requireSameGrid(parseResults(readFileSync(path, "utf8"), path), results, path);
    writeFileSync(path, resultsText(results));
    console.log(`${path}: ${results.cells.length} cells, ${results.missing} missing`);
  }
}

/** @param {readonly string[]} files */
function drawFigures(files) {
  mkdirSync(FIGURES, { recursive: true });
  for (const file of files) {
    const results = parseResults(readFileSync(file, "utf8"), file);
    const [measure] = Object.keys(results.units);
    const baseline = results.baseline && Object.values(results.baseline).join(", ");
    if (measure === undefined || baseline === null) {
      throw new DataError(`${file}: expected a grid with a measure and a baseline, got none`);
    }
    const hasCeiling = results.cells.some(({ labels }) => Object.values(labels).join(", ") === CEILING);
    const view = { measure, baseline, ...(hasCeiling && { ceiling: CEILING }) };
    writeFileSync(join(FIGURES, `${results.grid}.svg`), studyFigure(results, view));
    writeFileSync(join(RESULTS, `${results.grid}.md`), studyTable(results, view));
    console.log(join(FIGURES, `${results.grid}.svg`));
  }
}

const [what, ...words] = process.argv.slice(2);
try {
  const [directory, ...grids] = words;
  if (what === "results" && directory !== undefined && grids.length > 0) await writeResults(directory, grids);
  else if (what === "figures") {
    const all = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => name.endsWith(".json")) : [];
    const files = words.length > 0 ? words : all.map((name) => join(RESULTS, name));
    if (files.length === 0) throw new DataError(`${RESULTS}: expected files of results, got none`);
    drawFigures(files);
  } else {
    console.error(
      "usage: node scripts/study.mjs results <directory> <grid.yaml> … | figures [<results.json> …]",
    );
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
