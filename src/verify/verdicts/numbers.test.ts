import { describe, expect, test } from "vitest";
import { anls } from "./anls.ts";
import { boxIou } from "./box-iou.ts";
import { exactMatch } from "./exact.ts";
import { levenshtein } from "./levenshtein.ts";
import { meanRelativeAccuracy } from "./mean-relative-accuracy.ts";
import { numberOf } from "./number.ts";
import { numericMatch, roundedTo } from "./numeric.ts";
import { readByRule } from "./paper-rules.ts";
import { isInBox } from "./point-in-box.ts";
import { pythonFloat } from "./python-float.ts";
import { relaxedMatch } from "./relaxed.ts";

test.each<[string, number | undefined]>([
  ["5", 5],
  ["-5", -5],
  ["5 cm", 5],
  ["-5 cm", -5],
  ["5%", 5],
  ["5°", 5],
  ["x = 5", 5],
  ["x ≈ 5.5", 5.5],
  ["1/4", 0.25],
  ["\\sqrt{4}", 2],
  ["\\frac{\\pi}{2}", Math.PI / 2],
  ["-\\pi", -Math.PI],
  ["2 + 3", 5],
  ["x > 5", undefined],
  ["x", undefined],
  ["-x", undefined],
  ["x = y", undefined],
  ["1, 2", undefined],
  ["five", undefined],
  ["", undefined],
  [`${"0".repeat(198)}5.`, 5],
  [`${"0".repeat(199)}5.`, undefined],
  [`${"9".repeat(200)}`, 1e200],
])("the number of %j is %j", (text, value) => {
  expect(numberOf(text)).toBe(value);
});

test.each<[number, number, string]>([
  [1.25, 1, "1.2"],
  [1.35, 1, "1.4"],
  [0.125, 2, "0.12"],
  [0.375, 2, "0.38"],
  [2.5, 0, "2"],
  [3.5, 0, "4"],
  [-2.5, 0, "-2"],
  [-0.04, 1, "0"],
  [-0.06, 1, "-0.1"],
  [2.51, 0, "3"],
  [12.345, 2, "12.35"],
  [7, 3, "7"],
])("%d to %d places is %s", (value, places, text) => {
  expect(roundedTo(value, places)).toBe(text);
});

test.each<[string, string, number, boolean, number | null]>([
  ["1.24", "1.2", 1, false, 1],
  ["1.26", "1.2", 1, false, 0],
  ["7.9", "7", 0, true, 1],
  ["8.0", "7", 0, true, 0],
  ["-7.9", "-7", 0, true, 1],
  ["7.9", "7", 0, false, 0],
  ["none", "7", 0, false, 0],
  ["7", "none", 0, false, null],
])("%j and %j at %d places, integers %j: %j", (given, answer, places, isInteger, score) => {
  expect(numericMatch(given, answer, places, isInteger)).toBe(score);
});

test("an integer is rounded unless its type says that it is cut off", () => {
  expect(numericMatch("7.9", "7", 0)).toBe(0);
  expect(numericMatch("7.9", "8", 0)).toBe(1);
});

test.each<[number, number, number]>([
  [0, 0, 1],
  [0.1, 0, 0],
  [10, 10, 1],
  [-10, -10, 1],
  [10, -10, 0],
  [8.1, 10, 0.7],
  [11.9, 10, 0.7],
  [5, 10, 0.1],
  [4.9, 10, 0],
])("the mean relative accuracy of %d for %d is %d", (given, answer, score) => {
  expect(meanRelativeAccuracy(given, answer)).toBeCloseTo(score, 12);
});

