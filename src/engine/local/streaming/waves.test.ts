import { expect, test } from "vitest";
import { waves } from "./waves.ts";

const of = (...rows: readonly number[]) => [...waves(rows, (own) => own, 10)];

test("hold as many batches as their rows allow, in order, and a larger batch alone", () => {
  expect(of(4, 6, 1, 20, 3, 3)).toEqual([[4, 6], [1], [20], [3, 3]]);
  expect(of()).toEqual([]);
});
