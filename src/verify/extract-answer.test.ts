import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extractAnswer } from "./extract-answer.ts";

const rows = JSON.parse(
  readFileSync(new URL("../../fixtures/verify/extract-answer.json", import.meta.url), "utf8"),
) as [string, string | null, string][];

describe("extractAnswer", () => {
  test.each(rows)("%j gives %j: %s", (completion, expected) => {
    expect(extractAnswer(completion)).toBe(expected);
  });

  test("any content of the last answer tag is found, after any text", () => {
    const content = fc.stringMatching(/^[a-z0-9 .,+-]{1,20}$/).filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(fc.string(), content, (before, answer) => {
        expect(extractAnswer(`${before}<answer>${answer}</answer>`)).toBe(answer.trim());
      }),
    );
  });

  test("it never throws and never gives an empty answer", () => {
    const piece = fc.constantFrom(
      "<answer>",
      "</answer>",
      "\\boxed{",
      "{",
      "}",
      "\\",
      "A",
      "(b)",
      "-1.5",
      " ",
      ",000",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece).map((pieces) => pieces.join("")),
    );
    fc.assert(
      fc.property(text, (completion) => {
        const answer = extractAnswer(completion);
        if (answer !== null) expect(answer.trim()).toBe(answer);
        expect(answer).not.toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    "1",
    "1,000,",
    "\\boxed{",
    "<answer>",
    "</answer>",
    "{",
    "\\",
    "(A",
    "-",
    "1/",
    "1 ",
    "A ",
    "1e",
    "<",
    "\\(",
    "final ",
    "5 ........................................................ # ",
    "Answer: A\n",
    "could be ",
    "the answer is a  ",
    "and or ",
  ])("a long run of %j takes linear time", (piece) => {
    const long = piece.repeat(Math.floor(1e6 / piece.length));
    const start = performance.now();
    extractAnswer(long);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
