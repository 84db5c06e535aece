import * as fc from "fast-check";
import { expect, test } from "vitest";
import { referenceAnswer } from "./reference-answer.ts";

test.each([
  ["8 cm", "8 cm", "a plain answer"],
  ["  8\n", "8", "space around it"],
  ["<think>3 + 5</think> <answer> 8 </answer>", "8", "an answer in marks"],
  ["<answer>7</answer> or rather <Answer>8</ANSWER>", "8", "the last of two, in any case"],
  ["<answer>8", "<answer>8", "a mark left open"],
  ["8</answer>", "8</answer>", "a mark never opened"],
  ["<answer></answer>", "", "nothing in the marks"],
  ["\\boxed{8}", "8", "a box"],
  ["$\\boxed{8}$", "8", "a box in dollars"],
  ["<answer>\\boxed{\\frac{1}{2}}</answer>", "\\frac{1}{2}", "a box in marks, with braces in it"],
  ["\\boxed{1} + \\boxed{2}", "\\boxed{1} + \\boxed{2}", "two boxes are no box around all"],
  ["\\boxed{1\\}}", "1\\}", "an escaped brace"],
  ["so \\boxed{8}", "so \\boxed{8}", "a box with text before it"],
  ["$", "$", "a lone dollar"],
])("%j is %j: %s", (text, expected) => {
  expect(referenceAnswer(text)).toBe(expected);
});

test("what stands in marks, in a box or bare is the same answer", () => {
  const bare = fc.stringMatching(/^[0-9a-z .,+*-]*$/).map((text) => text.trim());
  fc.assert(
    fc.property(bare, (text) => {
      expect(referenceAnswer(text)).toBe(text);
      expect(referenceAnswer(`<answer>${text}</answer>`)).toBe(text);
      expect(referenceAnswer(`\\boxed{${text}}`)).toBe(text);
    }),
  );
});
