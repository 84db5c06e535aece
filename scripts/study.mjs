/**
 * The credit study's results and figures (studies/credit).
 *
 *     node scripts/study.mjs run <directory of the cells> <grid.yaml> [--rows "uniform,at-rl"] [--shard 1/2]
 *     node scripts/study.mjs results <directory of the cells> <grid.yaml> …
 *     node scripts/study.mjs pool <results.json> <grid.yaml>
 *     node scripts/study.mjs figures [<results.json> …]
 *
 * `run` runs the cells of a grid that neither a results file of this source nor the directory has, and leaves seeds that
 * processors of other vector instructions began to such processors. `results` adds the cells of the directory to
 * studies/credit/results/<grid>.json: values, curves, seconds, and where they ran. `pool` adds the cells of a results file
 * that another machine wrote. Both refuse by name a grid that was changed since the file was written, cells of two sources or
 * versions, and a seed of processors that round differently. `figures` draws docs/images/study/<grid>.svg and writes studies/credit/results/<grid>.md from these files,
 * all of them unless some are given, and needs no run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import {
  CellStore,
  cellKey,
  cellName,
  differingPart,
  knownResult,
  namedRows,
  oneEnvironment,
  parseResults,
  pooledResults,
  processorsBySeed,
  readGridFile,
  readShard,
  resultsText,
  roundAlike,
  rowName,
  runGrid,
  seedBySeed,
  seedsByProcessor,
  shardCells,
  studyFigure,
  studyTable,
  validationCurve,
} from "fovea/compare";
import { ConfigError, DataError } from "fovea/errors";
import { describeEnvironment } from "fovea/train";

/** @import { Cell, Grid, StudyCell, StudyEnvironment, StudyResults } from "fovea/compare" */

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
 * Where a cell ran; nothing of weights that no warm start made. A list of one or none.
 *
 * @param {CellStore} store
 * @param {Cell} cell
 */
