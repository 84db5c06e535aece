/**
 * @module
 * From the rows of a recipe to cells: at the paper's own scale, or carried over to the built-in task.
 */
import { type Cell, cellKey, type Measure, measuredCells, readMeasures } from "../compare/index.ts";
import { type ConfigInput, findPreset, flagSettings, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { isSettings, type Settings } from "../parts/index.ts";
import type { DigitsScale, RecipeRow, RunsRecipe } from "./schema.ts";

/** The one axis of a recipe's grid. */
export const ROW_AXIS = "row";

/** A row that nothing runs for, and why. */
export interface LeftOutRow {
  readonly name: string;
  readonly reason: string;
}

/** The runs of a recipe and their measures. */
export interface RecipeGrid {
  readonly cells: readonly Cell[];
  readonly measures: readonly Measure[];
  /** Printed column beside each measure, by the measure's name. */
  readonly beside: ReadonlyMap<string, string>;
  readonly leftOut: readonly LeftOutRow[];
  /** Printed columns that nothing is measured for, and why. */
  readonly unmeasured: readonly LeftOutRow[];
}

/** Settings of the command line for every row. */
export interface GivenSettings {
  /** `--set` flags: they count for every row, over the row's own settings. */
  readonly flags: readonly string[];
  /** Settings from other flags, such as the engine. */
  readonly settings: Settings;
  /** Seeds in place of the recipe's. */
  readonly seeds?: readonly number[] | undefined;
}

/** Settings of runs at the paper's scale. */
export interface PaperScale extends GivenSettings {
  /** Places of data sets by their names in the recipe. */
  readonly data: ReadonlyMap<string, string>;
  /** The paper's protocol, as settings of `evaluation`. */
  readonly evaluation: Settings;
  /** Only to be counted: data sets need no place. */
  readonly isPlan: boolean;
}

const presetOf = (row: RecipeRow): Settings =>
  row.preset === undefined ? {} : (findPreset(row.preset).settings as Settings);

/** Why a row cannot run at all; undefined where it can. */
function reasonOf(row: RecipeRow): string | undefined {
  return row.reported === undefined ? undefined : `nothing runs for it: ${row.reported}`;
}

/** Settings by which a model is asked, of which a row before training has none of its own. */
const OF_ASKING = ["prompt", "sampling"];

/**
 * Settings by which a row before training is asked: the same prompt with as many tokens as a trained row. That is the first row
 * that is compared with it, else the first of all.
 */
function askedLike(row: RecipeRow, rows: readonly RecipeRow[]): Settings[] {
  const trained = rows.filter(({ preset, start }) => preset !== undefined && start === undefined);
  const like = trained.find(({ over }) => over === row.name) ?? trained[0];
  if (row.start === undefined || row.preset !== undefined || like === undefined) return [];
  return [...carriedOver(presetOf(like), OF_ASKING), ...carriedOver(like.set, OF_ASKING)];
}

/** Settings of the command line for a run, above all other layers. */
function givenLayers({ settings, flags }: GivenSettings, seed: number): Settings[] {
  return [settings, flagSettings(flags), { train: { seed } }];
}

function cellsOf(
  row: RecipeRow,
  seeds: readonly number[],
  configs: (seed: number) => Pick<Cell, "config" | "start">,
): Cell[] {
  return seeds.map((seed) => ({
    labels: { [ROW_AXIS]: row.name },
    seed,
    ...configs(seed),
    isTrained: row.start === undefined,
  }));
}

/**
 * Rows whose runs `--set` has made the same, which a table of them would show as if they differed.
 *
 * @throws ConfigError naming two of them
 */
function checkDistinct(cells: readonly Cell[], flags: readonly string[], without: () => RecipeGrid): void {
  if (flags.length === 0) return;
  const own = without().cells.map(cellKey);
  const rowOf = (i: number) => cells[i]!.labels[ROW_AXIS];
  const first = new Map<string, number>();
  for (const [i, cell] of cells.entries()) {
    const before = first.get(cellKey(cell));
    if (before === undefined) first.set(cellKey(cell), i);
    else if (own[before] !== own[i]) {
      const set = flags.map((flag) => `--set ${flag}`).join(" ");
      throw new ConfigError(`${set}: makes rows "${rowOf(before)}" and "${rowOf(i)}" the same run`);
    }
  }
}

/**
 * The runs that the paper made.
 *
 * @throws ConfigError naming data sets whose place is not known
 */
export function paperGrid(recipe: RunsRecipe, scale: PaperScale): RecipeGrid {
  const missing = new Set<string>();
  const seeds = scale.seeds ?? [...Array(recipe.seeds).keys()];
  const leftOut: LeftOutRow[] = [];
  const cells = recipe.rows.flatMap((row) => {
    const reason = reasonOf(row);
    if (reason !== undefined) {
      leftOut.push({ name: row.name, reason });
      return [];
    }
    const data = row.data ?? recipe.data;
    const place = data === undefined ? undefined : scale.data.get(data);
    if (row.start === undefined && data !== undefined && place === undefined) missing.add(data);
    const model = row.model ?? recipe.model;
    const own: Settings = {
      ...(model !== undefined && { model }),
      ...(place !== undefined && { data: place }),
    };
    return cellsOf(row, seeds, (seed) => ({
      config: resolveConfig({
        preset: presetOf(row),
        file: own,
        overrides: [...askedLike(row, recipe.rows), row.set, ...givenLayers(scale, seed)],
      }),
    }));
  });
  if (missing.size > 0 && !scale.isPlan) {
    const flags = [...missing].map((name) => `--data "${name}=PATH"`).join(" ");
    throw new ConfigError(`the recipe trains on ${[...missing].join(", ")}: expected ${flags}`);
  }
  checkDistinct(cells, scale.flags, () => paperGrid(recipe, { ...scale, flags: [], isPlan: true }));
  const { measures: named, unmeasured } = paperMeasures(recipe, scale.evaluation);
  const measures = readMeasures(named);
  return {
    cells: measuredCells(cells, measures),
    measures,
    beside: new Map(Object.keys(named).map((name) => [name, name])),
    leftOut,
    unmeasured,
  };
}

/** The measure of each printed column, and the columns without a measure. */
function paperMeasures({ columns, evaluation: own }: RunsRecipe, evaluation: Settings) {
  const measures: Record<string, Settings> = {};
  const unmeasured: LeftOutRow[] = [];
  for (const { name, benchmark, metric, measure, average, unmeasured: why } of columns) {
    if (measure !== undefined) measures[name] = measure;
    else if (benchmark !== undefined) {
      const config = { evaluation: { ...evaluation, ...own } };
      measures[name] = { kind: "evaluation", benchmark, config, ...(metric !== undefined && { metric }) };
    } else if (average === undefined) {
      unmeasured.push({ name, reason: why ?? "no measure of Fovea gives it" });
    }
  }
  return { measures, unmeasured };
}

function valueAt(settings: Settings, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, step) => (isSettings(value) ? value[step] : undefined), settings);
}

