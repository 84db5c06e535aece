import { describe, expect, test } from "vitest";
import { groupRuns, meanCurve } from "./run-groups.ts";

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

describe("meanCurve", () => {
  test("is the mean at each iteration, with the least and the greatest", () => {
    const curves = [
      { x: [1, 2, 3], y: [1, 2, null] },
      { x: [1, 3, 4], y: [3, 5, 6] },
    ];
    expect(meanCurve(curves)).toEqual({
      x: [1, 2, 3, 4],
      y: [2, 2, 5, 6],
      low: [1, 2, 5, 6],
      high: [3, 2, 5, 6],
    });
    expect(meanCurve([{ x: [1], y: [null] }])).toEqual({ x: [1], y: [null], low: [null], high: [null] });
  });
});
