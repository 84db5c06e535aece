import { describe, expect, test } from "vitest";
import { oneProblem as one, oneSummary as summary } from "../../testing/one-row.ts";

describe("options", () => {
  const OPTIONS = ["red", "blue", "green"];
  const shown = "Which?\nOptions:\nA. red\nB. blue\nC. green";
  test.each<[string, object]>([
    ["a list", { options: OPTIONS }],
    ["a list with letters", { options: ["A. red", "B. blue", "C. green"] }],
    ["a list with letters in brackets", { choices: ["(A) red", "(B) blue", "(C) green"] }],
    ["a dict by letter", { options: { B: "blue", A: "red", C: "green" } }],
    ["a dict with nulls", { options: { A: "red", B: "blue", C: "green", D: null } }],
    ["a dict by place", { options: { "0": "red", "1": "blue", "2": "green" } }],
    ["a dict by place from 1", { options: { "1": "red", "2": "blue", "3": "green" } }],
    ["Python's list", { options: "['red', 'blue', 'green']" }],
    ["JSON in a text", { options: '["red", "blue", "green"]' }],
    ["numpy's array", { options: "['red' 'blue'\n 'green']" }],
    ["Python's dict", { options: "{'A': 'red', 'B': 'blue', 'C': 'green'}" }],
    ["lines with letters", { options: "A. red\nB. blue\nC. green" }],
    ["columns by letter", { A: "red", B: "blue", C: "green" }],
    ["SEED-Bench's columns", { choice_a: "red", choice_b: "blue", choice_c: "green" }],
    ["ARC's struct", { choices: { label: ["A", "B", "C"], text: OPTIONS } }],
    [
      "structs with a text",
      {
        choices: [
          { id: 1, text: "red" },
          { id: 2, text: "blue" },
          { id: 3, text: "green" },
        ],
      },
    ],
  ])("in %s are shown", async (_name, options) => {
    const problem = await one({ question: "Which?", answer: "B", ...options });
    expect(problem).toMatchObject({ question: shown, options: OPTIONS, answers: ["B", "blue"] });
  });

  test("that the question shows already are not shown twice", async () => {
    const question = "Which?\n(A) red (B)  blue (C) green";
    expect(await one({ question, options: OPTIONS, answer: "(B)" })).toMatchObject({
      question,
      options: OPTIONS,
      answers: ["B", "blue"],
    });
  });

  test("that are letters alone are shown as such", async () => {
    const { question } = await one({ question: "Which?", options: ["A", "B"], answer: "A" });
    expect(question).toBe("Which?\nOptions:\nA\nB");
  });

  test.each<[string, unknown, object, readonly string[]]>([
    ["a letter", "b", {}, ["B", "blue"]],
    ["a letter and its text", "B. blue", {}, ["B", "blue"]],
    ["a letter with its word", "Option (B)", {}, ["B", "blue"]],
    ["a text", "blue", {}, ["blue", "B"]],
    ["a text in another case", "Blue ", {}, ["blue", "B"]],
    ["a place", 1, {}, ["B", "blue"]],
    ["a place as text", "1", {}, ["B", "blue"]],
    ["a place from 1", 1, { answerPlaces: "from-1" }, ["A", "red"]],
    ["something else", "yellow", {}, ["yellow"]],
    ["a letter in a box", "so it is \\boxed{B}", {}, ["B", "blue"]],
  ])("are meant by %s", async (_name, answer, options, expected) => {
    expect((await one({ question: "Which?", options: OPTIONS, answer }, options)).answers).toEqual(expected);
  });

  test("that are numbers are meant by their text where that is a text", async () => {
    const row = { question: "Which?", options: ["3", "1", "2"] };
    expect((await one({ ...row, answer: "1" })).answers).toEqual(["1", "B"]);
    expect((await one({ ...row, answer: 1 })).answers).toEqual(["1", "B"]);
    expect((await one({ ...row, answer: 0 })).answers).toEqual(["A", "3"]);
    expect((await one({ ...row, answer: "1" }, { answerPlaces: "from-1" })).answers).toEqual(["A", "3"]);
    await expect(one({ ...row, options: [3, 2, 1], answer: 2 })).rejects.toThrow(
      'answer: "2" may be option B or option C: data.answerPlaces says',
    );
    expect((await one({ ...row, options: [3, 2, 1], answer: 2 }, { answerPlaces: "none" })).answers).toEqual([
      "2",
      "B",
    ]);
  });

  test("that are the same number as the answer are meant by it", async () => {
    const row = { question: "Which?", options: ["1.0", "2.0", "3.0"] };
    expect((await one({ ...row, answer: "1" })).answers).toEqual(["1.0", "A"]);
    expect((await one({ ...row, answer: "03" })).answers).toEqual(["3.0", "C"]);
    expect((await one({ ...row, answer: 1 })).answers).toEqual(["B", "2.0"]);
    expect((await one({ ...row, answer: "7" })).answers).toEqual(["7"]);
    const place = { question: "Which?", options: ["4", "5", "6"], answer: "1" };
    await expect(one(place)).rejects.toThrow(
      'answer: expected one of the numbers that are options, got "1", which may be the place of option B: ' +
        "data.answerPlaces says",
    );
    expect((await one(place, { answerPlaces: "from-0" })).answers).toEqual(["B", "5"]);
    expect((await one(place, { answerPlaces: "none" })).answers).toEqual(["1"]);
    await expect(one({ question: "Which?", options: ["1.0", "1.00"], answer: "1" })).rejects.toThrow(
      "may be option A or option B",
    );
    const large = { question: "Which?", options: ["9007199254740992.0", "9007199254740993.0"] };
    expect((await one({ ...large, answer: "9007199254740993" })).answers).toEqual([
      "9007199254740993.0",
      "B",
    ]);
  });

  test.each<[string, (letter: string, i: number) => string]>([
    ["by letter", (letter) => letter],
    ["by number", (_, i) => `option${i + 1}`],
    ["by number from 0", (_, i) => `option_${i}`],
    ["by small letter", (letter) => `choice_${letter.toLowerCase()}`],
  ])("in up to 26 columns %s are all shown", async (_name, column) => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
    for (const count of [12, 26]) {
      const columns = letters.slice(0, count).map((letter, i) => [column(letter, i), `text ${letter}`]);
      const row = { question: "Which?", answer: letters[count - 1], ...Object.fromEntries(columns) };
      const { options, answers } = await one(row);
      expect(options).toEqual(letters.slice(0, count).map((letter) => `text ${letter}`));
      expect(answers).toEqual([letters[count - 1], `text ${letters[count - 1]}`]);
    }
  });

  test("in columns are not letters behind a gap, and no more than 26", async () => {
    const row = { question: "Which?", A: "red", B: "blue", X: 3.5, Y: 2, answer: "B" };
    expect((await one(row)).options).toEqual(["red", "blue"]);
    const columns = Array.from({ length: 27 }, (_, i) => [`option${i + 1}`, `text ${i}`]);
    await expect(one({ question: "Which?", answer: "A", ...Object.fromEntries(columns) })).rejects.toThrow(
      "options: expected at most 26 columns, got option27",
    );
  });

  test("are never dropped in silence", async () => {
    await expect(one({ question: "Which?", options: "red or blue", answer: "A" })).rejects.toThrow(
      "options: expected a list",
    );
    await expect(one({ question: "Which?", options: { first: "red" }, answer: "A" })).rejects.toThrow(
      "expected letters or places as keys, got first",
    );
    await expect(one({ question: "Which?", options: Array(27).fill("x"), answer: "A" })).rejects.toThrow(
      "expected at most 26",
    );
    await expect(one({ question: "Which?", options: ["B", "A"], answer: "A" })).rejects.toThrow(
      "may be option A or option B",
    );
    await expect(one({ question: "Which?", options: OPTIONS, answer: ["A", "B"] })).rejects.toThrow(
      "several right options at once",
    );
    await expect(
      one({ question: "Which?", options: OPTIONS, answer: 7 }, { answerPlaces: "from-0" }),
    ).rejects.toThrow("expected the place of one of 3 options, from-0, got 7");
  });

  test("of A-OKVQA are meant by correct_choice_idx", async () => {
    const row = { question: "Which?", choices: OPTIONS, correct_choice_idx: 2, direct_answers: "['x']" };
    expect((await one(row)).answers).toEqual(["C", "green"]);
  });

  test("with a gap in their letters keep them", async () => {
    const { question, options } = await one({
      question: "Which?",
      A: "red",
      B: null,
      C: "green",
      answer: "C",
    });
    expect(question).toBe("Which?\nOptions:\nA. red\nC. green");
    expect(options).toEqual(["red", "", "green"]);
  });
});

describe("data.columns", () => {
  test("points into nested cells", async () => {
    const row = {
      q: { text: "Colour?" },
      rm: { truths: [{ value: "no" }, { value: "red" }] },
      pics: [{ file: "a.png" }, { file: "b.png" }],
    };
    const columns = { question: "q.text", answer: "rm.truths.1.value", image: "pics.1.file" };
    expect(await summary(row, { columns })).toEqual(["Colour?", ["red"], [56]]);
  });

  test("means the column whose name has a dot, where there is one", async () => {
    expect(
      await summary(
        { "q.text": "this", q: { text: "that" }, answer: "x" },
        { columns: { question: "q.text" } },
      ),
    ).toEqual(["this", ["x"], []]);
  });

  test("looks for a named part nowhere else", async () => {
    await expect(one({ question: "Q", answer: "x" }, { columns: { answer: "label" } })).rejects.toThrow(
      'answer: is missing; expected it in "label", as data.columns.answer says; the row has question, answer',
    );
    const row = { question: "Q", options: ["red"], answer: "x" };
    expect((await one(row, { columns: { options: "" } })).options).toBeUndefined();
  });
});
