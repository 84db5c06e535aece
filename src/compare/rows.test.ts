import { describe, expect, test } from "vitest";
import { sameBut } from "./baseline.ts";
import { comparisonLatex, latexText } from "./formats/latex.ts";
import { comparisonMarkdown, comparisonText } from "./formats/text.ts";
import { type Grid, readGrid } from "./grid.ts";
import type { Measured } from "./measure.ts";
import { AVERAGE, comparison } from "./rows.ts";
import type { CellResult } from "./run-cell.ts";

/** Measured values by the cell's labels and seed; cells of starting weights measure 0.4. */
function results(
  { cells }: Grid,
  measured: (labels: Readonly<Record<string, string>>, seed: number) => Record<string, Measured>,
): CellResult[] {
  return cells.map((cell) => ({
    cell,
    measured: measured(cell.isTrained ? cell.labels : { credit: "start" }, cell.seed),
  }));
}

const grid = readGrid({
  axes: { credit: ["uniform", "dyco-rl"] },
  seeds: [0, 1],
  baseline: { credit: "uniform" },
  pairing: "seeds",
});
const ACCURACY: Readonly<Record<string, readonly number[]>> = {
  start: [0.4, 0.4],
  uniform: [0.5, 0.6],
  "dyco-rl": [0.54, 0.62],
};
const found = comparison(
  grid,
  results(grid, ({ credit }, seed) => ({ accuracy: { value: ACCURACY[credit!]![seed]! } })),
);