function placeOf(store, cell) {
  const directory = cell.isTrained ? store.runDirectory(cell) : store.warmStart(cell);
  const file = join(directory, "environment.json");
  if (!cell.isTrained && !existsSync(file)) return [];
  const { commit, hasUncommittedChanges, node, cpu, packages } = JSON.parse(readFileSync(file, "utf8"));
  if (hasUncommittedChanges) {
    throw new DataError(`${file}: expected a run of committed sources, got one with uncommitted changes`);
  }
  const environment = { source: sourceAt(commit), commit: commit ?? "unknown", node, packages };
  return [{ name: cellName(cell), seed: cell.seed, processor: cpu, environment }];
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

/** @param {string} file */
const gridName = (file) => basename(file).replace(/\.ya?ml$/, "");

/**
 * The results of one grid, of the cells that have run.
 *
 * @param {string} directory
 * @param {string} file
 * @param {Grid} grid of the file
 * @returns {StudyResults}
 */
function resultsOf(directory, file, grid) {
  const store = new CellStore(directory);
  const found = grid.cells.flatMap((cell) => {
    const result = knownResult(cell, { store, measures: grid.measures });
    return result === undefined ? [] : [{ cell, measured: result.measured }];
  });
  const places = found.flatMap(({ cell }) => placeOf(store, cell));
  const baseline = grid.cells.find(({ isTrained }) => isTrained)?.labels;
  return {
    version: 2,
    grid: gridName(file),
    world: grid.cells[0]?.config.data.kind ?? "none",
    baseline: grid.baseline && baseline ? (grid.baseline.of(baseline) ?? null) : null,
    units: Object.fromEntries(grid.measures.map(({ name, unit }) => [name, unit])),
    missing: grid.cells.length - found.length,
    environment: oneEnvironment(places, file),
    processors: seedsByProcessor(
      processorsBySeed(
        places.map(({ seed, processor }) => ({ processors: { [processor]: [seed] } })),
        file,
      ),
    ),
    cells: found.map(({ cell, measured }) => studyCell(store, cell, measured)),
  };
}

/**
 * The file of a grid's results and what it holds; undefined where nothing has run.
 *
 * @param {string} grid
 */
function recorded(grid) {
  const path = join(RESULTS, `${grid}.json`);
  return { path, before: existsSync(path) ? parseResults(readFileSync(path, "utf8"), path) : undefined };
}

/**
 * What other grids' files hold of this grid's cells, under this grid's labels. Cells of another source or version are left
 * out, and cells of a seed that ran on processors that round differently: they cannot be paired with this grid's by seed.
 *
 * @param {Grid} grid
 * @param {string} name of the grid
 * @param {Omit<StudyEnvironment, "commits">} here
 * @param {(seed: number, processor: string) => boolean} fits
 * @returns {{ name: string, results: StudyResults }[]} one a file, each with its environment
 */
function ofOtherGrids(grid, name, here, fits) {
  const measures = grid.measures.map((measure) => measure.name);
  const labels = new Map(grid.cells.map((cell) => [cellKey(cell), cell.labels]));
  return readdirSync(RESULTS)
    .filter((file) => file.endsWith(".json") && file !== `${name}.json`)
    .map((file) => ({
      file,
      found: parseResults(readFileSync(join(RESULTS, file), "utf8"), join(RESULTS, file)),
    }))
    .filter(({ found }) => differingPart(found.environment, here) === undefined)
    .map(({ file, found }) => {
      const bySeed = processorsBySeed([found], file);
      const cells = found.cells.flatMap((cell) => {
        const own = labels.get(cell.key);
        const isMeasured = !cell.isTrained || measures.every((measure) => measure in cell.values);
        const [processor] = bySeed.get(cell.seed) ?? [];
        const isPaired = processor !== undefined && fits(cell.seed, processor);
        return own !== undefined && isMeasured && isPaired ? [{ ...cell, labels: own }] : [];
      });
      const seeds = new Map(cells.map(({ seed }) => [seed, bySeed.get(seed) ?? new Set()]));
      return { name: file, results: { ...found, processors: seedsByProcessor(seeds), cells } };
    })
    .filter(({ results }) => results.cells.length > 0);
}

/**
 * Writes results with those that the grid's file has.
 *
 * @param {Grid} grid
 * @param {readonly { name: string, results: StudyResults }[]} found the newest last
 * @param {string} path of the grid's file
 */
function writePooled(grid, found, path) {
  const pooled = pooledResults(found, path);
  const ran = new Set(pooled.cells.map(cellName));
  const missing = grid.cells.filter((cell) => !ran.has(cellName(cell))).length;
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(path, resultsText({ ...pooled, missing }));
  console.log(`${path}: ${pooled.cells.length} cells, ${missing} missing`);
}

/**
 * Whether a processor can run cells that are paired with the ones of a seed.
 *
 * @param {StudyResults[]} files
 */
const pairing = (...files) => {
  const known = processorsBySeed(files, RESULTS);
  return (/** @type {number} */ seed, /** @type {string} */ processor) => {
    const [other = processor] = known.get(seed) ?? [];
    return roundAlike(other, processor);
  };
};

/**
 * @param {string} directory
 * @param {readonly string[]} files
 */
async function writeResults(directory, files) {
  for (const file of files) {
    const grid = await readGridFile(file);
    const results = resultsOf(directory, file, grid);
    const { path, before } = recorded(results.grid);
    const fits = pairing(...(before === undefined ? [] : [before]), results);
    const others = ofOtherGrids(grid, results.grid, results.environment, fits);
    const parts = others.map(({ name, results: { cells, environment, processors } }) => ({
      name,
      results: { ...results, cells, environment, processors },
    }));
    const earlier = before === undefined ? [] : [{ name: path, results: before }];
    writePooled(grid, [...parts, ...earlier, { name: directory, results }], path);
  }
}

/**
 * @param {string} other a results file of another machine
 * @param {string} file
 */
async function poolWith(other, file) {
  const grid = await readGridFile(file);
  const { path, before } = recorded(gridName(file));
  const results = parseResults(readFileSync(other, "utf8"), other);
  writePooled(
    grid,
    [...(before === undefined ? [] : [{ name: path, results: before }]), { name: other, results }],
    path,
  );
}

/**
 * @param {string} directory
 * @param {string} file
 * @param {{ rows?: string, shard?: string }} options
 */
async function runMissing(directory, file, { rows, shard }) {
  const grid = await readGridFile(file);
  const { path, before } = recorded(gridName(file));
  const { commit, node, cpu, packages } = describeEnvironment();
  const here = { source: sourceAt(commit), node, packages };
  const part = before && differingPart(before.environment, here);
  if (before !== undefined && part !== undefined) {
    const [own, other] = [JSON.stringify(here[part]), JSON.stringify(before.environment[part])];
    throw new DataError(`${path}: expected cells of this machine's ${part}, ${own}, got ${other}`);
  }
  const own = before === undefined ? [] : [before];
  const isOurs = pairing(...own);
  const others = ofOtherGrids(
    grid,
    gridName(file),
    here,
    (seed, processor) => roundAlike(processor, cpu) && isOurs(seed, cpu),
  );
  const known = [...others.map(({ results }) => results), ...own];
  const done = new Set(known.flatMap(({ cells }) => cells.map(({ key }) => key)));
  const trained = grid.cells.filter(({ isTrained }) => isTrained);
  const named =
    rows === undefined
      ? undefined
      : namedRows(
          rows,
          trained.map(({ labels }) => rowName(labels)),
        );
  const missing = seedBySeed(grid.cells)
    .filter((cell) => !done.has(cellKey(cell)))
    .filter(({ labels, isTrained }) => !isTrained || (named?.has(rowName(labels)) ?? true));
  const ours = missing.filter(({ seed }) => isOurs(seed, cpu));
  const cells = shard === undefined ? ours : shardCells(ours, readShard(shard));
  const left = missing.length - ours.length;
  const words =
    left === 0 ? "" : `, ${left} left to processors with the vector instructions that their seeds began with`;
  console.log(`${cells.length} cells to run on ${cpu}, ${done.size} recorded${words}`);
  await runGrid({
    cells,
    measures: grid.measures,
    store: new CellStore(directory),
    onCell: (cell, result) => {
      const values = Object.entries(result?.measured ?? {}).map(
        ([name, { value }]) => `${name} ${value.toPrecision(5)}`,
      );
      console.log(new Date().toISOString(), cellName(cell), ...values);
    },
  });
}

/** @param {readonly string[]} files */
function drawFigures(files) {
  mkdirSync(FIGURES, { recursive: true });
  for (const file of files) {
    const results = parseResults(readFileSync(file, "utf8"), file);
    const [measure] = Object.keys(results.units);
    const baseline = results.baseline && rowName(results.baseline);
    if (measure === undefined || baseline === null) {
      throw new DataError(`${file}: expected a grid with a measure and a baseline, got none`);
    }
    const hasCeiling = results.cells.some(({ labels }) => rowName(labels) === CEILING);
    const view = { measure, baseline, ...(hasCeiling && { ceiling: CEILING }) };
    writeFileSync(join(FIGURES, `${results.grid}.svg`), studyFigure(results, view));
    writeFileSync(join(RESULTS, `${results.grid}.md`), studyTable(results, view));
    console.log(join(FIGURES, `${results.grid}.svg`));
  }
}

const USAGE =
  "usage: node scripts/study.mjs run <directory> <grid.yaml> [--rows names] [--shard 1/2] | " +
  "results <directory> <grid.yaml> … | pool <results.json> <grid.yaml> | figures [<results.json> …]";

/** The words of the command, and the options of `run`. */
function readWords() {
  try {
    const options = /** @type {const} */ ({ rows: { type: "string" }, shard: { type: "string" } });
    const { positionals, values } = parseArgs({ options, allowPositionals: true });
    const [what, ...words] = positionals;
    const [given] = Object.keys(values);
    if (given !== undefined && what !== "run") {
      throw new ConfigError(`--${given}: expected it with run, got it with ${what ?? "no command"}`);
    }
    return { what, words, values };
  } catch (error) {
    throw error instanceof TypeError ? new ConfigError(error.message, { cause: error }) : error;
  }
}

try {
  const { what, words, values } = readWords();
  const [directory, ...grids] = words;
  const [grid] = grids;
  if (what === "run" && directory !== undefined && grid !== undefined)
    await runMissing(directory, grid, values);
  else if (what === "results" && directory !== undefined && grid !== undefined)
    await writeResults(directory, grids);
  else if (what === "pool" && directory !== undefined && grid !== undefined) await poolWith(directory, grid);
  else if (what === "figures") {
    const all = existsSync(RESULTS) ? readdirSync(RESULTS).filter((name) => name.endsWith(".json")) : [];
    const files = words.length > 0 ? words : all.map((name) => join(RESULTS, name));
    if (files.length === 0) throw new DataError(`${RESULTS}: expected files of results, got none`);
    drawFigures(files);
  } else throw new ConfigError(USAGE);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