test.each<[string, number | undefined]>([
  ["1.5", 1.5],
  [" -2 ", -2],
  ["+2", 2],
  ["1e3", 1000],
  ["1E-3", 0.001],
  ["1_000", 1000],
  ["inf", Number.POSITIVE_INFINITY],
  ["+Infinity", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["nan", Number.NaN],
  ["-NaN", Number.NaN],
  ["infinite", undefined],
  ["1__0", undefined],
  ["1,000", undefined],
  ["x1", undefined],
  ["1x", undefined],
  ["", undefined],
])("Python reads %j as %d", (text, value) => {
  expect(pythonFloat(text)).toBe(value);
});

test.each<[string, string, number]>([
  ["105", "100", 1],
  ["95", "100", 1],
  ["105.1", "100", 0],
  ["-100", "100", 0],
  ["-105", "-100", 1],
  ["0", "0", 1],
  ["0.0", "0", 0],
  ["5%", "0.05", 1],
  ["5%%", "0.05", 1],
  ["5%", "5", 0],
  ["x%", "X%", 1],
  ["5%", "x", 0],
  ["Yes", "yes", 1],
  ["Yes", "no", 0],
])("relaxed: %j for %j is %d", (given, answer, score) => {
  expect(relaxedMatch(given, answer)).toBe(score);
});

test("another tolerance", () => {
  expect([relaxedMatch("109", "100", 0.1), relaxedMatch("111", "100", 0.1)]).toEqual([1, 0]);
});

test.each<[string, string, boolean, number]>([
  ["New  York ", "new york", false, 1],
  ["New York", "new york", true, 0],
  ["New\nYork", "New York", true, 1],
  ["NewYork", "New York", false, 0],
])("exact: %j for %j, case counted %j, is %d", (given, answer, isCaseSensitive, score) => {
  expect(exactMatch(given, answer, isCaseSensitive)).toBe(score);
});

test("letter case does not count unless asked for", () => {
  expect(exactMatch("A", "a")).toBe(1);
});

test.each<[string, string, number | undefined, number | undefined]>([
  ["", "", undefined, 0],
  ["abc", "abc", undefined, 0],
  ["abc", "", undefined, 3],
  ["", "abc", undefined, 3],
  ["kitten", "sitting", undefined, 3],
  ["kitten", "sitting", 3, 3],
  ["kitten", "sitting", 2, undefined],
  ["abcdef", "abc", 3, 3],
  ["abcdef", "abc", 2, undefined],
  ["abc", "abcdef", 3, 3],
  ["abcd", "bcda", 2, 2],
  ["abcd", "bcda", 1, undefined],
  ["abcdefgh", "hgfedcba", 8, 8],
  ["ab", "ba", 1, undefined],
])("from %j to %j within %j: %j edits", (a, b, limit, edits) => {
  expect(levenshtein(Array.from(a), Array.from(b), limit)).toBe(edits);
});

describe("ANLS", () => {
  test.each<[string, string, number | undefined, number]>([
    ["", "", undefined, 1],
    ["The  Hobbit", "the hobbit", undefined, 1 - 0 / 11],
    ["hobit", "hobbit", undefined, 1 - 1 / 6],
    ["abcd", "abxy", undefined, 0.5],
    ["abcd", "axyz", undefined, 0],
    ["abcd", "axyz", 0.25, 0.25],
    ["abcd", "abcx", 0.8, 0],
    ["", "abc", undefined, 0],
  ])("of %j for %j with the threshold %j is %d", (given, answer, threshold, score) => {
    expect(anls(given, answer, threshold)).toBeCloseTo(score, 12);
  });

  test("long texts are compared as they are", () => {
    const long = "ab".repeat(2001);
    expect([anls(long, ` ${long.toUpperCase()}`), anls(long, `${long}c`)]).toEqual([1, 0]);
    const short = "ab".repeat(2000);
    expect(anls(short, `${short.slice(1)}c`)).toBeCloseTo(1 - 2 / 4000, 12);
  });
});

test.each<[[number, number, number, number], [number, number, number, number], number]>([
  [[0, 0, 2, 2], [0, 0, 2, 2], 1],
  [[0, 0, 2, 2], [1, 0, 3, 2], 1 / 3],
  [[0, 0, 2, 2], [0, 1, 2, 3], 1 / 3],
  [[0, 0, 2, 2], [2, 0, 4, 2], 0],
  [[0, 0, 2, 2], [0, 2, 2, 4], 0],
  [[0, 0, 2, 2], [3, 3, 4, 4], 0],
  [[1, 1, 1, 1], [1, 1, 1, 1], 0],
])("the overlap of %j and %j is %d", (a, b, iou) => {
  expect(boxIou(a, b)).toBeCloseTo(iou, 12);
});

test.each<[[number, number], boolean]>([
  [[1, 2], true],
  [[0, 0], true],
  [[4, 6], true],
  [[4.1, 2], false],
  [[-0.1, 2], false],
  [[1, 6.1], false],
  [[1, -0.1], false],
])("the point %j is in [0, 0, 4, 6]: %j", (point, isInside) => {
  expect(isInBox(point, [0, 0, 4, 6])).toBe(isInside);
});

test.each<["easyr1" | "r1-v" | "verl-gsm8k", string, string | null]>([
  ["easyr1", "<think>\\boxed{1} \\boxed{ \\frac{1}{2} } so", "\\frac{1}{2}"],
  ["easyr1", "\\boxed{1", null],
  ["easyr1", "\\boxed{}", null],
  ["easyr1", "1", null],
  ["easyr1", "a } \\boxed{{1}}", "{1}"],
  ["r1-v", "a <answer> 1 </answer> <answer>2</answer>", "1"],
  ["r1-v", " </answer> 1 ", "</answer> 1"],
  ["r1-v", "<answer>1", "<answer>1"],
  ["r1-v", " 1 ", "1"],
  ["r1-v", " ", null],
  ["verl-gsm8k", "#### 5,", "5"],
  ["verl-gsm8k", "#### -5.5", "-5.5"],
  ["verl-gsm8k", "####5", null],
])("the rule %s reads %j as %j", (rule, text, answer) => {
  expect(readByRule(rule, text)).toBe(answer);
});
