import { describe, expect, test } from "vitest";
import { oneProblem as one } from "../../testing/one-row.ts";

const SHOWN = { question: "Which?\nOptions:\nA. red\nB. blue", options: ["red", "blue"] };

describe("options", () => {
  test.each<[string, object]>([
    [
      "structs of key and value",
      {
        options: [
          { key: "A", value: "red" },
          { key: "B", value: "blue" },
        ],
      },
    ],
    [
      "structs in another order",
      {
        options: [
          { label: "B", text: "blue" },
          { label: "A", text: "red" },
        ],
      },
    ],
    ["dicts of one letter", { options: [{ A: "red" }, { B: "blue" }] }],
    ["two lists in another order", { choices: { label: ["B", "A"], text: ["blue", "red"] } }],
    ["a list in a list", { options: [["red", "blue"]] }],
    ["a list with a gap at its end", { options: ["red", "blue", null] }],
    ["one line", { options: "A. red B. blue" }],
    ["one line with brackets", { options: "(A) red; (B) blue" }],
    ["a list with numbers", { options: ["1. red", "2. blue"] }],
    ["columns with numbers", { option1: "red", option2: "blue" }],
    ["columns with numbers from 0", { option_0: "red", option_1: "blue" }],
    ["columns in capitals", { "Option A": "red", "Option B": "blue" }],
    ["columns in one word", { optionA: "red", optionB: "blue" }],
    ["columns of choices", { choice1: "red", choice2: "blue" }],
    ["MedMCQA's columns", { opa: "red", opb: "blue" }],
    ["a list in Options", { Options: ["red", "blue"] }],
    ["a list in candidates", { candidates: ["red", "blue"] }],
    ["columns of which pandas left some empty", { A: "red", B: "blue", C: "nan", D: "nan", hint: "nan" }],
  ])("in %s are shown", async (_name, row) => {
    expect(await one({ question: "Which?", answer: "B", ...row })).toMatchObject({
      ...SHOWN,
      answers: ["B", "blue"],
    });
  });

  test.each<[string, unknown, object]>([
    ["ARC's numbers", "1", { choices: { label: ["1", "2"], text: ["red", "blue"] } }],
    ["keys from 1", 1, { options: { "1": "red", "2": "blue" } }],
    ["numbers before the texts", "(1)", { options: ["1. red", "2. blue"] }],
    ["numbers of columns", 1, { option1: "red", option2: "blue" }],
    [
      "ids",
      "x7",
      {
        options: [
          { id: "x7", text: "red" },
          { id: "x8", text: "blue" },
        ],
      },
    ],
  ])("with labels of their own are meant by these: %s", async (_name, answer, row) => {
    expect(await one({ question: "Which?", answer, ...row })).toMatchObject({
      ...SHOWN,
      answers: ["A", "red"],
    });
  });

  test("are meant by a place that pandas wrote as a float", async () => {
    const row = { question: "Which?", options: ["red", "blue"], answer: "1.0" };
    expect((await one(row)).answers).toEqual(["B", "blue"]);
  });

  test.each<[string, object]>([
    ["one column alone", { option1: "red" }],
    ["a text in candidates", { candidates: "two of them" }],
    ["columns a and b, which may be numbers", { a: "3", b: "4" }],
  ])("are not seen in %s", async (_name, row) => {
    expect((await one({ question: "Which?", answer: "B", ...row })).options).toBeUndefined();
  });

  test.each(["AB", "A, B", "A and B", "B;A"])("that are right together are refused: %s", async (answer) => {
    const row = { question: "Which?", options: ["red", "blue", "green"], answer };
    await expect(one(row)).rejects.toThrow("questions with several right options at once are not supported");
  });

  test.each(["AD", "AA", "ab", "A red"])("are not several letters in %s", async (answer) => {
    const row = { question: "Which?", options: ["red", "blue", "green"], answer };
    expect((await one(row)).answers).toEqual([answer]);
  });

  test("are not looked for in blanks for long", async () => {
    const answer = `A${" ".repeat(200_000)}x`;
    const before = performance.now();
    expect((await one({ question: "Which?", options: ["red", "blue"], answer })).answers).toEqual([answer]);
    expect(performance.now() - before).toBeLessThan(5000);
  });

  test("that the question shows by small letters are not shown twice", async () => {
    const question = "Which? (a) red (b) blue";
    expect((await one({ question, options: ["red", "blue"], answer: "b" })).question).toBe(question);
  });

  test.each([
    [
      ["(A)", "(B)", "(C)"],
      ["(A)", "(B)", "(C)"],
    ],
    [
      ["A.", "B.", "C."],
      ["A.", "B.", "C."],
    ],
    [
      ["A. red", "B."],
      ["red", "B."],
    ],
  ])("that are a mark alone, %j, keep it, since their texts are in the picture", async (given, options) => {
    const problem = await one({ question: "Which?", options: given, answer: "B", image: "a.png" });
    expect(problem.options).toEqual(options);
  });

  test("without labels are refused", async () => {
    const of = (options: unknown) => one({ question: "Which?", answer: "B", options });
    await expect(of([{ colour: "red", size: 1 }])).rejects.toThrow(
      "expected letters or places as keys, got colour, size",
    );
    await expect(of([{ warm: "red" }, { cold: "blue" }])).rejects.toThrow(
      "expected structs with a label and a text, got warm",
    );
    await expect(of("red or blue")).rejects.toThrow(
      'expected a list, or a dict by letter, got "red or blue"',
    );
  });
});

describe("numbers in a list", () => {
  test.each(["answer", "solution", "ground_truth"])("are one answer in the column %s", async (name) => {
    expect((await one({ question: "Box?", [name]: [10, 20.5, 30, 40] })).answers).toEqual([
      "[10, 20.5, 30, 40]",
    ]);
  });

  test("are several answers in a column of several", async () => {
    expect((await one({ question: "How many?", answers: [3, 4] })).answers).toEqual(["3", "4"]);
    expect(
      (
        await one({
          question: "Box?",
          answers: [
            [1, 2],
            [3, 4],
          ],
        })
      ).answers,
    ).toEqual(["[1, 2]", "[3, 4]"]);
  });

  test("or in a text are several answers only where their texts are in quotes", async () => {
    const of = async (name: string, text: string) => (await one({ question: "?", [name]: text })).answers;
    for (const name of ["answers", "direct_answers", "multiple_choice_answer"]) {
      expect(await of(name, "(3, 4)")).toEqual(["(3, 4)"]);
      expect(await of(name, "[0, 1]")).toEqual(["[0, 1]"]);
      expect(await of(name, "('3', '4')")).toEqual(["3", "4"]);
      expect(await of(name, '["3", "4"]')).toEqual(["3", "4"]);
      expect(await of(name, "[3]")).toEqual(["3"]);
      expect(await of(name, "{'text': ['red', 'crimson'], 'answer_start': [1, 2]}")).toEqual([
        "red",
        "crimson",
      ]);
    }
    expect((await one({ question: "?", answers: "[]", direct_answers: "7" })).answers).toEqual(["7"]);
  });

  test("that numpy printed without commas are options", async () => {
    const row = { question: "Which?", options: "[1 2 3 4]", answer: "C" };
    expect(await one(row)).toMatchObject({ options: ["1", "2", "3", "4"], answers: ["C", "3"] });
  });

  test("that are all the same are this number", async () => {
    expect((await one({ question: "How many?", answer: [3, 3] })).answers).toEqual(["3", "3"]);
  });
});
