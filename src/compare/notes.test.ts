import { expect, test } from "vitest";
import { comparisonText } from "./formats/text.ts";
import { readGrid } from "./grid.ts";
import { comparison } from "./rows.ts";

/** Two cells of two seeds: accuracy with scores of problems, and seconds without. */
function table(uniform: readonly number[], dyco: readonly number[]) {
  const grid = readGrid({
    axes: { credit: ["uniform", "dyco-rl"] },
    seeds: [0, 1],
    baseline: { credit: "uniform" },
    measures: { accuracy: {}, seconds: { kind: "run", metric: "timing.totalSeconds" } },
    start: false,
  });
  const results = grid.cells.map((cell) => {
    const isUniform = cell.labels["credit"] === "uniform";
    const scores = isUniform ? [0, 1, null] : [1, 1, 0];
    const value = (isUniform ? uniform : dyco)[cell.seed]!;
    return { cell, measured: { accuracy: { value: 0.5, scores }, seconds: { value } } };
  });
  return comparison(grid, results);
}

test("notes say for each column what its intervals and tests are over", () => {
  const found = table([10, 12], [11, 14]);
  expect(found.rows[1]!.values["seconds"]).toMatchObject({
    mean: { pairing: "seeds", count: 2 },
    difference: { pairing: "seeds", pairs: 2 },
  });
  expect(found.rows[0]!.values["accuracy"]!.mean).toMatchObject({ pairing: "problems", count: 2 });
  expect(found.notes).toEqual([
    "accuracy: brackets are 95 % intervals over 2 to 3 problems; p by McNemar's exact or the sign-flip test over 2 problems, Holm over the table; another training run may differ by more",
    "seconds: brackets are 95 % intervals over 2 seeds; p by the paired t test over 2 seeds, Holm over the table",
  ]);
});

test("a value that a seed lacks is marked, and its row has all of its seeds", () => {
  const found = table([Number.NaN, 12], [11, 14]);
  const [uniform] = found.rows;
  expect(uniform!.seeds).toEqual([0, 1]);
  expect(uniform!.values["seconds"]!.bySeed).toEqual([null, 12]);
  const line = comparisonText(found)
    .split("\n")
    .find((one) => one.startsWith("uniform"));
  expect(line).toMatch(/^uniform +2 +50\.0 \[.*\] +12\.0 \(1 of 2\)$/);
  // One pair is no test, and one seed has no interval.
  expect(found.notes[1]).toBe("seconds: brackets are 95 % intervals over 2 seeds");
});

test("a column of one seed without scores has no interval to speak of", () => {
  const grid = readGrid({ seeds: [0], measures: { seconds: { kind: "run", metric: "reward" } } });
  const results = grid.cells.map((cell) => ({ cell, measured: { seconds: { value: 3 } } }));
  expect(comparison(grid, results).notes).toEqual([]);
});

test("the measure's own interval is over problems, of which the number is not known", () => {
  const grid = readGrid({ axes: { credit: ["uniform"] }, seeds: [0], start: false });
  const measured = { accuracy: { value: 0.5, low: 0.4, high: 0.6 } };
  const found = comparison(
    grid,
    grid.cells.map((cell) => ({ cell, measured })),
  );
  expect(found.notes).toEqual(["brackets are 95 % intervals over problems"]);
});
