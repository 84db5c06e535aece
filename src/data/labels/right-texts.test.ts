import { describe, expect, test } from "vitest";
import type { RightTexts } from "../task.ts";
import { isRightToken, spanRightTexts } from "./right-texts.ts";
import type { LabelledSpan } from "./span.ts";

const span = (start: number, end: number, right: readonly string[]): LabelledSpan => ({
  start,
  end,
  role: "image",
  statement: null,
  correct: false,
  follows: null,
  right,
});

describe("right texts of a span", () => {
  test("begin where the token meets the span, behind its lead", () => {
    expect(spanRightTexts(["a", " blu", "e", " cat"], [span(2, 6, ["red", "blue", "black"])])).toEqual([
      null,
      { lead: " ", texts: ["red", "blue", "black"] },
      { lead: "", texts: ["e"] },
      null,
    ]);
  });

  test("are not known where a token touches two spans, where nothing is right, and where it has no text", () => {
    expect(spanRightTexts(["ab"], [span(0, 1, ["x"]), span(1, 2, ["y"])])).toEqual([null]);
    expect(spanRightTexts(["ab"], [span(0, 2, [])])).toEqual([null]);
    expect(spanRightTexts(["", "ab"], [span(0, 2, ["x"])])).toEqual([null, { lead: "", texts: ["x"] }]);
  });
});

describe("a token is right", () => {
  const one: RightTexts = { lead: " ", texts: ["12"] };
  test.each([
    ["that is the whole text", " 12", true],
    ["that begins it", " 1", true],
    ["that continues after it", " 12.", true],
    ["whose number continues", " 123", false],
    ["that is another number", " 2", false],
    ["without the lead", "12", false],
    ["that is the lead alone", " ", false],
  ])("or not: one %s", (_, token, expected) => {
    expect(isRightToken(token, one)).toBe(expected);
  });
});

test("tokens and spans are gone through once", () => {
  const tokens = Array.from({ length: 60_000 }, () => "ab");
  const spans = tokens.map((_, t) => ({
    ...{ start: 2 * t, end: 2 * t + 2, statement: null, follows: null },
    ...{ role: "image" as const, correct: true, right: ["ab"] },
  }));
  const start = performance.now();
  const found = spanRightTexts(tokens, spans.toReversed());
  // Comparing each token with each span takes over ten seconds.
  expect(performance.now() - start).toBeLessThan(3000);
  expect(found.every((right) => right?.lead === "" && right.texts.join() === "ab")).toBe(true);
});
