import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { cellKey, cellName, contentKey, startKey } from "./cell.ts";
import { readGrid } from "./grid.ts";

const trained = (grid: Parameters<typeof readGrid>[0]) => readGrid({ start: false, ...grid }).cells;

describe("readGrid", () => {
  test("crosses axes in their order, seeds innermost", () => {
    const cells = trained({
      axes: { algorithm: ["grpo", "dapo"], credit: ["uniform", "dyco-rl"] },
      seeds: [3, 4],
    });
    expect(cells.map(cellName)).toEqual([
      "grpo, uniform, seed 3",
      "grpo, uniform, seed 4",
      "grpo, dyco-rl, seed 3",
      "grpo, dyco-rl, seed 4",
      "dapo, uniform, seed 3",
      "dapo, uniform, seed 4",
      "dapo, dyco-rl, seed 3",
      "dapo, dyco-rl, seed 4",
    ]);
    const { config } = cells.at(-1)!;
    expect(config.algorithm.kind).toBe("dapo");
    expect(config.credit.kind).toBe("dyco-rl");
    expect(config.train.seed).toBe(4);
  });

  test("any key is an axis, laid over settings and a preset", () => {
    const cells = trained({
      preset: "digits-quick",
      config: { credit: { kind: "dyco-rl", alpha: 0.6 }, train: { promptsPerIteration: 4 } },
      axes: { "credit.alpha": [0.1, 0.4], "train.groupSize": [4, 8], model: ["small"] },
      seeds: [1],
    });
    expect(cells.map(({ labels }) => Object.values(labels).join(" "))).toEqual([
      "0.1 4 small",
      "0.1 8 small",
      "0.4 4 small",
      "0.4 8 small",
    ]);
    expect(cells[3]!.config.credit).toMatchObject({ kind: "dyco-rl", alpha: 0.4 });
    expect(cells[3]!.config.train).toMatchObject({ groupSize: 8, promptsPerIteration: 4 });
  });

  test("an axis of presets lies below the file's settings, one of whole settings above them", () => {
    const cells = trained({
      config: { train: { groupSize: 6 } },
      axes: {
        preset: ["grpo-vicra", "dapo-vicra"],
        config: { plain: { credit: "uniform" }, vicra: {} },
      },
      seeds: [0],
    });
    expect(cells.map(({ config }) => `${config.algorithm.kind} ${config.credit.kind}`)).toEqual([
      "grpo uniform",
      "grpo vicra",
      "dapo uniform",
      "dapo vicra",
    ]);
    expect(cells.every(({ config }) => config.train.groupSize === 6)).toBe(true);
    expect(() => readGrid({ preset: "digits", axes: { preset: ["digits"] } })).toThrow("got both");
  });

  test("weights that learning begins with have a cell of their own, once for all that begin with them", () => {
    const { cells } = readGrid({
      axes: { credit: ["uniform", "dyco-rl"], "sft.steps": [2, 3] },
      seeds: [0, 1],
    });
    const starts = cells.filter(({ isTrained }) => !isTrained);
    expect(starts.map(cellName)).toEqual([
      "2, before training, seed 0",
      "2, before training, seed 1",
      "3, before training, seed 0",
      "3, before training, seed 1",
    ]);
    expect(cells.slice(0, 4)).toEqual(starts);
  });

  test("names the nearest key, values that occur twice, and values without a name", () => {
    expect(() => readGrid({})).toThrow("grid: expected axes, a preset or a config, got nothing");
    expect(() => readGrid({ seed: [1] })).toThrow('unknown key "seed"; did you mean "seeds"?');
    expect(() => readGrid({ axes: { credit: ["uniform", { kind: "uniform" }] } })).toThrow('"uniform" twice');
    expect(() => readGrid({ axes: { reward: [{ weight: 1 }] } })).toThrow("expected names for settings");
    expect(() => readGrid({ axes: { credit: [] } })).toThrow("grid.axes.credit");
    expect(() => readGrid({ seeds: [] })).toThrow("grid.seeds");
    expect(() => readGrid({ axes: { "train.grupSize": [4] } })).toThrow("did you mean train.groupSize?");
  });

  test("baseline and averages name axes and values of the grid", () => {
    const axes = { credit: ["uniform", "dyco-rl"] };
    expect(() => readGrid({ axes, baseline: { algorithm: "grpo" } })).toThrow(
      'grid.baseline: expected axes of the grid, credit, got "algorithm"',
    );
    expect(() => readGrid({ axes, baseline: { credit: "vicra" } })).toThrow("one of uniform, dyco-rl");
    expect(() => readGrid({ axes, averages: ["seed"] })).toThrow("grid.averages: expected axes of the grid");
  });

  test("names every impossible cell before anything is run", () => {
    const grid = {
      axes: { algorithm: { whole: { kind: "gspo", form: "sequence" } }, credit: ["uniform", "dyco-rl"] },
    };
    expect(() => readGrid(grid)).toThrow(/whole x dyco-rl: .*erases token credit/);
    expect(() => readGrid(grid)).not.toThrow(/whole x uniform/);
  });

  test("measures are evaluations unless they say otherwise, and name what they cannot be", () => {
    const { measures } = readGrid({
      measures: {
        accuracy: {},
        reading: { metric: "readingPerDigit" },
        time: { kind: "run", metric: "reward" },
      },
    });
    expect(measures.map(({ name, unit }) => `${name} ${unit}`)).toEqual([
      "accuracy share",
      "reading share",
      "time number",
    ]);
    expect(() => readGrid({ measures: { a: { kind: "evaluations" } } })).toThrow(
      'measures.a.kind: expected one of evaluation, run, curve, diagnosis, rollouts, got "evaluations"; did you mean "evaluation"?',
    );
    expect(() => readGrid({ measures: { a: { metrik: "reward" } } })).toThrow(
      "measures.a.options: unknown option metrik",
    );
  });

  test("refuses a seed that is written twice", () => {
    expect(() => readGrid({ seeds: [2, 3, 2] })).toThrow("grid.seeds: expected each seed once, got 2 twice");
  });
});

