import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { contrasts, curveDifferences } from "./contrasts.ts";
import { studyFigure, studyTable } from "./figures.ts";
import {
  oneEnvironment,
  parseResults,
  pooledResults,
  requireSameGrid,
  resultsText,
  type StudyCell,
  type StudyResults,
} from "./results.ts";

const cell = (credit: string, seed: number, accuracy: number, over: Partial<StudyCell> = {}): StudyCell => ({
  labels: { credit },
  seed,
  isTrained: true,
  key: `${credit}-${seed}`,
  values: { accuracy },
  curve: [
    [0, 0, 0.4],
    [10, 500, accuracy],
  ],
  ...over,
});

const environment = { source: "abc", commits: ["def"], node: "v20.20.2", packages: {} };

// Uniform 0.50, 0.52, 0.54; the oracle 0.04 over it, a method 0.01, 0.02 and 0.03 over it.
const results: StudyResults = {
  version: 2,
  grid: "digits",
  world: "digits",
  baseline: { credit: "uniform" },
  units: { accuracy: "share" },
  missing: 2,
  environment,
  processors: { "a processor": [0, 1, 2, 7] },
  cells: [
    { labels: {}, seed: 0, isTrained: false, key: "start-0", values: { accuracy: 0.4 } },
    ...[0, 1, 2].flatMap((seed) => [
      cell("uniform", seed, 0.5 + 0.02 * seed),
      cell("oracle verdict", seed, 0.54 + 0.02 * seed),
      cell("vicra", seed, 0.51 + 0.03 * seed),
    ]),
    cell("vicra", 7, 0.9),
  ],
};
const view = { measure: "accuracy", baseline: "uniform", ceiling: "oracle verdict" };

describe("contrasts", () => {
  const [oracle, vicra] = contrasts(results, "accuracy", "uniform", "oracle verdict");

  test("are paired over the seeds that both have", () => {
    expect(oracle).toMatchObject({ name: "oracle verdict", pairs: 3 });
    expect(vicra).toMatchObject({ name: "vicra", pairs: 3 });
    expect(vicra!.estimate).toBeCloseTo(0.02, 12);
    // 0.02 ± 4.303 · 0.01 / √3
    expect(vicra!.low).toBeCloseTo(0.02 - (4.302653 * 0.01) / Math.sqrt(3), 6);
    // t = 0.02 / (0.01 / √3) = 3.46 on two degrees of freedom.
    expect(vicra!.pValue).toBeCloseTo(0.0742, 4);
    expect(vicra!.detectable).toBeCloseTo(((4.302653 + 1.06066) * 0.01) / Math.sqrt(3), 5);
  });

  test("have their place between the zero and the one", () => {
    expect(vicra!.place!.estimate).toBeCloseTo(0.5, 12);
    expect(vicra!.place!.low).toBeLessThan(0.5);
    expect(oracle!.place!.estimate).toBeCloseTo(1, 12);
  });

  test("are adjusted over the table, and the baseline must be there", () => {
    expect(oracle!.pAdjusted).toBeLessThanOrEqual(vicra!.pAdjusted);
    expect(vicra!.pAdjusted).toBeGreaterThanOrEqual(vicra!.pValue);
    expect(() => contrasts(results, "accuracy", "unifrom")).toThrow(
      'baseline: expected one of uniform, oracle verdict, vicra, got "unifrom"',
    );
    expect(() => contrasts(results, "accuracy", "uniform", "at-rl")).toThrow(DataError);
  });

  test("of one pair are no tests, and do not make the p-values of the others greater", () => {
    const withOne = { ...results, cells: [...results.cells, cell("vppo", 0, 0.9)] };
    const found = contrasts(withOne, "accuracy", "uniform", "oracle verdict");
    expect(found.slice(0, 2)).toEqual([oracle, vicra]);
    expect(found[2]).toMatchObject({ name: "vppo", pairs: 1, pAdjusted: 1 });
  });
});

test("curves are differences at each evaluation", () => {
  const [oracle] = curveDifferences(results, "uniform");
  expect(oracle!.points.map(({ iteration }) => iteration)).toEqual([0, 10]);
  expect(oracle!.points[0]!.estimate).toBe(0);
  expect(oracle!.points[1]!.estimate).toBeCloseTo(0.04, 12);
});

describe("a file of results", () => {
  test("is read as it was written, one line a cell", () => {
    const text = resultsText(results);
    expect(parseResults(text, "file")).toEqual(results);
    expect(text.split("\n").filter((line) => line.includes('"seed"'))).toHaveLength(results.cells.length);
  });

  test.each([
    ["no JSON", "{", "expected JSON"],
    ["another version", JSON.stringify({ ...results, version: 1 }), "version"],
    ["a key too many", JSON.stringify({ ...results, more: 1 }), "more"],
    [
      "a cell twice",
      JSON.stringify({ ...results, cells: [results.cells[1], results.cells[1]] }),
      'expected each cell once, got "uniform, seed 0" twice',
    ],
  ])("%s is refused", (_, text, message) => {
    expect(() => parseResults(text, "file")).toThrow(DataError);
    expect(() => parseResults(text, "file")).toThrow(message);
  });

  test("of a grid that was changed midway is refused by the cell's name; more cells are not", () => {
    const more = { ...results, cells: [...results.cells, cell("vppo", 0, 0.5)] };
    expect(() => requireSameGrid(results, more, "file")).not.toThrow();
    const changed = {
      ...results,
      cells: results.cells.map((one) => (one.key === "vicra-1" ? { ...one, key: "vicra-1b" } : one)),
    };
    expect(() => requireSameGrid(results, changed, "file")).toThrow(
      'the grid was changed midway: "vicra, seed 1" was the run vicra-1 and is now vicra-1b',
    );
  });

  test("is of one source and of the same versions; two commits of one source are one", () => {
    const { commits: _commits, ...same } = environment;
    const place = (name: string, over: object = {}) => ({
      name,
      environment: { ...same, commit: "def", ...over },
    });
    expect(oneEnvironment([place("a"), place("b", { commit: "ghi" })], "file")).toEqual({
      ...environment,
      commits: ["def", "ghi"],
    });
    expect(() => oneEnvironment([place("a"), place("b", { source: "xyz" })], "file")).toThrow(
      'expected cells of one source, got "abc" of "a" and "xyz" of "b"',
    );
    expect(() => oneEnvironment([place("a"), place("b", { node: "v24.0.0" })], "file")).toThrow("node");
    expect(() => oneEnvironment([], "file")).toThrow("expected at least one cell");
  });
});

