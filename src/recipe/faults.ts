/**
 * @module
 * Names in a recipe that do not exist: presets, settings, rows, columns, benchmarks, data sets.
 */
import { AVERAGE, readMeasures } from "../compare/index.ts";
import { findPreset, resolveConfig } from "../config/index.ts";
import { ConfigError } from "../errors/index.ts";
import type { Settings } from "../parts/index.ts";
import { benchmarkFault } from "./benchmark-fault.ts";
import { printedByColumn } from "./printed.ts";
import type { DigitsScale, Paper, Recipe, RunsRecipe, SettingsRecipe } from "./schema.ts";
import { settingOf } from "./settings-table.ts";

interface Surroundings {
  readonly paper: Paper;
  readonly digits: DigitsScale;
}

/** The message of the configuration error that a check throws, if any. */
function faultOf(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return [error.message];
    throw error;
  }
}

/** Everything that is wrong in a recipe whose form is right, by key. */
export function recipeFaults(recipe: Recipe, surroundings: Surroundings): string[] {
  return recipe.kind === "settings" ? settingFaults(recipe) : runFaults(recipe, surroundings);
}

function settingFaults({ rows }: SettingsRecipe): string[] {
  return rows.flatMap((row, r) => faultOf(() => settingOf(row)).map((fault) => `rows.${r}: ${fault}`));
}

function runFaults(recipe: RunsRecipe, { paper, digits }: Surroundings): string[] {
  const { rows, columns } = recipe;
  const names = rows.map(({ name }) => name);
  const faults: string[] = [];
  const say = (key: string, found: readonly string[]) =>
    faults.push(...found.map((fault) => `${key}: ${fault}`));
  const expect = (key: string, known: readonly string[], name: string | undefined) => {
    if (name !== undefined && !known.includes(name)) {
      faults.push(`${key}: expected one of ${known.join(", ")}, got "${name}"`);
    }
  };
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) faults.push(`rows: "${twice}" twice`);
  for (const [c, { benchmark, measure, name }] of columns.entries()) {
    const fault = benchmark === undefined ? undefined : benchmarkFault(benchmark);
    if (fault !== undefined) faults.push(`columns.${c}.benchmark: ${fault}`);
    if (measure)
      say(
        `columns.${c}.measure`,
        faultOf(() => readMeasures({ [name]: measure })),
      );
  }
  for (const [r, row] of rows.entries()) {
    const key = `rows.${r}`;
    const ways = [row.start, row.preset, row.reported].filter((way) => way !== undefined);
    if (ways.length !== 1)
      faults.push(`${key}: expected one of start, preset and reported, got ${ways.length}`);
    expect(`${key}.over`, names, row.over);
    expect(`${key}.data`, Object.keys(paper.data), row.data);
    say(
      key,
      faultOf(() => printedByColumn(recipe, row)),
    );
    if (row.preset !== undefined) {
      const { preset, set } = row;
      const base = () => findPreset(preset).settings as Settings;
      say(
        key,
        faultOf(() => resolveConfig({ preset: base(), overrides: set })),
      );
    }
  }
  expect("baseline", names, recipe.baseline);
  expect("data", Object.keys(paper.data), recipe.data);
  if (!("cannot" in recipe.digits)) {
    const known = columns.map(({ name }) => name);
    for (const [measure, column] of Object.entries(recipe.digits.columns)) {
      expect("digits.columns", [...Object.keys(digits.measures), AVERAGE], measure);
      expect(`digits.columns.${measure}`, known, column ?? undefined);
    }
    for (const name of Object.keys(recipe.digits.set)) expect("digits.set", names, name);
    for (const name of Object.keys(recipe.digits.leaveOut)) expect("digits.leaveOut", names, name);
  }
  return faults;
}
