import { expect, test } from "vitest";
import { spatialLetter } from "./spatial-letter.ts";

test.each([
  ["<answer>B</answer>", "B"],
  ["<answer> b. left </answer> and <answer>C</answer>", "B"],
  ["<answer>1</answer> <answer>C</answer>", "C"],
  ["<answer <answer x> D ...</answer>", "D"],
  ["</answer> <answer>B", "B"],
  ["**A**", "A"],
  ["So it is (C), I think", "C"],
  ["the answer is : [ D ] of all, not A", "D"],
  ["A and B", undefined],
])("%j: %s", (text, letter) => {
  expect(spatialLetter(text)).toBe(letter);
});

test.each(["<answer>A ", "<answer ", "<answer><", "answer          ", "( ", "*", "A****x ", "<think>"])(
  "a reply of nothing but %j is read in time in proportion to it",
  (piece) => {
    const start = performance.now();
    spatialLetter(`${piece.repeat(100_000 / piece.length)} x`);
    // Looking for the end of each tag on its own takes seconds.
    expect(performance.now() - start).toBeLessThan(500);
  },
);
