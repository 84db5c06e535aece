import { expect, test } from "vitest";
import { lmmsEvalReasoning } from "./lmms-eval-reasoning.ts";
import { vlmEvalKitNumber } from "./spatial-number.ts";

const LENGTH = 60_000;
const problem = { question: "", answers: ["5"], columns: {} };

test.each(["\\boxed{", "<answer>", "<answer ", "<answer>1", "{", "}"])(
  "a reply of nothing but %j is read in time in proportion to it",
  (piece) => {
    const reply = `${piece.repeat(LENGTH / piece.length)} x`;
    const start = performance.now();
    lmmsEvalReasoning(reply, problem);
    vlmEvalKitNumber(reply);
    // Looking for the end of each box or tag on its own takes over ten seconds.
    expect(performance.now() - start).toBeLessThan(3000);
  },
);

test.each([
  ["<answer>5</answer> <answer>6</answer>", 5],
  ["<answer>five</answer>", 5],
  ["<answer <answer x>5 m</answer> 7", 5],
  ["<answer>five or 6</answer>", 5],
  ["<answer>about 5</answer> or 6", 6],
  ["<answer>5", 5],
])("the number of %j is %d", (reply, number) => {
  expect(vlmEvalKitNumber(reply)).toBe(number);
});

test.each([
  ["<answer>5</answer> \\boxed{6}", "5"],
  ["\\boxed{4} \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"],
  ["\\boxed{5} \\boxed{6", "5"],
  ["\\boxed{1\\boxed{2}}", "2"],
  ["} \\boxed{}", undefined],
])("%j answers %j", (reply, extracted) => {
  expect(lmmsEvalReasoning(reply, problem)).toMatchObject({ extracted });
});
