import { describe, expect, test } from "vitest";
import { countText, groupRuns, meanCurve } from "./run-groups.ts";

const run = (id: string, config: Record<string, string>) => ({ id, kind: "train", config });

describe("groupRuns", () => {
  test("puts runs together that differ in their seed and in its warm start alone", () => {
    const groups = groupRuns([
      run("a", { "credit.kind": '"uniform"', "train.seed": "0", "model.path": '"g/warm-starts/1/model"' }),
      run("b", {
        "credit.kind": '"dyco-rl"',
        "credit.alpha": "0.2",
        "train.seed": "0",
        "model.path": '"g/warm-starts/1/model"',
      }),
      run("c", { "train.seed": "1", "model.path": '"g/warm-starts/2/model"', "credit.kind": '"uniform"' }),
    ]);
    expect(groups.map(({ name, runs }) => [name, runs.map(({ id }) => id)])).toEqual([
      ["uniform", ["a", "c"]],
      ["dyco-rl · alpha 0.2", ["b"]],
    ]);
  });

  test("keeps runs of other models apart, and calls an only group by its run", () => {
    const apart = [run("a", { "model.path": '"one"' }), run("b", { "model.path": '"other"' })];
    expect(groupRuns(apart).map(({ name }) => name)).toEqual(["path one", "path other"]);
    expect(groupRuns([run("a", { "train.seed": "0" }), run("b", { "train.seed": "1" })])).toMatchObject([
      { id: "a", name: "a", runs: [{ id: "a" }, { id: "b" }] },
    ]);
  });
});

test("a warm start is in no group with the run that it belongs to", () => {
  const settings = { "train.seed": "0" };
  expect(groupRuns([run("a", settings), { ...run("a/warm-start", settings), kind: "sft" }])).toHaveLength(2);
});

test("a warm start of a run's own is a setting, and so is the grid of a shared one", () => {
  const groups = groupRuns([
    run("a", { "model.path": '"runs/big/warm-start/model"', "train.seed": "0" }),
    run("b", { "model.path": '"runs/small/warm-start/model"', "train.seed": "1" }),
    run("c", { "model.path": '"one/warm-starts/0/model"', "train.seed": "0" }),
    run("d", { "model.path": '"other/warm-starts/0/model"', "train.seed": "1" }),
  ]);
  expect(groups.map(({ runs }) => runs.length)).toEqual([1, 1, 1, 1]);
});

test("names of groups differ: further settings are named, or the run where there are none", () => {
  const of = (id: string, group: string, noise: string, size: string, rate: string) =>
    run(id, { a: group, b: noise, c: size, d: rate, e: "same" });
  const groups = groupRuns([
    of("r", "1", "1", "1", "1"),
    of("s", "1", "1", "1", "2"),
    of("t", "2", "2", "2", "2"),
  ]);
  expect(groups.map(({ name }) => name)).toEqual([
    "a 1 · b 1 · c 1 · d 1",
    "a 1 · b 1 · c 1 · d 2",
    "a 2 · b 2 · c 2",
  ]);
  const settings = { "train.seed": "0" };
  const kinds = [run("u", settings), { ...run("v", settings), kind: "sft" }];
  expect(groupRuns(kinds).map(({ name }) => name)).toEqual(["u", "v"]);
});

test("runs of one seed are no seeds", () => {
  const seeded = (seed: string) => run("r", { "train.seed": seed });
  expect(countText([seeded("0")])).toBe("one run");
  expect(countText([seeded("0"), seeded("1")])).toBe("2 seeds");
  expect(countText([seeded("0"), seeded("0"), seeded("1")])).toBe("3 runs, 2 seeds");
  expect(countText([seeded("0"), seeded("0")])).toBe("2 runs, 1 seed");
});

describe("meanCurve", () => {
  test("is the mean where all curves have a point, and of the rest where some have ended", () => {
    const curves = [
      { x: [1, 2, 3], y: [1, 2, null], every: 1 },
      { x: [1, 3, 4], y: [3, 5, 6], every: 1 },
    ];
    expect(meanCurve(curves)).toEqual({
      x: [1, 3, 4],
      every: 1,
      y: [2, null, null],
      rest: [null, 5, 6],
      low: [1, 5, 6],
      high: [3, 5, 6],
      count: [2, 1, 1],
    });
    expect(meanCurve([{ x: [1], y: [null], every: 1 }]).x).toEqual([]);
    const [, ofThree] = curves;
    expect(meanCurve(ofThree === undefined ? [] : [ofThree], 3)).toMatchObject({
      y: [null, null, null],
      rest: [3, 5, 6],
      count: [1, 1, 1],
    });
  });

  test("of runs of other lengths is taken over the wider buckets, without a zigzag", () => {
    const long = { x: [2, 4, 6], y: [0.2, 0.2, 0.2], every: 2 };
    const short = { x: [1, 2, 3], y: [0.8, 0.6, 0.8], every: 1 };
    const { x, y, rest, count } = meanCurve([long, short]);
    expect([x, count]).toEqual([
      [2, 4, 6],
      [2, 2, 1],
    ]);
    expect(y.map((value) => value?.toFixed(2))).toEqual(["0.45", "0.50", undefined]);
    expect(rest).toEqual([null, null, 0.2]);
  });
});
