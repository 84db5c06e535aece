import { expect, test } from "vitest";
import { rotaryComponents } from "./rotary-components.ts";

const text = (mropeSection: [number, number, number]) => ({
  mropeSection,
  headDim: 2 * mropeSection.reduce((sum, part) => sum + part, 0),
});

test("in sections, time comes first, then height, then width", () => {
  expect([...rotaryComponents(text([2, 1, 3]), { rotary: "sections" })]).toEqual([0, 0, 1, 2, 2, 2]);
});

test("interleaved, time, height and width take turns, and time has the rest", () => {
  const components = [...rotaryComponents(text([4, 2, 2]), { rotary: "interleaved" })];
  expect(components).toEqual([0, 1, 2, 0, 1, 2, 0, 0]);
  const published = [...rotaryComponents(text([24, 20, 20]), { rotary: "interleaved" })];
  expect([0, 1, 2].map((component) => published.filter((each) => each === component).length)).toEqual([
    24, 20, 20,
  ]);
  expect(published.slice(57)).toEqual([0, 1, 2, 0, 0, 0, 0]);
});