describe("comparison", () => {
  test("gives the mean over seeds with Student's interval, cut to the scale of shares", () => {
    const [start, uniform] = found.rows;
    expect(start).toMatchObject({ of: "start", labels: {}, seeds: [0, 1] });
    // s = 0.0707, s/√2 = 0.05, t(0.975; 1) = 12.7062: ±0.635
    expect(uniform!.values["accuracy"]!.mean.estimate).toBeCloseTo(0.55, 12);
    expect(uniform!.values["accuracy"]!.mean).toMatchObject({ low: 0, high: 1 });
    expect(uniform!.values["accuracy"]!.difference).toBeUndefined();
  });

  test("pairs seeds with the baseline: differences 0.04 and 0.02, t = 3 with one degree of freedom", () => {
    const { difference } = found.rows[2]!.values["accuracy"]!;
    expect(difference).toMatchObject({ pairing: "seeds", pairs: 2 });
    expect(difference!.estimate).toBeCloseTo(0.03, 12);
    expect(difference!.high).toBeCloseTo(0.03 + 12.7062 * 0.01, 4);
    // p = 2·P(T₁ ≤ −3) = 1 − 2·atan(3)/π
    expect(difference!.pValue).toBeCloseTo(1 - (2 * Math.atan(3)) / Math.PI, 10);
    expect(difference!.pAdjusted).toBe(difference!.pValue);
  });

  test("pairs problems where that is asked for, each the mean over its seeds", () => {
    const own = readGrid({
      axes: { credit: ["uniform", "dyco-rl"] },
      seeds: [0],
      baseline: { credit: "uniform" },
      start: false,
    });
    const scores = { uniform: [0, 1, 0, null, 1], "dyco-rl": [1, 1, 0, 1, 1] } as const;
    const { rows, pairing } = comparison(
      own,
      results(own, ({ credit }) => {
        const mine = scores[credit as keyof typeof scores];
        return { accuracy: { value: credit === "uniform" ? 0.5 : 0.8, scores: mine } };
      }),
    );
    expect(pairing).toBe("problems");
    const { difference } = rows[1]!.values["accuracy"]!;
    // The fourth problem was not judged in both: differences 1, 0, 0, 0.
    expect(difference).toMatchObject({ pairing: "problems", pairs: 4, estimate: 0.25 });
    // One discordant problem of four: McNemar's exact p is 1. Newcombe's interval of 3/4 less 2/4 by hand.
    expect(difference!.pValue).toBe(1);
    expect(difference!.low).toBeGreaterThan(-0.5);
    expect(difference!.high).toBeLessThan(0.7);
  });

  test("Holm's correction runs over all differences of the table", () => {
    const many = readGrid({
      axes: { credit: ["uniform", "dyco-rl", "at-rl"] },
      seeds: [0, 1, 2],
      baseline: { credit: "uniform" },
      start: false,
    });
    const gains: Readonly<Record<string, readonly number[]>> = {
      uniform: [0.5, 0.5, 0.5],
      "dyco-rl": [0.51, 0.52, 0.53],
      "at-rl": [0.53, 0.52, 0.57],
    };
    const { rows } = comparison(
      many,
      results(many, ({ credit }, seed) => ({ accuracy: { value: gains[credit!]![seed]! } })),
    );
    const [dyco, atRl] = rows.slice(1).map((row) => row.values["accuracy"]!.difference!);
    expect(dyco!.pValue).toBeLessThan(atRl!.pValue);
    expect(dyco!.pAdjusted).toBeCloseTo(2 * dyco!.pValue, 12);
    expect(atRl!.pAdjusted).toBe(Math.max(atRl!.pValue, dyco!.pAdjusted));
  });

  test("a difference of one pair is no test: it has p 1, and makes no other p-value greater", () => {
    const own = readGrid({
      axes: { credit: ["uniform", "dyco-rl"] },
      seeds: [0],
      baseline: { credit: "uniform" },
      measures: { a: {}, b: { metric: "sum" } },
      start: false,
    });
    const measured = (judged: number, length: number) => {
      const scores = Array.from({ length }, (_, i) => (i < judged ? 1 : 0));
      return { value: judged / length, scores };
    };
    // Columns of unequally many problems, whose average has no scores and is compared over the one seed.
    const { rows } = comparison(
      own,
      results(own, ({ credit }) => {
        const isBetter = credit === "dyco-rl";
        return { a: measured(isBetter ? 9 : 1, 10), b: measured(isBetter ? 14 : 2, 20) };
      }),
    );
    const { a, b, [AVERAGE]: average } = rows[1]!.values;
    expect(average!.difference).toMatchObject({ pairs: 1, low: -Infinity, pAdjusted: 1 });
    const [least, greatest] = [a!.difference!, b!.difference!].sort((x, y) => x.pValue - y.pValue);
    expect(least!.pAdjusted).toBeCloseTo(2 * least!.pValue, 12);
    expect(greatest!.pAdjusted).toBe(Math.max(greatest!.pValue, least!.pAdjusted));
  });

  test("averages over axes by seed, against the baseline's own average; over measures in a column", () => {
    const two = readGrid({
      axes: { algorithm: ["grpo", "sapo"], credit: ["uniform", "dyco-rl"] },
      seeds: [0, 1, 2],
      baseline: { credit: "uniform" },
      averages: ["algorithm"],
      measures: { a: {}, b: { metric: "sum" } },
      start: false,
    });
    const { rows, columns } = comparison(
      two,
      results(two, ({ algorithm, credit }, seed) => {
        const base = (algorithm === "grpo" ? 0.2 : 0.4) + 0.01 * seed;
        return { a: { value: base + (credit === "uniform" ? 0 : 0.1) }, b: { value: base } };
      }),
    );
    expect(columns.map(({ name }) => name)).toEqual(["a", "b", AVERAGE]);
    const mean = rows.at(-1)!;
    expect(mean).toMatchObject({ of: "mean", labels: { algorithm: "mean", credit: "dyco-rl" } });
    expect(mean.values["a"]!.mean.estimate).toBeCloseTo(0.41, 12);
    expect(mean.values[AVERAGE]!.mean.estimate).toBeCloseTo(0.36, 12);
    expect(mean.values["a"]!.difference!.estimate).toBeCloseTo(0.1, 12);
    expect(rows.at(-2)!.values["a"]!.difference).toBeUndefined();
  });

  test("an average over measures has one score a problem: twice the same measure is as sure as once", () => {
    const twice = readGrid({
      axes: { credit: ["uniform", "dyco-rl"] },
      seeds: [0],
      baseline: { credit: "uniform" },
      measures: { a: {}, b: { metric: "sum" } },
      start: false,
    });
    const scores = { uniform: [0, 1, 0, 0, 1, 0], "dyco-rl": [1, 1, 0, 1, 1, 1] } as const;
    const { rows } = comparison(
      twice,
      results(twice, ({ credit }) => {
        const mine = scores[credit as keyof typeof scores];
        const measured = {
          value: mine.reduce<number>((sum, score) => sum + score, 0) / mine.length,
          scores: mine,
        };
        return { a: measured, b: measured };
      }),
    );
    const { a, [AVERAGE]: average } = rows[1]!.values;
    expect(average!.mean).toEqual(a!.mean);
    expect(average!.difference).toMatchObject({
      pairs: 6,
      low: a!.difference!.low,
      pValue: a!.difference!.pValue,
    });
  });

  test("an average over measures of other problems has no scores: its difference is that of the means", () => {
    const kinds = readGrid({
      axes: { credit: ["uniform", "dyco-rl"] },
      seeds: [0],
      baseline: { credit: "uniform" },
      measures: { all: {}, count: { metric: "count" } },
      start: false,
    });
    // Two of four problems are of the kind, and only these get better.
    const scores = { uniform: [0, 0, 1, 1], "dyco-rl": [1, 1, 1, 1] } as const;
    const { rows } = comparison(
      kinds,
      results(kinds, ({ credit }) => {
        const mine = scores[credit as keyof typeof scores];
        const [first, second] = mine;
        return {
          all: { value: credit === "uniform" ? 0.5 : 1, scores: mine },
          count: { value: credit === "uniform" ? 0 : 1, scores: [first, second, null, null] },
        };
      }),
    );
    const average = rows[1]!.values[AVERAGE]!;
    expect(average.mean.estimate).toBe(1);
    expect(average.difference).toMatchObject({ estimate: 0.75, pairing: "seeds" });
  });

  test("compares nothing where the baseline has no cell of the same seed, and one seed has no interval", () => {
    const own = readGrid({
      axes: { credit: ["uniform", "dyco-rl"] },
      seeds: [0, 1],
      baseline: { credit: "uniform" },
    });
    const one = results(own, () => ({ accuracy: { value: 0.5 } })).filter(
      ({ cell }) => cell.isTrained && cell.seed === (cell.labels["credit"] === "uniform" ? 1 : 0),
    );
    const [uniform, dyco] = comparison(own, one).rows;
    expect(dyco!.values["accuracy"]!.difference).toBeUndefined();
    expect(uniform!.values["accuracy"]!.mean.high).toBe(Infinity);
  });
});