describe("cellKey", () => {
  const key = (config: object, seed = 0) => cellKey(trained({ config, seeds: [seed] })[0]!);

  test("is the same for the same run, however its settings are written", () => {
    const one = key({ credit: "dyco-rl", train: { groupSize: 8 } });
    expect(key({ train: { groupSize: 8 }, credit: { kind: "dyco-rl", alpha: 0.2 } })).toBe(one);
    expect(one).toMatch(/^grpo-dyco-rl-0-[0-9a-f]{16}$/);
  });

  test("does not see what changes no weight, and sees all else", () => {
    const one = key({});
    expect(key({ train: { checkpointEvery: 3, evaluateEvery: 2 }, evaluation: { problems: 9 } })).toBe(one);
    expect(key({ train: { learningRate: 0.5 } })).not.toBe(one);
    expect(key({ data: { noise: 0.1 } })).not.toBe(one);
    expect(key({}, 1)).not.toBe(one);
  });

  const measured = (measures: object, config: object) =>
    cellKey(
      trained({ config, seeds: [0], measures: { own: measures as Readonly<Record<string, unknown>> } })[0]!,
    );
  const RECORDED = [
    { train: { evaluateEvery: 2 } },
    { train: { evaluateProblems: 9 } },
    { train: { reportKlEvery: 2 } },
    { train: { rolloutsEvery: 3 } },
    { train: { rolloutGroups: 5 } },
    { creditAgreement: { methods: [{ kind: "vppo" }] } },
    { evaluation: { seed: 7 } },
  ];

  test.each([{ kind: "run", metric: "kl" }, { kind: "curve" }, { kind: "rollouts", metric: "clusters" }])(
    "sees the settings of the record where a measure reads it: %o",
    (measure) => {
      const one = measured(measure, {});
      for (const config of RECORDED) expect(measured(measure, config)).not.toBe(one);
      expect(measured(measure, { train: { checkpointEvery: 3 }, evaluation: { problems: 9 } })).toBe(one);
      const evidence = readGrid({ measures: { own: measure } }).measures[0]!.evidence;
      const [plain, ...others] = [{}, ...RECORDED].map((config) =>
        contentKey(evidence.identity(trained({ config, seeds: [0] })[0]!.config)),
      );
      expect(others).not.toContain(plain);
    },
  );

  test("of initial weights does not see the record", () => {
    const start = (config: object) =>
      cellKey(
        readGrid({ config, seeds: [0], measures: { a: { kind: "curve" } } }).cells.find(
          ({ isTrained }) => !isTrained,
        )!,
      );
    expect(start({ train: { evaluateEvery: 2 } })).toBe(start({}));
  });

  test("rollouts in 8 bits begin with the same weights as rollouts in float32, and are trained apart", () => {
    const axes = { config: { fp32: {}, int8: { engine: { rollouts: "int8" } } } };
    const { cells } = readGrid({ config: { sft: { steps: 2 } }, axes, seeds: [0] });
    const [starts, trained] = [false, true].map((isTrained) =>
      cells.filter((cell) => cell.isTrained === isTrained),
    );
    expect(new Set(starts!.map(startKey)).size).toBe(1);
    expect(new Set(trained!.map(cellKey)).size).toBe(2);
  });
});

test("a user module's text is part of what follows from it: weights, warm starts, evaluations", () => {
  const path = join(temporaryDirectory(), "part.ts");
  const write = (text: string) => writeFileSync(path, `export default ${text};\n`);
  const cellsOf = (config: object) => readGrid({ config, axes: { credit: ["uniform"] }, seeds: [0] });
  const keysOf = (part: string) => {
    write("1");
    const { cells, measures } = cellsOf({ [part]: { module: path }, sft: { steps: 2 } });
    const [start, whole] = cells;
    const keys = () => [
      startKey(start!),
      cellKey(whole!),
      contentKey(measures[0]!.evidence.identity(whole!.config)),
    ];
    const before = keys();
    write("2");
    return keys().map((key, i) => key !== before[i]);
  };
  expect(keysOf("data")).toEqual([true, true, true]);
  expect(keysOf("verdict")).toEqual([false, true, true]);
  expect(keysOf("algorithm")).toEqual([false, true, false]);
});

describe("contentKey", () => {
  test("is of the whole tree: empty lists and objects count, and dots are no levels", () => {
    const trees = [
      {},
      { a: [] },
      { a: {} },
      { a: [[]] },
      { a: null },
      { a: { b: 1 } },
      { "a.b": 1 },
      { a: [1] },
      { a: { 0: 1 } },
    ];
    expect(new Set(trees.map(contentKey)).size).toBe(trees.length);
  });

  test("does not depend on the order of keys, nor on keys without a value", () => {
    const one = contentKey({ a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 });
    expect(contentKey({ b: 2, c: undefined, a: { y: [{ q: 2, p: 1 }], x: 1 } })).toBe(one);
  });
});
