import { describe, expect, test } from "vitest";
import { equivalent } from "../equivalent.ts";
import { createVerdict, type VerdictConfig, verdictSchema } from "../registry.ts";
import { answerVerdict } from "./answer.ts";
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

describe("a box or a point in another notation", () => {
  test.each([
    "\\boxed{[100,\\ 200,\\ 300,\\ 400]}",
    "\\left[100, 200, 300, 400\\right]",
    "[100，200，300，400]",
    "The bounding box is 100, 200, 300, 400.",
    "bbox: 100, 200, 300, 400",
    "x_min: 100, y_min: 200, x_max: 300, y_max: 400",
    '{"left": 100, "top": 200, "right": 300, "bottom": 400}',
    "from (100, 200) to (300, 400)",
  ])("%j is a box", (text) => {
    expect(boxesIn(text)).toEqual([[100, 200, 300, 400]]);
  });

  test.each(["(15，16)", "The point is 15, 16", '{"y": 16, "x": 15}', "<click>15, 16</click>", "x=15, y=16"])(
    "%j is a point",
    (text) => {
      expect(pointsIn(text)).toEqual([[15, 16]]);
    },
  );

  test("a count before a list of numbers makes it no box", () => {
    expect(boxesIn("There are 3 boxes: 1, 2, 3, 4")).toEqual([]);
    expect(pointsIn("x=1, y=2, x=3")).toEqual([[1, 2]]);
  });
});

describe("a reply that is the accepted answer and nothing else", () => {
  test.each([
    "H2O",
    "C++",
    "C#",
    "St. Louis",
    "U.S.",
    "Vitamin B12",
    "O(n log n)",
    "10^{-3}",
    "Item 3",
    "No. 5",
    "2-methylpropane",
    "1,2-dichloroethane",
    "2x+3y=5",
    "192.168.0.1",
    "oxygen and nitrogen",
    "P < Q",
    "+",
  ])("%j is right", (answer) => {
    expect(score({ kind: "answer" }, answer, answer)).toBe(1);
    expect(score({ kind: "answer" }, `<answer>${answer}</answer>`, answer)).toBe(1);
  });

  test("asks, denies or hedges nothing", () => {
    expect(score({ kind: "answer" }, "Item 3?", "Item 3")).toBe(0);
    expect(score({ kind: "answer" }, "not Item 3", "Item 3")).toBe(0);
    expect(score({ kind: "answer" }, "+", "-")).toBe(0);
  });
});

test("an option's text that is another option's letter is not that option", () => {
  const judge = (text: string) =>
    answerVerdict().judge(text, {
      question: "?",
      answers: ["A", "B"],
      options: ["B", "C", "D", "A"],
      columns: {},
    }).score;
  expect(judge("A")).toBe(1);
  expect(judge("B")).toBe(0);
  expect(judge("D")).toBe(0);
});

test("an option in Chinese is found within a sentence, which has no spaces", () => {
  const problem = { question: "?", answers: ["B"], options: ["巴黎", "伦敦"], columns: {} };
  expect(answerVerdict().judge("这座城市是伦敦。", problem).score).toBe(1);
  expect(answerVerdict().judge("这座城市是巴黎。", problem).score).toBe(0);
});

test("typesetting around an answer in a box is no part of it", () => {
  expect(score({ kind: "exact" }, "\\boxed{\\text{Yes}}", "Yes")).toBe(1);
  expect(score({ kind: "exact" }, "\\boxed{\\text{Yes}}", "\\text{Yes}")).toBe(1);
  expect(score({ kind: "relaxed" }, "\\boxed{25\\%}", "25%")).toBe(1);
  expect(score({ kind: "anls" }, "\\boxed{\\text{The Hobbit}}", "The Hobbit")).toBe(1);
});

test("an exact value beside what it rounds to is either, where it does", () => {
  for (const answer of ["2\\sqrt{3}", "3.46"]) {
    expect(score({ kind: "answer" }, "The answer is 2√3 ≈ 3.46.", answer)).toBe(1);
    expect(score({ kind: "answer" }, "\\boxed{2\\sqrt{3} \\approx 3.46}", answer)).toBe(1);
    expect(score({ kind: "answer" }, "\\boxed{2\\sqrt{3} \\approx 3.56}", answer)).toBe(0);
  }
  expect(score({ kind: "numeric" }, "2√3 ≈ 3.46", "3.46")).toBe(1);
  expect(equivalent("no 1", "no")).toBe(false);
});

test("letters in braces, and an object as Python prints it", () => {
  expect(score({ kind: "answer" }, "{C}", "C")).toBe(1);
  expect(score({ kind: "answer" }, "\\boxed{\\{A, C\\}}", "AC")).toBe(1);
  expect(score({ kind: "answer" }, "\\boxed{\\{A, C\\}}", "A")).toBe(0);
  expect(score({ kind: "answer" }, "{'answer': 'C', 'sure': 'B'}", "C")).toBe(1);
  expect(score({ kind: "answer" }, "{'answer': 'C', 'sure': 'B'}", "B")).toBe(0);
  expect(equivalent("5 lakh", "500,000")).toBe(true);
  expect(equivalent("2 crore", "20 million")).toBe(true);
  expect(equivalent("1 und 2", "1, 2")).toBe(true);
});

test("quotes around the members of a set are no part of them", () => {
  expect(score({ kind: "set" }, '["cat", "dog"]', "dog, cat")).toBe(1);
  expect(score({ kind: "set" }, "'a', 'b'", '["a", "b"]')).toBe(1);
});

test("signs of geometry and logic have one spelling, and a rate is an amount", () => {
  expect(equivalent("AB ⊥ CD", "AB \\perp CD")).toBe(true);
  expect(equivalent("p → q", "p \\rightarrow q")).toBe(true);
  expect(equivalent("AB ⊥ CD", "AB \\parallel CD")).toBe(false);
  expect(equivalent("10m/s", "10 m/s")).toBe(true);
  expect(equivalent("10m/s", "10")).toBe(true);
  expect(equivalent("10m/s", "10 km/h")).toBe(false);
  expect(equivalent("5m", "5")).toBe(false);
  expect(equivalent("5 wk", "5 weeks")).toBe(true);
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
