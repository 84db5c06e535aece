import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Config, evaluationProtocol } from "../config/index.ts";
import { paperGrid } from "./cells.ts";
import { printedByColumn } from "./printed.ts";
import { readRecipe, recipeNames } from "./read-recipe.ts";
import type { PrintedValue, RunsRecipe } from "./schema.ts";
import { settingLines } from "./settings-table.ts";

type Cell = number | null | { readonly value: number; readonly spread: number };

/** Tables as the texts of the papers have them: fixtures/recipes/record.py. */
const RECORDED = JSON.parse(
  readFileSync(new URL("../../fixtures/recipes/printed.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly { readonly label: string; readonly cells: readonly Cell[] }[]>>;

function runsOf(name: string): RunsRecipe {
  const { recipe } = readRecipe(name);
  if (recipe.kind !== "runs") throw new Error(`${name} has no runs`);
  return recipe;
}

/** A recipe's cells row by row, in the order of its columns. */
const cellsOf = (name: string): PrintedValue[][] => {
  const recipe = runsOf(name);
  return recipe.rows.map((row) => [...printedByColumn(recipe, row).values()]);
};

/** Recorded rows that hold results: headings have numbers too, such as frames and names of models. */
const resultsOf = (name: string) =>
  RECORDED[name]!.filter(
    ({ label, cells }) => !/^(?:Model|Category|Method)$/.test(label) && cells[0] !== 1,
  ).map(({ cells }) => cells);

const transposed = (rows: readonly (readonly Cell[])[]) => rows[0]!.map((_, c) => rows.map((row) => row[c]!));
const columns = (rows: readonly (readonly Cell[])[], kept: readonly number[]) =>
  rows.map((row) => kept.map((c) => row[c]!));

describe("printed numbers equal the papers' tables", () => {
  test.each([
    "vicra/table-2",
    "vicra/table-3",
    "vicra/table-6",
    "vicra/table-8",
    "vicra/table-9",
    "at-rl/table-1",
    "at-rl/table-2",
    "at-rl/table-4",
    "at-rl/table-5",
    "at-rl/table-6",
    "at-rl/table-10",
  ])("%s", (name) => {
    expect(cellsOf(name)).toEqual(resultsOf(name));
  });

  test("vicra/table-1, in which the row of the untrained model occurs twice", () => {
    const printed = resultsOf("vicra/table-1");
    expect(printed[15]).toEqual(printed[7]);
    expect(cellsOf("vicra/table-1")).toEqual(printed.toSpliced(15, 1));
  });

  test("vicra/table-4, three rows as one of 24 columns", () => {
    expect(cellsOf("vicra/table-4")).toEqual([resultsOf("vicra/table-4").flat()]);
  });

  test("vicra/table-10, behind columns of names", () => {
    expect(cellsOf("vicra/table-10")).toEqual(
      columns(
        RECORDED["vicra/table-10"]!.map(({ cells }) => cells),
        [1, 2],
      ),
    );
  });

  test("at-rl/table-3, benchmarks as columns", () => {
    const byModel = transposed(resultsOf("at-rl/table-3")).slice(1);
    expect(cellsOf("at-rl/table-3")).toEqual(byModel);
  });

  test.each(["at-rl/table-7", "at-rl/table-8", "at-rl/table-9"])(
    "%s, without the columns of changes",
    (name) => {
      expect(cellsOf(name)).toEqual(columns(resultsOf(name), [0, 2]));
    },
  );

  test("at-rl/section-13 has the rows of Tables 8 and 9", () => {
    const [start, ...others] = cellsOf("at-rl/section-13");
    const printed = [...resultsOf("at-rl/table-8").slice(1), ...resultsOf("at-rl/table-9").slice(1)];
    expect(start).toEqual(columns(resultsOf("at-rl/table-8"), [0, 2])[0]);
    expect(others).toEqual(columns(printed, [0, 2]));
  });

  test("dyco-rl/table-1 has the averages, and all else is absent", () => {
    const recorded = RECORDED["dyco-rl/table-1"]!;
    expect(runsOf("dyco-rl/table-1").rows.map(({ name }) => name)).toEqual(
      recorded.map(({ label }) => label),
    );
    expect(cellsOf("dyco-rl/table-1").map((cells) => cells.at(-1))).toEqual(
      recorded.map(({ cells }) => cells[0]),
    );
    expect(new Set(cellsOf("dyco-rl/table-1").flatMap((cells) => cells.slice(0, -1)))).toEqual(
      new Set(["absent"]),
    );
  });
});

describe("every recipe", () => {
  const names = recipeNames();

  test("is there, for each table and figure with an experiment", () => {
    const of = (paper: string, what: string, numbers: readonly number[]) =>
      numbers.map((number) => `${paper}/${what}-${number}`);
    const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
    const expected = [
      ...of("dyco-rl", "table", upTo(9)),
      ...of("dyco-rl", "figure", [2, 4, 5]),
      ...of("at-rl", "table", upTo(10)),
      ...of("at-rl", "figure", [3, 4, 5]),
      "at-rl/section-13",
      ...of("vicra", "table", upTo(10)),
      ...of("vicra", "figure", [1, 2, 4, 5]),
      "rivals/one-setting",
      "rivals/own-settings",
    ];
    expect(names.toSorted()).toEqual(expected.toSorted());
  });

  test.each(names)("%s reads, and says which printed numbers are absent", (name) => {
    const { recipe, paper } = readRecipe(name);
    expect(paper.source).not.toBe("");
    if (recipe.kind !== "runs") return;
    if (cellsOf(name).flat().includes("absent")) expect(recipe.absent).toBeDefined();
  });

  test.each(names)("%s runs at digits scale, or says why not", (name) => {
    const { recipe } = readRecipe(name);
    if (recipe.kind !== "runs") return;
    const { digits, rows } = recipe;
    if ("cannot" in digits) return expect(digits.cannot.length).toBeGreaterThan(20);
    const runs = rows.filter(
      ({ name: row, reported }) => reported === undefined && !(row in digits.leaveOut),
    );
    expect(runs.length).toBeGreaterThan(0);
    expect(Object.keys(digits.columns).length).toBeGreaterThan(0);
  });
});

test("settings that a paper prints equal the presets' settings, or a note explains how they are consistent", () => {
  for (const name of recipeNames()) {
    const { recipe } = readRecipe(name);
    if (recipe.kind !== "settings") continue;
    for (const { name: setting, isEqual, means } of settingLines(recipe)) {
      expect(isEqual || means !== undefined, `${name}: ${setting}`).toBe(true);
    }
  }
});

describe("a model before training is asked as the rows trained from it are, at the paper's scale", () => {
  const names = recipeNames().filter((name) => {
    const { recipe } = readRecipe(name);
    return recipe.kind === "runs" && recipe.rows.some(({ start }) => start);
  });
  const asked = ({ config }: { config: Config }) => ({
    prompt: config.prompt,
    tokens: evaluationProtocol(config).maxCompletionTokens,
  });

  test("ten recipes and more have such a row", () => {
    expect(names.length).toBeGreaterThan(10);
  });

  test.each(names)("%s", (name) => {
    const { paper } = readRecipe(name);
    const scale = {
      data: new Map(),
      evaluation: paper.evaluation,
      isPlan: true,
      flags: [],
      settings: {},
      seeds: [0],
    };
    const { cells } = paperGrid(runsOf(name), scale);
    const trained = cells.filter(({ isTrained }) => isTrained).map(asked);
    if (trained.length === 0) return;
    for (const cell of cells.filter(({ isTrained }) => !isTrained))
      expect(trained).toContainEqual(asked(cell));
  });
});
