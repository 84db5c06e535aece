import { expect, test } from "vitest";
import { sequenceScale } from "./sequence-scale.ts";

const HEIGHTS = { top: 4, bottom: 84 };

test("numbers that are never negative begin at 0", () => {
  const { y, ticks } = sequenceScale([[0.25, 0.5], [1]], HEIGHTS);
  expect(ticks).toEqual([0, 1]);
  expect([0, 0.5, 1].map(y)).toEqual([84, 44, 4]);
});

test("negative numbers are within the scale, and its least one is named", () => {
  const { y, ticks } = sequenceScale([[-1, 0.6, 1]], HEIGHTS);
  expect(ticks).toEqual([0, 1, -1]);
  expect([-1, 0, 1].map(y)).toEqual([84, 44, 4]);
});

test("numbers that are all negative hang below 0", () => {
  const { y, ticks } = sequenceScale([[-0.5, -0.25]], HEIGHTS);
  expect(ticks).toEqual([0, -0.5]);
  expect([0, -0.25, -0.5].map(y)).toEqual([4, 44, 84]);
});

test("an end too near to 0 is not named, since the texts would lie over each other", () => {
  const { y, ticks } = sequenceScale([[-0.01, 1]], HEIGHTS);
  expect(ticks).toEqual([0, 1]);
  expect(y(-0.01)).toBe(84);
});

test("zeros and no numbers at all lie on the lower end", () => {
  for (const values of [[0, 0], []]) {
    const { y, ticks } = sequenceScale([values], HEIGHTS);
    expect([ticks, y(0)]).toEqual([[0], 84]);
  }
});
