import { describe, expect, test } from "vitest";
import { gridCells } from "./grid.ts";

describe("gridCells", () => {
  test("crosses algorithms, credits and seeds, seeds innermost", () => {
    const cells = gridCells({ algorithms: ["grpo", "dapo"], credits: ["uniform", "dyco-rl"], seeds: [3, 4] });
    expect(cells.map(({ name }) => name)).toEqual([
      "grpo-uniform-3",
      "grpo-uniform-4",
      "grpo-dyco-rl-3",
      "grpo-dyco-rl-4",
      "dapo-uniform-3",
      "dapo-uniform-4",
      "dapo-dyco-rl-3",
      "dapo-dyco-rl-4",
    ]);
    const last = cells.at(-1)!;
    expect(last.config.algorithm.kind).toBe("dapo");
    expect(last.config.credit.kind).toBe("dyco-rl");
    expect(last.config.train.seed).toBe(4);
  });

  test("takes parts whole under names of one's own, over settings and a preset", () => {
    const [cell] = gridCells({
      preset: "digits-quick",
      config: { train: { groupSize: 4 } },
      credits: { strong: { kind: "dyco-rl", alpha: 0.6 } },
      seeds: [1],
    });
    expect(cell).toMatchObject({ name: "grpo-strong-1", algorithm: "grpo", credit: "strong" });
    expect(cell!.config.credit).toMatchObject({ kind: "dyco-rl", alpha: 0.6 });
    expect(cell!.config.train.groupSize).toBe(4);
  });

  test("names the nearest key, parts that stand twice, and names that are no file's", () => {
    expect(() => gridCells({ seed: [1] })).toThrow('unknown key "seed"; did you mean "seeds"?');
    expect(() => gridCells({ credits: ["uniform", { kind: "uniform" }] })).toThrow('"uniform" twice');
    expect(() => gridCells({ credits: { "../up": "uniform" } })).toThrow('got "../up"');
    expect(() => gridCells({ seeds: [] })).toThrow("grid.seeds");
  });

  test("names every impossible pair before anything is run", () => {
    const grid = {
      algorithms: { whole: { kind: "gspo", form: "sequence" } },
      credits: ["uniform", "dyco-rl"],
    };
    expect(() => gridCells(grid)).toThrow(/whole x dyco-rl: .*erases token credit/);
    expect(() => gridCells(grid)).not.toThrow(/whole x uniform/);
  });

  test("runs a seed once that is written twice", () => {
    expect(gridCells({ seeds: [2, 2] })).toHaveLength(1);
  });
});
