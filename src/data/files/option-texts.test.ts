import { describe, expect, test } from "vitest";
import { oneProblem as one } from "../../testing/one-row.ts";

const answersOf = async (options: unknown, answer: unknown, more: object = {}) =>
  (await one({ question: "Which?", options, answer }, more)).answers;

describe("a number that is an answer", () => {
  test.each<[string, unknown, readonly string[], readonly string[]]>([
    ["with a unit", "6", ["5°", "6°"], ["6", "B", "6°"]],
    ["with a unit, as a number", 6, ["5 cm", "6 cm"], ["6", "B", "6 cm"]],
    ["with a word before it", "12", ["Step 11", "Step 12"], ["12", "B", "Step 12"]],
    ["between dollars", "6.0", ["$5$", "$6$"], ["6.0", "B", "$6$"]],
    ["at its own place", "1", ["0 cm", "1 cm"], ["1", "B", "1 cm"]],
  ])("means the only option that has it %s", async (_name, answer, options, expected) => {
    expect(await answersOf(options, answer)).toEqual(expected);
  });

  test("and a place among options with numbers may mean either, unless the settings say it", async () => {
    const options = ["2 cm", "4 cm", "6 cm"];
    await expect(answersOf(options, "2")).rejects.toThrow(
      'answer: "2" may be option A or option C: data.answerPlaces says whether answers are places',
    );
    expect(await answersOf(options, "2", { answerPlaces: "from-0" })).toEqual(["C", "6 cm"]);
    expect(await answersOf(options, "2", { answerPlaces: "none" })).toEqual(["2", "A", "2 cm"]);
    expect(await answersOf(options, "1")).toEqual(["B", "4 cm"]);
    expect(await answersOf(options, 2)).toEqual(["C", "6 cm"]);
  });

  test.each<[string, readonly string[]]>([
    ["in two of them", ["6 cm", "6 m"]],
    ["beside another number", ["5 of 6", "4 of 7"]],
    ["as an exponent", ["x^6", "x^5"]],
    ["as part of a longer one", ["16 cm", "60 cm"]],
    ["as part of a decimal", ["6.5 cm", "5.5 cm"]],
    ["below zero", ["-6 cm", "5 cm"]],
  ])("means no option that has it %s", async (_name, options) => {
    expect(await answersOf(options, "6")).toEqual(["6"]);
  });
});

describe("a truth value", () => {
  test.each<[unknown, readonly string[], readonly string[]]>([
    [true, ["Yes", "No"], ["true", "A", "Yes"]],
    [false, ["Yes", "No"], ["false", "B", "No"]],
    ["True", ["No", "Yes", "Unknown"], ["True", "B", "Yes"]],
    ["no", ["True", "False"], ["no", "B", "False"]],
    [true, ["True", "False"], ["True", "A"]],
    [true, ["red", "blue"], ["true"]],
  ])("%j means the option that says it, of %j", async (answer, options, expected) => {
    expect(await answersOf(options, answer)).toEqual(expected);
  });
});

test.each(["Ｂ", "（B）", "B．"])("a letter of full width, %s, means its option", async (answer) => {
  expect(await answersOf(["red", "blue"], answer)).toEqual(["B", "blue"]);
});
