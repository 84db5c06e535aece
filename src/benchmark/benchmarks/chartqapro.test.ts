import { describe, expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { allProblems, changedTable, openRecorded } from "../../testing/benchmark-rounds.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";
import { pythonRepr } from "../python/write.ts";

const TABLE = "ChartQAPro.tsv";
const open = (options: object = {}, file = TABLE) =>
  openRecorded("chartqapro", { file, options: { ...options } });

describe("a row", () => {
  test("is the same problem in VLMEvalKit's table and in the authors' file", async () => {
    const [table, authors] = [
      await allProblems(await open()),
      await allProblems(await open({}, "test-00000-of-00001.parquet")),
    ];
    const asked = ({ question, answers, kind, images }: (typeof table)[number]) => ({
      question,
      answers,
      kind,
      images,
    });
    expect(table.map(asked)).toEqual(authors.map(asked));
  });

  test("asks by its type in the authors' words", async () => {
    const [factoid, choice, conversation, fact] = await allProblems(await open());
    expect(factoid?.question).toMatch(
      /You are given a factoid question that you need to answer based on the provided image\.\nYour answer should be a single word, number, or phrase\. .*\nRemember to generate the final answer only without any additional text!\nQuestion: Question 0, turn 0: what's next\?$/s,
    );
    expect(choice?.question).toContain("Your answer should be one of the options letters only: a, b, c or d");
    expect(conversation?.question).toMatch(
      /\nConversation: \["Question 2, turn 0: what's next\?", .*\] Question: Question 2, turn [12]: /,
    );
    expect(fact?.question).toContain("Your answer should be either true or false");
    const [thought] = await allProblems(await open({ prompt: "cot" }));
    expect(thought?.question).toContain(
      "You need to think step-by-step, but your final answer should be a single word",
    );
  });

  test("asks in lmms-eval's words", async () => {
    const problems = await allProblems(await open({ prompt: "lmms-eval" }));
    expect(problems[0]?.question).toMatch(
      /Question 0, turn 0: what's next\?\nAnswer the question with a short phrase\.$/,
    );
    expect(problems[2]?.question).toMatch(/Q1: Question 2, turn 0: what's next\?\nA1: .*\nQ2: /);
    expect(
      problems.some(({ question }) => question.startsWith("Context: A paragraph about the chart.\n\n")),
    ).toBe(true);
  });

  test("holds a conversation as Python writes it", () => {
    expect(pythonRepr({ type: "list", items: ["a", "it's", `"so"`, `both ' and "`, "two\nlines"] })).toBe(
      String.raw`['a', "it's", '"so"', 'both \' and "', 'two\nlines']`,
    );
  });
});

describe("the score by hand", () => {
  const score = async (
    text: string,
    answer: string,
    years: string[],
    options: object = {},
    questionType = "Factoid",
  ) => {
    const { verdict } = await open(options);
    return (await verdict.judge(text, { question: "?", answers: [answer], columns: { years, questionType } }))
      .score;
  };
  test.each([
    ["104", "100", ["NO"], 1, "within 5 %"],
    ["106", "100", ["NO"], 0, "beyond 5 %"],
    ["2017", "2016", ["YES"], 0, "a year counts exactly"],
    ["50%", "50", ["NO"], 1, "a percent sign is left aside"],
    ["Germani", "Germany", ["NO"], 6 / 7, "one of seven letters is another"],
    ["ab", "ax", ["NO"], 0, "a similarity of one half is none"],
    ["['Red', 'Blue']", "[Red, Blue]", ["NO"], 1, "a list without quotes"],
    ["['Red']", "['Red', 'Blue']", ["NO"], 1 / 2, "one entry too few"],
    ["['Blue', 'Red']", "['Red', 'Blue']", ["NO"], 0, "entries in another order"],
    ["[2016, 7]", "[2016, 7.1]", ["YES", "NO"], 1, "a year and a number"],
    ["<answer>104</answer>", "100", ["NO"], 1, "the marked answer"],
  ])("%s for %s", async (text, answer, years, expected, reason) => {
    expect(await score(text, answer, years), reason).toBeCloseTo(expected, 12);
  });

  test("is exact for facts and choices by lmms-eval, which the authors' code means and does not do", async () => {
    expect(await score("tru", "true", ["NO"], {}, "Fact Checking")).toBeCloseTo(0.75, 12);
    expect(await score("tru", "true", ["NO"], { scorer: "lmms-eval" }, "Fact Checking")).toBe(0);
  });

  test("reads the answer behind a chain of thought that was asked for", async () => {
    expect(await score("We see 40 and 60. The answer is 100.", "100", ["NO"], { prompt: "cot" })).toBe(1);
    expect(await score("We see 40 and 60. The answer is 100.", "100", ["NO"])).toBe(0);
  });
});

describe("bad files", () => {
  const openChanged = async (change: (lines: string[][]) => void) => {
    const config = benchmarkSchema.parse({
      kind: "chartqapro",
      data: await changedTable("chartqapro", TABLE, change),
    });
    return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
  };

  test.each([
    ["question_type", "Riddle", "question_type: expected Factoid or "],
    ["year", "['MAYBE']", "year: expected YES or NO, got MAYBE"],
    ["year", "", "year: is missing"],
    ["answer", "", "answer: is missing"],
    ["image", "", "image: is missing"],
  ])("a wrong %s is named with its row", async (column, cell, message) => {
    const source = await openChanged((lines) => {
      lines[3]![lines[0]!.indexOf(column)] = cell;
    });
    await expect(source.problem(2)).rejects.toThrow(new RegExp(`ChartQAPro.tsv line 4: .*${message}`));
  });

  test("a row twice is named, and a missing column", async () => {
    const source = await openChanged((lines) => lines.push(lines[5]!));
    await source.problem(4);
    await expect(source.problem(64)).rejects.toThrow(/line 66: has the id 4 of .* line 6/);
    const lacking = openChanged((lines) => {
      lines[0]![lines[0]!.indexOf("year")] = "years";
    });
    await expect(lacking).rejects.toThrow("lacks the columns year; it has index, ");
  });
});
