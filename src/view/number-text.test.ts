import { describe, expect, test } from "vitest";
import { numberText, percentText, secondsText, signedText } from "./number-text.ts";

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
});
