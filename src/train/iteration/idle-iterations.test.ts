import { expect, test } from "vitest";
import { IdleIterations } from "./idle-iterations.ts";
import type { IterationMetrics } from "./iteration-metrics.ts";

const metrics = (iteration: number, usedGroups: number, withoutAnswer = 0) =>
  ({
    iteration,
    usedGroups,
    steps: usedGroups,
    withoutAnswer,
    completions: 8,
    reward: 0.25,
  }) as IterationMetrics;

test("iterations without a used group are warned of after three in a row, then after six and twelve", () => {
  const idle = new IdleIterations();
  const warned = Array.from({ length: 14 }, (_, i) => i + 1).filter(
    (iteration) => idle.add(metrics(iteration, 0)).length > 0,
  );
  expect(warned).toEqual([3, 6, 12]);
});

test("an iteration with a used group starts the count again", () => {
  const idle = new IdleIterations();
  const used = [0, 0, 1, 0, 0, 0];
  expect(used.map((groups, i) => idle.add(metrics(i + 1, groups)).length)).toEqual([0, 0, 0, 0, 0, 1]);
});

test("a step on replayed completions is an update, though no group of the iteration was used", () => {
  const idle = new IdleIterations();
  const replayed = (iteration: number) => ({ ...metrics(iteration, 0), replayed: 2, steps: 1 });
  expect([1, 2, 3, 4].flatMap((iteration) => idle.add(replayed(iteration)))).toEqual([]);
});

test("skipped steps, and groups without a gradient, are named as the reason", () => {
  const skipped = new IdleIterations();
  const reason = { usedGroups: 0, steps: 0, skipReason: "attention[3]: expected 0 to 1, got NaN" };
  const warned = [1, 2, 3].flatMap((iteration) => skipped.add({ ...metrics(iteration, 0), ...reason }));
  expect(warned).toEqual([
    "no update in 3 iterations in a row: the step of the last was skipped: attention[3]: expected 0 to 1, got NaN",
  ]);
  const masked = new IdleIterations();
  const flat = [1, 2, 3].flatMap((iteration) => masked.add({ ...metrics(iteration, 4), steps: 0 }));
  expect(flat).toEqual(["no update in 3 iterations in a row: no token had a gradient"]);
});

test("iterations without any reward are reported at once, then after two, four and eight in a row", () => {
  const idle = new IdleIterations();
  const unrewarded = (iteration: number) => ({ ...metrics(iteration, 0), unscorable: 8 });
  const warned = Array.from({ length: 9 }, (_, i) => idle.add(unrewarded(i + 1)));
  expect(warned.map((warnings) => warnings.length)).toEqual([1, 1, 0, 1, 0, 0, 0, 1, 0]);
  expect(warned[0]?.[0]).toMatch(/^no update: none of the 8 completions has a reward/);
  expect(warned[1]?.[0]).toMatch(/^no update in 2 iterations in a row: none/);
  idle.add(metrics(10, 1));
  expect(idle.add(unrewarded(11))).toHaveLength(1);
});

test("equal rewards are named as the reason, with a command that shows answers", () => {
  const idle = new IdleIterations();
  expect([1, 2, 3].flatMap((iteration) => idle.add(metrics(iteration, 0)))).toEqual([
    "no update in 3 iterations in a row: all completions of each problem had the same reward; the mean reward was 0.250; fovea train --try shows whether any answer can be right",
  ]);
});

test("completions without any answer are reported at once, and named as the reason", () => {
  const idle = new IdleIterations();
  expect(idle.add(metrics(1, 0, 1))).toEqual([
    "the verdict found no answer in any of the 8 completions; see prompt.format and verdict.from",
  ]);
  expect(idle.add(metrics(2, 0, 1))).toEqual([]);
  expect(idle.add(metrics(3, 0, 1))[0]).toMatch(/no update in 3 iterations in a row: .*no answer/);
});

test("counting continues from a saved state, at every place", () => {
  const sequence = Array.from({ length: 14 }, (_, i) => ({
    ...metrics(i + 1, i === 7 ? 1 : 0),
    unscorable: i > 9 ? 8 : 0,
  }));
  const whole = new IdleIterations();
  const expected = sequence.map((one) => whole.add(one));
  expect(expected.flat().length).toBeGreaterThan(3);
  let resumed = new IdleIterations();
  const found = sequence.map((one) => {
    resumed = new IdleIterations(JSON.parse(JSON.stringify(resumed.saved)));
    return resumed.add(one);
  });
  expect(found).toEqual(expected);
});