test("a row whose value is named mean is compared like any other", () => {
  const { rows } = comparison(
    {
      axes: ["reduction"],
      measures: [{ name: "accuracy", unit: "share" }],
      baseline: sameBut({ reduction: "sum" }),
      averages: [],
      pairing: "seeds",
    },
    ["sum", "mean"].flatMap((reduction, i) =>
      [0, 1].map((seed) => ({
        cell: { labels: { reduction }, seed, isTrained: true },
        measured: { accuracy: { value: 0.5 + 0.1 * i } },
      })),
    ),
  );
  expect(rows[1]!.values["accuracy"]!.difference!.estimate).toBeCloseTo(0.1, 12);
});

describe("rows that are not all alike", () => {
  const table = (results: readonly [labels: Record<string, string>, isTrained: boolean, value: number][]) =>
    comparison(
      {
        axes: ["model", "credit"],
        measures: [{ name: "accuracy", unit: "share" }],
        baseline: sameBut({ model: "a" }),
        averages: ["credit"],
        pairing: "seeds",
      },
      results.flatMap(([labels, isTrained, value]) =>
        [0, 1, 2].map((seed) => ({ cell: { labels, seed, isTrained }, measured: { accuracy: { value } } })),
      ),
    ).rows;

  test("trained weights are compared with trained weights, and initial weights with initial weights", () => {
    const rows = table([
      [{ model: "a" }, false, 0.1],
      [{ model: "b" }, false, 0.2],
      [{ model: "a" }, true, 0.5],
      [{ model: "b" }, true, 0.8],
    ]);
    const difference = (model: string, of: string) =>
      rows.find((row) => row.of === of && row.labels["model"] === model)!.values["accuracy"]!.difference
        ?.estimate;
    expect(difference("a", "start")).toBeUndefined();
    expect(difference("b", "start")).toBeCloseTo(0.1, 12);
    expect(difference("a", "training")).toBeUndefined();
    expect(difference("b", "training")).toBeCloseTo(0.3, 12);
  });

  test("a mean over rows of which one has no number is left out", () => {
    const rows = table([
      [{ model: "a", credit: "x" }, true, 0.5],
      [{ model: "a", credit: "y" }, true, Number.NaN],
      [{ model: "b", credit: "x" }, true, 0.6],
      [{ model: "b", credit: "y" }, true, 0.7],
    ]);
    const means = rows.filter(({ of }) => of === "mean");
    expect(means.map(({ values }) => values["accuracy"]?.mean.estimate)).toEqual([
      undefined,
      expect.closeTo(0.65, 12),
    ]);
    expect(means[1]!.values["accuracy"]!.difference).toBeUndefined();
  });
});

test("tables say means, intervals and differences in per cent, and what they are", () => {
  expect(comparisonText(found).split("\n")).toEqual([
    "credit           seeds  accuracy, %        over uniform",
    "before training  2      40.0 [40.0, 40.0]",
    "uniform          2      55.0 [0.0, 100.0]",
    "dyco-rl          2      58.0 [7.2, 100.0]  +3.0 [−9.7, +15.7] p=0.20",
    "means over 2 seeds",
    "brackets are 95 % intervals over 2 seeds; p by the paired t test over 2 seeds, Holm over the table",
    "",
  ]);
  expect(comparisonMarkdown(found).split("\n")[4]).toBe(
    "| dyco-rl | 2 | 58.0 [7.2, 100.0] | +3.0 [−9.7, +15.7] p=0.20 |",
  );
});

test("LaTeX has the best of each column in bold, and no character that means something to it", () => {
  const lines = comparisonLatex(found).split("\n");
  expect(lines.slice(0, 2)).toEqual(
    comparisonText(found)
      .split("\n")
      .slice(4, 6)
      .map((note) => `% ${note}`),
  );
  expect(lines[2]).toBe("\\begin{tabular}{lrrr}");
  expect(lines[4]).toBe("credit & seeds & accuracy, \\% & over uniform \\\\");
  expect(lines.find((line) => line.startsWith("dyco-rl"))).toBe(
    "dyco-rl & 2 & \\textbf{58.0 [7.2, 100.0]} & $+$3.0 [$-$9.7, $+$15.7] p$=$0.20 \\\\",
  );
  expect(lines.filter((line) => line.includes("textbf"))).toHaveLength(1);
  expect(latexText("a_b & 50 % {x} #1 \\n")).toBe("a\\_b \\& 50 \\% \\{x\\} \\#1 \\textbackslash{}n");
});
