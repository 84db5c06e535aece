import { describe, expect, test } from "vitest";
import {
  numberText,
  percentText,
  pointsText,
  secondsText,
  signedText,
  tickStep,
  tickText,
} from "./number-text.ts";

describe("numbers as they are shown", () => {
  test.each([
    [0, "0"],
    [0.5, "0.5"],
    [-1.2345, "−1.23"],
    [1234.5, "1235"],
    [1e-5, "1e−5"],
    [-2.5e7, "−2.5e7"],
    [null, "–"],
    [undefined, "–"],
    [Number.NaN, "–"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("%s is %s", (value, text) => {
    expect(numberText(value)).toBe(text);
  });

  test("signs, shares and seconds", () => {
    expect([signedText(0.25), signedText(-0.25), signedText(0), signedText(null)]).toEqual([
      "+0.25",
      "−0.25",
      "0",
      "–",
    ]);
    expect([0, 0.0001, 0.004, 0.034, 0.5, 0.9949, 0.995, 0.9986, 0.9995, 1].map(percentText)).toEqual([
      "0.0 %",
      "<0.1 %",
      "0.4 %",
      "3.4 %",
      "50 %",
      "99 %",
      "99.5 %",
      "99.9 %",
      ">99.9 %",
      "100 %",
    ]);
    expect([0.0123, 3.5, 600].map(secondsText)).toEqual(["12 ms", "3.5 s", "10 min"]);
  });

  test("a share below 0 has its sign, and a difference of shares is in points", () => {
    expect([-0.5, -1, -0.034, -0.0004, -0.9995].map(percentText)).toEqual([
      "−50 %",
      "−100 %",
      "−3.4 %",
      ">−0.1 %",
      "<−99.9 %",
    ]);
    expect([0.0344, -0.5, 0].map(pointsText)).toEqual(["+3.4 points", "−50 points", "0 points"]);
  });
});

describe("marks of an axis", () => {
  test.each([
    [[1, 1.25, 1.5], 0.25, ["1.00", "1.25", "1.50"]],
    [[-0.5, 0, 0.5], 0.5, ["−0.5", "0", "0.5"]],
    [[120, 125, 130], 5, ["120", "125", "130"]],
    [[1e6, 1.05e6, 1.1e6], 5e4, ["1e6", "1.05e6", "1.1e6"]],
    [[2.5e-5, 5e-5, 7.5e-5], 2.5e-5, ["2.5e−5", "5e−5", "7.5e−5"]],
  ])("%j every %f", (values, step, texts) => {
    expect(values.map((value) => tickText(value, step))).toEqual(texts);
  });

  test("of shares, and of an axis whose ends are not round", () => {
    expect([0.425, 0.45].map((value) => tickText(value, 0.025, true))).toEqual(["42.5 %", "45.0 %"]);
    expect([0.43817, 0.92].map((value) => tickText(value, tickStep(0.48)))).toEqual(["0.438", "0.920"]);
    expect(tickText(37, tickStep(0))).toBe("37");
  });
});
