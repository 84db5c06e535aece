import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { equivalent } from "./equivalent.ts";
import { createVerdict, verdictSchema } from "./registry.ts";
import { answerVerdict } from "./verdicts/answer.ts";

function rowsOf<Row>(name: string): Row[] {
  const text = readFileSync(new URL(`../../fixtures/verify/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as Row[];
}

describe("answers in other spellings, and near misses of them", () => {
  test.each(rowsOf<[string, string, boolean]>("readings"))("%j and %j: %s", (given, reference, expected) => {
    expect(equivalent(given, reference)).toBe(expected);
    expect(equivalent(reference, given)).toBe(expected);
  });
});

describe("replies in other words, and near misses of them", () => {
  test.each(rowsOf<[string, string, number, string[]?]>("replies"))(
    "%j with %j: %d",
    (completion, reference, expected, options) => {
      const problem = { question: "", answers: [reference], columns: {}, ...(options && { options }) };
      expect(answerVerdict().judge(completion, problem).score).toBe(expected);
    },
  );
});

describe("boxes, points and sets", () => {
  test.each<[string, string, string, number]>([
    ["point-in-box", "(100, 20)", "[0, 0, 30, 40]", 0],
    ["point-in-box", "(100, 20)", "[90, 10, 130, 40]", 1],
    ["point-in-box", "(532 98)", "[500, 90, 560, 110]", 1],
    ["point-in-box", '{"x": 532, "y": 98}', "[500, 90, 560, 110]", 1],
    ["point-in-box", '{"x": 532, "y": 198}', "[500, 90, 560, 110]", 0],
    ["point-in-box", '<point x="532" y="98">a</point>', "[500, 90, 560, 110]", 1],
    ["point-in-box", "click(x=532, y=98)", "[500, 90, 560, 110]", 1],
    ["point-in-box", "(532, 98) or (1, 2)", "[500, 90, 560, 110]", 0],
    ["box-iou", "(100, 200)", "[1, 0, 20, 0]", 0],
    ["box-iou", "[100 200 300 400]", "[100, 200, 300, 400]", 1],
    ["box-iou", '{"x1": 100, "y1": 200, "x2": 300, "y2": 400}', "[100, 200, 300, 400]", 1],
    ["point-in-box", "<point>532 98</point>", "[500, 90, 560, 110]", 1],
    ["point-in-box", "<point>532 98</point> <point>1 2</point>", "[500, 90, 560, 110]", 0],
    ["box-iou", "<box>100, 200, 300, 400</box>", "[100, 200, 300, 400]", 1],
    ["box-iou", '{"xmin": 100, "ymin": 200, "xmax": 300, "ymax": 400}', "[100, 200, 300, 400]", 1],
    ["box-iou", "<box>1 2 3 4</box> or <box>100 200 300 400</box>", "[100, 200, 300, 400]", 0],
    ["set", "red & blue", "blue, red", 1],
    ["set", "(1, 2), (3, 4)", "(3, 4), (1, 2)", 1],
    ["set", "(1, 2), (3, 4)", "(2, 1), (4, 3)", 0],
    ["set", "\\boxed{\\text{cat, dog}}", "dog, cat", 1],
    ["set", "A, C", "AC", 1],
    ["set", "A, D", "AC", 0],
    ["numeric", "6.02 x 10^23", "6.02e23", 1],
    ["numeric", "1.6×10⁻¹⁹", "1.6e-19", 1],
    ["numeric", "1.6×10⁻¹⁹", "1.6e19", 0],
    ["numeric", "$1.5 million", "1500000", 1],
  ])("%s of %j and %j: %d", async (kind, completion, reference, expected) => {
    const verdict = createVerdict(verdictSchema.parse({ kind }));
    const judgement = await verdict.judge(completion, { question: "", answers: [reference], columns: {} });
    expect(judgement.score).toBe(expected);
  });

  test("twenty thousand different points take no time", async () => {
    const points = Array.from({ length: 2e4 }, (_, i) => `(${i}, 2)`).join(" ");
    const verdict = createVerdict(verdictSchema.parse({ kind: "point-in-box" }));
    const start = performance.now();
    const judgement = await verdict.judge(points, { question: "", answers: ["[0, 0, 2, 2]"], columns: {} });
    expect(judgement.score).toBe(0);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
