import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { RECIPES, readRecipe, recipeNames } from "./read-recipe.ts";

const RECIPE = `
title: A table
item: Table 1
compares: two runs
data: Digits
columns: [{ name: MathVista, benchmark: mathvista }]
rows:
  - { name: start, start: true, printed: [1] }
  - { name: GRPO, preset: grpo-vicra, set: { credit: uniform }, printed: [2] }
baseline: start
digits: { columns: { accuracy: MathVista } }
`;

/** A directory with one recipe, \`own/table-1\`. */
function directoryWith(recipe: string): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "own"));
  cpSync(join(RECIPES, "digits.yaml"), join(directory, "digits.yaml"));
  writeFileSync(
    join(directory, "own", "paper.yaml"),
    "title: Own\nsource: here\nprotocol: none\nevaluation: {}\ndata: { Digits: { problems: 10 } }\n",
  );
  writeFileSync(join(directory, "own", "table-1.yaml"), recipe);
  return directory;
}

const reading = (recipe: string) => () => readRecipe("own/table-1", directoryWith(recipe));

describe("readRecipe", () => {
  test("reads a recipe of any directory", () => {
    const directory = directoryWith(RECIPE);
    expect(recipeNames(directory)).toEqual(["own/table-1"]);
    const { recipe, paper } = readRecipe("own/table-1", directory);
    expect(recipe).toMatchObject({ kind: "runs", seeds: 1, baseline: "start" });
    expect(paper.data).toEqual({ Digits: { problems: 10 } });
  });

  test("an unknown name is answered with the nearest", () => {
    expect(() => readRecipe("vicra/tabel-1")).toThrow('got "vicra/tabel-1"; did you mean vicra/table-1?');
  });

  test.each([
    [
      "an unknown key",
      RECIPE.replace("compares:", "compare: x\ncompares:"),
      /own\/table-1\.yaml: unknown key "compare"/,
    ],
    [
      "a value of the wrong type",
      RECIPE.replace("baseline: start", "baseline: 3"),
      /table-1\.yaml: baseline: /,
    ],
    ["no YAML", "rows: [", /table-1\.yaml: /],
    [
      "an unknown preset",
      RECIPE.replace("grpo-vicra", "grpo-vicar"),
      /rows\.1: --preset: .*did you mean grpo-vicra\?/,
    ],
    [
      "an unknown setting",
      RECIPE.replace("credit: uniform", "credti: uniform"),
      /rows\.1: unknown key credti; did you mean credit\?/,
    ],
    [
      "an unknown benchmark",
      RECIPE.replace("mathvista }", "mathvita }"),
      /columns\.0\.benchmark: expected one of fovea benchmarks, got "mathvita"; did you mean mathvista/,
    ],
    [
      "too few printed cells",
      RECIPE.replace("[2]", "[]"),
      /rows\.1: row "GRPO": expected 1 printed cells.*got 0/,
    ],
    [
      "an unknown printed column",
      RECIPE.replace("[2]", "{ MathVistas: 2 }"),
      /rows\.1: row "GRPO": printed: expected columns MathVista/,
    ],
    [
      "a baseline that is no row",
      RECIPE.replace("baseline: start", "baseline: begin"),
      /baseline: expected one of start, GRPO, got "begin"/,
    ],
    [
      "data of no name",
      RECIPE.replace("data: Digits", "data: Digit"),
      /data: expected one of Digits, got "Digit"/,
    ],
    [
      "a row that is nothing",
      RECIPE.replace("start: true, ", ""),
      /rows\.0: expected one of start, preset and reported, got 0/,
    ],
    ["a row twice", RECIPE.replace("name: GRPO", "name: start"), /rows: "start" twice/],
    [
      "a measure that digits scale does not have",
      RECIPE.replace("accuracy: MathVista", "acuracy: null"),
      /digits\.columns: expected one of accuracy, /,
    ],
  ])("names file and key of %s", (_, recipe, message) => {
    expect(reading(recipe)).toThrow(message);
  });

  test("names a setting that a preset does not have", () => {
    const settings = (key: string) =>
      `kind: settings\ntitle: A table\nitem: Table 2\nrows: [{ name: rate, preset: grpo-vicra, key: ${key}, printed: 1e-6 }]\n`;
    expect(reading(settings("train.learningRate"))).not.toThrow();
    expect(reading(settings("train.learnRate"))).toThrow(
      /table-1\.yaml: rows\.0: key: preset grpo-vicra has no setting/,
    );
  });
});