describe("results of several machines", () => {
  const second: StudyResults = {
    ...results,
    environment: { ...environment, commits: ["ghi"] },
    processors: { "another processor": [8] },
    missing: 1,
    cells: [cell("uniform", 8, 0.6), cell("vicra", 8, 0.61)],
  };
  const pool = (...files: StudyResults[]) =>
    pooledResults(
      files.map((one, i) => ({ name: `file ${i}`, results: one })),
      "digits",
    );

  test("are one file in which each seed has its processor", () => {
    const found = pool(results, second);
    expect(found.processors).toEqual({ "a processor": [0, 1, 2, 7], "another processor": [8] });
    expect(found.environment.commits).toEqual(["def", "ghi"]);
    expect(found.cells).toHaveLength(results.cells.length + 2);
    expect(contrasts(found, "accuracy", "uniform").find(({ name }) => name === "vicra")!.pairs).toBe(4);
    expect(studyTable(found, view)).toContain("a processor (seeds 0, 1, 2, 7); another processor (seeds 8)");
  });

  test("have a cell once, with the time of the later file", () => {
    const again = { ...results, cells: [cell("vicra", 7, 0.9, { seconds: 5 })] };
    const cells = pool(results, again).cells.filter(({ key }) => key === "vicra-7");
    expect(cells).toEqual(again.cells);
  });

  test("may have other measures of a cell, in another order", () => {
    const both = { accuracy: 0.9, reading: 0.7 };
    const first = { ...results, cells: [cell("vicra", 7, 0.9, { values: both })] };
    const again = { ...results, cells: [cell("vicra", 7, 0.9, { values: { reading: 0.7, accuracy: 0.9 } })] };
    expect(pool(first, again).cells).toHaveLength(1);
    expect(pool(first, { ...results, cells: [cell("vicra", 7, 0.9)] }).cells).toHaveLength(1);
  });

  test("list a seed under each processor that ran cells of it, where these have the same vector instructions", () => {
    const first = { ...results, processors: { "AMD EPYC, AVX-512": [0, 1, 2, 7] } };
    const other = { ...second, processors: { "Intel Xeon, AVX-512": [7, 8] } };
    expect(pool(first, other).processors).toEqual({
      "AMD EPYC, AVX-512": [0, 1, 2, 7],
      "Intel Xeon, AVX-512": [7, 8],
    });
  });

  test.each([
    [
      "a seed of processors that round differently",
      { ...second, processors: { "another processor": [2] } },
      'got "a processor" and "another processor" for seed 2',
    ],
    [
      "two results of a cell",
      { ...results, cells: [cell("vicra", 7, 0.8)] },
      'expected the same numbers of "vicra, seed 7" each time, got {"values":{"accuracy":0.9}',
    ],
    [
      "two grids",
      { ...second, grid: "bars" },
      'expected one grid, got "digits" of file 0 and "bars" of file 1',
    ],
    [
      "two sources",
      { ...second, environment: { ...environment, source: "xyz" } },
      'expected cells of one source, got "abc" of "file 0" and "xyz" of "file 1"',
    ],
    [
      "a cell that is another run",
      { ...second, cells: [cell("vicra", 1, 0.5, { key: "vicra-1b" })] },
      "the grid was changed midway",
    ],
  ])("are refused with %s", (_, other, message) => {
    expect(() => pool(results, other)).toThrow(DataError);
    expect(() => pool(results, other)).toThrow(message);
  });
});

describe("what is drawn", () => {
  test("is a forest, places without the oracle's own, and curves", () => {
    const svg = studyFigure(results, view);
    expect(svg).toContain("accuracy: difference to uniform");
    expect(svg).toContain("vicra (3)");
    expect(svg).toContain("place between uniform (0) and oracle verdict (1)");
    expect(svg).toContain("validation over the run");
    expect(svg).not.toContain("chance of a label to be true");
    expect(svg).not.toContain("NaN");
  });

  test("is a response where rows are doses", () => {
    const cells = [0, 1, 2].flatMap((seed) => [
      cell("uniform", seed, 0.5),
      cell("0.5", seed, 0.49 + 0.001 * seed),
      cell("0.9", seed, 0.53 + 0.001 * seed),
    ]);
    const svg = studyFigure({ ...results, cells }, { measure: "accuracy", baseline: "uniform" });
    expect(svg).toContain("chance of a label to be true");
    expect(svg).not.toContain("place between");
  });

  test("and described, with the missing results and the smallest differences that could have been shown", () => {
    const table = studyTable(results, view);
    expect(table).toContain("**2 cells of the grid have not run.**");
    expect(table).toMatch(/\| vicra \| 3 \| \+2\.00 \(-0\.48 to \+4\.48\) \| p=0\.074 \|/);
    expect(table).toContain("0.50 (");
  });
});
