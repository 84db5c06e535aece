import { describe, expect, test } from "vitest";
import { answerClasses } from "./answer-classes.ts";

/** How many classes there are of these answers. */
const count = (answers: readonly string[], options?: readonly string[]) =>
  new Set(answerClasses(answers, options)).size;

describe("the classes of answers", () => {
  test("are options where a problem has them", () => {
    const options = ["cat", "dog", "cow"];
    expect(answerClasses(["B", "B", "A. cat", "cat", "\\boxed{A}", "(a)", null], options)).toEqual([
      ...["B", "B", "A", "A", "A", "A"],
      null,
    ]);
    expect(count(["A and C", "C, A", "AC", "cat and cow"], options)).toBe(1);
    expect(count(["horse", "Horse", "pig", "A"], options)).toBe(3);
  });

  test.each([
    [["0.5", "\\frac{1}{2}", "1/2", "$0.5$"]],
    [["New York", "new york", "**New York**", "the New York"]],
    [["12 cm", "12cm", "12 \\text{ cm}"]],
  ])("are one for %j", (answers) => {
    expect(count(answers)).toBe(1);
  });

  test("are called by the text with the most votes, or the first of them", () => {
    expect(answerClasses(["1/2", "0.5", "0.5"])).toEqual(["text 0.5", "text 0.5", "text 0.5"]);
    expect(answerClasses(["1/2", "0.5"])).toEqual(["text 1/2", "text 1/2"]);
  });

  test("are several for other answers", () => {
    expect(count(["1", "2", "3", "two thirds", "", "?"])).toBe(6);
  });

  test("of many different answers take time in proportion to their number", () => {
    const answers = Array.from({ length: 1000 }, (_, i) => `${i}x + ${i + 1}`);
    const before = performance.now();
    expect(count(answers)).toBe(1000);
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
