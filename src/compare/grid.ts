/**
 * @module
 * A grid of runs: axes over one configuration, and seeds. Everything in a grid but its axes is the same in all of its cells;
 * algorithm and credit method are axes like others.
 */
import * as z from "zod";
import { findPreset, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import { nearestName, type Settings } from "../parts/index.ts";
import { type Axis, type AxisValue, axisSchema, readAxis } from "./axis.ts";
import { type Baseline, sameBut } from "./baseline.ts";
import { type Cell, measuredCells, startKey } from "./cell.ts";
import type { Measure } from "./measure.ts";
import { readMeasures } from "./measures/registry.ts";

const settings = z.record(z.string(), z.unknown());
const labels = z.record(z.string(), z.string());

const gridSchema = z
  .strictObject({
    preset: z.string().optional().describe("Settings to begin with, by name."),
    config: settings
      .default({})
      .describe(
        "Settings of every cell, which override the preset; in a file, also the path of a configuration file.",
      ),
    axes: z
      .record(z.string().min(1), axisSchema)
      .default({})
      .describe(
        "Values by key: a dotted key of the configuration such as credit or train.groupSize, preset, or config for whole settings; a list, or values by name.",
      ),
    seeds: z
      .array(
        z
          .int()
          .min(0)
          .max(2 ** 32 - 1),
      )
      .min(1)
      .default([0, 1, 2])
      .describe("Values of train.seed; tables are means over them."),
    measures: z
      .record(z.string().min(1), settings)
      .default({ accuracy: {} })
      .describe("Measures by the name of their column; default: accuracy by the evaluation settings."),
    baseline: labels
      .optional()
      .describe(
        "Values of axes, such as { credit: uniform }: every other cell is compared with the cell that differs in these axes alone.",
      ),
    averages: z.array(z.string()).default([]).describe("Axes over whose values rows of means are added."),
    pairing: z
      .enum(["auto", "seeds", "problems"])
      .default("auto")
      .describe(
        "Unit of intervals and tests: seeds, for statements about retraining; problems, for statements about these weights only; auto uses seeds if there are at least three.",
      ),
    start: z.boolean().default(true).describe("Measure the weights that learning begins with too."),
  })
  .describe("A grid of runs to compare.");

/** How intervals and tests run. */
export type Pairing = "seeds" | "problems";

/** The content of a grid file. */
export interface Grid {
  /** Keys of the axes, in the order of their columns. */
  readonly axes: readonly string[];
  readonly cells: readonly Cell[];
  readonly measures: readonly Measure[];
  readonly baseline?: Baseline;
  readonly averages: readonly string[];
  readonly pairing: Pairing;
}

/** Seeds from which on intervals run over them. */
const ENOUGH_SEEDS = 3;

/** The unit of pairing for so many seeds, unless a grid names one. */
export function pairingOf(seeds: number): Pairing {
  return seeds < ENOUGH_SEEDS ? "problems" : "seeds";
}

/**
 * The grid that a file describes: its cells in the order of the axes, seeds innermost, cells of starting weights
 * first.
 *
 * @param grid as a file says it
 * @throws ConfigError naming every cell whose configuration is impossible
 */
export function readGrid(grid: Settings): Grid {
  if (Object.keys(grid).length === 0)
    throw new ConfigError("grid: expected axes, a preset or a config, got nothing");
  const parsed = parseGrid(grid);
  const axes = Object.entries(parsed.axes).map(([key, values]) => readAxis(key, values));
  if (parsed.preset !== undefined && "preset" in parsed.axes) {
    throw new ConfigError("grid.preset: expected it or grid.axes.preset, got both");
  }
  checkLabels(axes, parsed.baseline ?? {});
  checkAverages(axes, parsed.averages);
  const { seeds } = parsed;
  const twice = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (twice !== undefined) throw new ConfigError(`grid.seeds: expected each seed once, got ${twice} twice`);
  const trained = trainedCells(axes, parsed);
  const measures = readMeasures(parsed.measures);
  return {
    axes: axes.map(({ key }) => key),
    cells: measuredCells([...(parsed.start ? startCells(axes, trained) : []), ...trained], measures),
    measures,
    ...(parsed.baseline && { baseline: sameBut(parsed.baseline) }),
    averages: parsed.averages,
    pairing: parsed.pairing === "auto" ? pairingOf(seeds.length) : parsed.pairing,
  };
}

/** Every combination of the axes' values, the last axis innermost. */
function combinations(axes: readonly Axis[]): AxisValue[][] {
  return axes.reduce<AxisValue[][]>(
    (combined, { values }) => combined.flatMap((before) => values.map((value) => [...before, value])),
    [[]],
  );
}

function trainedCells(
  axes: readonly Axis[],
  { preset, config, seeds }: Pick<z.output<typeof gridSchema>, "preset" | "config" | "seeds">,
): Cell[] {
  const base = preset === undefined ? {} : (findPreset(preset).settings as Settings);
  const wrong: string[] = [];
  const cells = combinations(axes).flatMap((values) => {
    try {
      return seeds.map((seed): Cell => {
        const over = values.flatMap((value): Settings[] => (value.over === undefined ? [] : [value.over]));
        const own = resolveConfig({
          preset: values.find(({ base }) => base !== undefined)?.base ?? base,
          file: config,
          overrides: [...over, { train: { seed } }],
        });
        const labels = Object.fromEntries(values.map(({ label }, i) => [axes[i]!.key, label]));
        return { labels, seed, config: own, isTrained: true };
      });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      wrong.push(`${values.map(({ label }) => label).join(" x ") || "the configuration"}: ${error.message}`);
      return [];
    }
  });
  if (wrong.length > 0) throw new ConfigError(`grid:\n${wrong.join("\n")}`);
  return cells;
}

/**
 * Cells of the weights that learning begins with, one for each of these and seed. On an axis whose values all begin alike they
 * have no value; where some begin alike, the names of these.
 */
function startCells(axes: readonly Axis[], trained: readonly Cell[]): Cell[] {
  const starts = new Map<string, Cell[]>();
  for (const cell of trained) {
    const key = `${cell.seed} ${startKey(cell)}`;
    starts.set(key, [...(starts.get(key) ?? []), cell]);
  }
  return [...starts.values()].map((cells): Cell => {
    const { seed, config } = cells[0]!;
    const labels = axes.flatMap(({ key, values }): [string, string][] => {
      const own = new Set(cells.map((cell) => cell.labels[key]));
      return own.size === values.length ? [] : [[key, [...own].join(", ")]];
    });
    return { labels: Object.fromEntries(labels), seed, config, isTrained: false };
  });
}

function checkLabels(axes: readonly Axis[], baseline: Readonly<Record<string, string>>): void {
  for (const [key, label] of Object.entries(baseline)) {
    const axis = axes.find((one) => one.key === key);
    if (axis === undefined) {
      throw new ConfigError(`grid.baseline: expected axes of the grid, ${axisNames(axes)}, got "${key}"`);
    }
    const known = axis.values.map((value) => value.label);
    if (!known.includes(label)) {
      throw new ConfigError(`grid.baseline.${key}: expected one of ${known.join(", ")}, got "${label}"`);
    }
  }
}

function checkAverages(axes: readonly Axis[], averages: readonly string[]): void {
  const odd = averages.find((key) => axes.every((axis) => axis.key !== key));
  if (odd !== undefined) {
    throw new ConfigError(`grid.averages: expected axes of the grid, ${axisNames(axes)}, got "${odd}"`);
  }
}

const axisNames = (axes: readonly Axis[]) => axes.map(({ key }) => key).join(", ") || "which has none";

function parseGrid(grid: Settings): z.output<typeof gridSchema> {
  const parsed = gridSchema.safeParse(grid);
  if (parsed.success) return parsed.data;
  const words = parsed.error.issues.flatMap((issue) => {
    const where = ["grid", ...issue.path].join(".");
    if (issue.code !== "unrecognized_keys") return [`${where}: ${issue.message}`];
    return issue.keys.map((key) => {
      const nearest = nearestName(key, Object.keys(gridSchema.shape));
      return `${where}: unknown key "${key}"${nearest === undefined ? "" : `; did you mean "${nearest}"?`}`;
    });
  });
  throw new ConfigError(words.join("\n"));
}
