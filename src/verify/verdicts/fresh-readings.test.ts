import { describe, expect, test } from "vitest";
import { equivalent } from "../equivalent.ts";
import { createVerdict, type VerdictConfig, verdictSchema } from "../registry.ts";
import { boxesIn, pointsIn } from "./boxes.ts";
import { readByRule } from "./paper-rules.ts";
import { pythonFloat } from "./python-float.ts";
import { vqaNormalized } from "./vqa.ts";

function score(options: Partial<VerdictConfig>, text: string, ...answers: readonly string[]) {
  const verdict = createVerdict(verdictSchema.parse(options));
  const judgement = verdict.judge(text, { question: "?", answers, columns: {} });
  return (judgement as { readonly score: number | null }).score;
}

describe("verl's rule for GSM8K", () => {
  test.each([
    ["x = 42 and no mark", null],
    ["#### 5 and then #### none", "5"],
    ["#### 5\n#### 6", "6"],
    ["#### -1,008.", "-1,008"],
    [`#### 5 ${"word ".repeat(80)}`, null],
  ])("%j gives %j", (text, answer) => {
    expect(readByRule("verl-gsm8k", text)).toBe(answer);
  });
});

describe("an amount in two units", () => {
  test.each([
    ["It takes 2 hours and 30 minutes.", "2 h 30 min"],
    ["The answer is 2 hours, 30 minutes.", "2 hours 30 minutes"],
    ["She is 5 ft 2 in tall.", "5 ft 2 in"],
    ["It costs 5 dollars and 30 cents.", "5 dollars 30 cents"],
    ["So the walk takes 1 day, 2 hours and 5 minutes.", "1 day 2 h 5 min"],
  ])("%j is whole, and never its smaller part", (text, whole) => {
    expect(score({ kind: "answer" }, text, whole)).toBe(1);
    const [part = ""] = /\d+ [a-z]+$/.exec(whole) ?? [];
    expect(score({ kind: "answer" }, text, part)).toBe(0);
  });

  test("is none where the units are of other kinds, or the larger comes last", () => {
    expect(score({ kind: "answer" }, "It covers 60 km in 2 hours.", "2 hours")).toBe(1);
    expect(score({ kind: "answer" }, "First 5 minutes, then 3 hours.", "3 hours")).toBe(1);
    expect(score({ kind: "answer" }, "Of 3 kg we need 2 m.", "2 m")).toBe(1);
  });
});

describe("a box", () => {
  test("is read with all decimals of a double, and with exponents", () => {
    expect(boxesIn("[0.12345678901234566, 0.2, .5, 7.5e-1]")).toEqual([
      [0.12345678901234566, 0.2, 0.5, 0.75],
    ]);
    expect(pointsIn("(1e-05, 0.3333333333333333)")).toEqual([[1e-5, 1 / 3]]);
    expect(boxesIn("[12.34.5, 1, 2, 3]")).toEqual([]);
  });

  test("of such numbers as reference can be reached", () => {
    const box = "[0.12345678901234566, 0.25, 0.5, 0.75]";
    expect(score({ kind: "box-iou" }, `<answer>${box}</answer>`, box)).toBe(1);
    expect(score({ kind: "point-in-box" }, "<answer>(0.3, 0.5)</answer>", box)).toBe(1);
  });
});

test("commas within numbers end no member of a set", () => {
  expect(score({ kind: "set" }, "1,000", "1000")).toBe(1);
  expect(score({ kind: "set" }, "1,000 and 2,000", "2000, 1000")).toBe(1);
  expect(score({ kind: "set" }, "100,200,300", "300, 200, 100")).toBe(1);
  expect(score({ kind: "set" }, "1,000, 2,000", "1000")).toBe(0);
  expect(score({ kind: "set", score: "f1" }, "1,000", "1000, 2000")).toBeCloseTo(2 / 3, 12);
});

test("words that every object of JavaScript has are words", () => {
  expect(vqaNormalized("The constructor")).toBe("constructor");
  expect(equivalent("5 constructor", "5 constructors")).toBe(false);
  expect(equivalent("5 constructor", "5 apples")).toBe(false);
});

test("a long run of digits is no number of Python in time in proportion to it", () => {
  const text = `${"1".repeat(100_000)}x`;
  const start = performance.now();
  expect(pythonFloat(text)).toBeUndefined();
  // Reading each digit as the end of the whole part takes half a minute.
  expect(performance.now() - start).toBeLessThan(2000);
  expect(["1.", "1.5", ".5", "1_0.2_5e+1_0", "1._5", "1.5.", "."].map(pythonFloat)).toEqual([
    1,
    1.5,
    0.5,
    10.25e10,
    undefined,
    undefined,
    undefined,
  ]);
});