/** The settings of a preset that are carried over to another scale. */
function carriedOver(preset: ConfigInput | Settings, keys: readonly string[]): Settings[] {
  return keys.flatMap((key): Settings[] => {
    const path = key.split(".");
    const value = valueAt(preset as Settings, path);
    if (value === undefined) return [];
    return [path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Settings];
  });
}

/**
 * The same design on the built-in task: each row's objective, credit and updates on the small model's data and schedule.
 *
 * @throws ConfigError with the reason when the design cannot run there
 */
export function digitsGrid(recipe: RunsRecipe, scale: DigitsScale, given: GivenSettings): RecipeGrid {
  const { digits } = recipe;
  if ("cannot" in digits) throw new ConfigError(`not at digits scale: ${digits.cannot}`);
  const seeds = given.seeds ?? digits.seeds ?? scale.seeds;
  const leftOut: LeftOutRow[] = [];
  const cells = recipe.rows.flatMap((row) => {
    const reason = digits.leaveOut[row.name] ?? reasonOf(row);
    if (reason !== undefined) {
      leftOut.push({ name: row.name, reason });
      return [];
    }
    return cellsOf(row, seeds, (seed) => {
      const settings = {
        preset: findPreset(scale.preset).settings as Settings,
        file: scale.config,
      };
      const own = [...carriedOver(presetOf(row), scale.carried), row.set, digits.set[row.name] ?? {}];
      return {
        config: resolveConfig({ ...settings, overrides: [...own, ...givenLayers(given, seed)] }),
        // Other data of a row are learnt from by reinforcement alone: all rows begin alike.
        start: resolveConfig({ ...settings, overrides: givenLayers(given, seed) }),
      };
    });
  });
  checkDistinct(cells, given.flags, () => digitsGrid(recipe, scale, { ...given, flags: [] }));
  const chosen = Object.entries(digits.columns);
  const named = chosen.flatMap(([name]) =>
    scale.measures[name] ? [[name, scale.measures[name]] as const] : [],
  );
  return {
    // By all measures of the scale, so that recipes with different measures share cells.
    cells: measuredCells(cells, readMeasures(scale.measures)),
    measures: readMeasures(Object.fromEntries(named)),
    beside: new Map(chosen.flatMap(([name, column]) => (column === null ? [] : [[name, column]]))),
    leftOut,
    unmeasured: [],
  };
}
