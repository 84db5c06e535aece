import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { openSource } from "../../data/index.ts";
import { allProblems, copiedFixture, openRecorded } from "../../testing/benchmark-rounds.ts";
import { type ChatServer, startChatServer } from "../../testing/chat-server.ts";
import { createVerdict, verdictSchema } from "../../verify/index.ts";
import { benchmarkSchema, createBenchmark } from "../index.ts";

const AUTHORS = "validation.json";
const LMMS = "validation-00000-of-00001.parquet";
const open = (options: object = {}, file = AUTHORS) =>
  openRecorded("mmvu", { file, options: { ...options } });

describe("a row", () => {
  test("is the same problem in the authors' file and in lmms-eval's", async () => {
    const [authors, lmms] = [await allProblems(await open()), await allProblems(await open({}, LMMS))];
    const asked = ({ id, question, answers, kind, videos }: (typeof authors)[number]) => ({
      id,
      question,
      answers,
      kind,
      videos,
    });
    expect(authors.map(asked)).toEqual(lmms.map(asked));
    expect(authors[0]?.kind).toBe("Science");
    expect(authors[0]?.videos).toHaveLength(1);
  });

  test("asks in the authors' words, with options or open", async () => {
    const [choice, free] = await allProblems(await open());
    expect(choice?.question).toMatch(
      /^\nQuestion: What is shown in video 0\?\nA: .*\nB: .*\nC: .*\nD: .*\nE: .*\n\nAnswer the given multiple-choice question step by step\..*is: \$LETTER' \(/s,
    );
    expect(choice?.options).toHaveLength(5);
    expect(free?.question).toMatch(
      /^\nQuestion: What is shown in video 1\?\n\nAnswer the given question step by step\./,
    );
    expect(free?.options).toBeUndefined();
    const [direct] = await allProblems(await open({ prompt: "direct" }));
    expect(direct?.question).toContain("Answer directly with the option letter from the given choices.\n");
    const [lmms] = await allProblems(await open({ prompt: "lmms-eval" }));
    expect(lmms?.question).toMatch(/^\nQuestion:What is shown/);
  });
});

describe("the rule", () => {
  const choice = {
    question: "?",
    answers: ["B"],
    options: ["mitosis", "meiosis"],
    columns: { question_type: "multiple-choice", choices: { A: "mitosis", B: "meiosis" } },
  };
  const free = { question: "?", answers: ["Nash equilibrium"], columns: { question_type: "open-ended" } };
  test.each([
    ["Therefore, the final answer is: B", choice, 1, 1],
    ["It is A. B is wrong.", choice, 0, 1],
    ["meiosis", choice, 1, 1],
    ["", free, 0, 1],
    ["It is no Nash equilibrium but a Pareto optimum", free, 0, 1],
    ["Answer: Nash equilibrium", free, 1, 1],
    ["a Pareto optimum", free, 0, 0],
  ])("of lmms-eval is lenient: %s", async (text, problem, byFovea, byLmms) => {
    const scores = [];
    for (const scorer of ["fovea", "lmms-eval"]) {
      const { verdict } = await open({ scorer });
      scores.push((await verdict.judge(text, problem)).score);
    }
    expect(scores).toEqual([byFovea, byLmms]);
  });
});

describe("the judge", () => {
  let server: ChatServer | undefined;
  afterEach(() => server?.close());

  /** Recorded replies by the answer that is judged. */
  const REPLIES = {
    "an equilibrium of Nash": "Correct",
    "a Pareto optimum": "Incorrect",
    "perhaps both": "It depends.",
  };

  test.each([
    ["an equilibrium of Nash", 1],
    ["a Pareto optimum", 0],
    ["perhaps both", null],
  ] as const)("is asked in the authors' words about %s", async (text, score) => {
    server = await startChatServer(({ messages }) => {
      const asked = messages.at(-1)?.content ?? "";
      return Object.entries(REPLIES).find(([answer]) => asked.endsWith(answer))![1];
    });
    const { judge } = await open();
    const config = { kind: "judge", url: server.url, model: "gpt-4o", prompt: judge };
    const verdict = createVerdict(verdictSchema.parse(config));
    const problem = { question: "Question?", answers: ["Nash equilibrium"], columns: {} };
    expect((await verdict.judge(`<think>Both?</think>${text}`, problem)).score).toBe(score);
    const [system, user] = server.calls[0]!.messages;
    expect(system?.content).toContain("exact same technique or concept");
    expect(user?.content.replace("Question: \n", "Question: ")).toBe(
      `Question?\n\nGround Truth Answer: Nash equilibrium\n\nModel Response to the Question: ${text}`,
    );
  });
});

describe("bad files", () => {
  const openChanged = async (change: (rows: Record<string, unknown>[]) => void) => {
    const data = await copiedFixture("mmvu", AUTHORS);
    const rows = JSON.parse(readFileSync(data, "utf8")) as Record<string, unknown>[];
    change(rows);
    writeFileSync(data, JSON.stringify(rows));
    const config = benchmarkSchema.parse({ kind: "mmvu", data });
    return openSource((await createBenchmark(config, { data: undefined, seed: 0 })).source);
  };

  test.each([
    ["question_type", "essay", 'question_type: expected multiple-choice or open-ended, got "essay"'],
    [
      "video",
      "videos/Alchemy/0.mp4",
      "expected a path in the folder of one of 27 subjects, got videos/Alchemy/0.mp4",
    ],
    ["video", "videos/Art/99.mp4", "videos/Art/99.mp4"],
    ["choices", null, "choices: expected a struct of A to E"],
    ["answer", "", "answer: is missing"],
  ])("a wrong %s is named with its row: %s", async (column, cell, message) => {
    const source = await openChanged((rows) => {
      rows[2]![column] = cell;
    });
    await expect(source.problem(2)).rejects.toThrow(message);
    await expect(source.problem(2)).rejects.toThrow("validation.json");
  });

  test("a row twice is named, and a missing column", async () => {
    const source = await openChanged((rows) => rows.push(rows[1]!));
    await source.problem(1);
    await expect(source.problem(64)).rejects.toThrow("has the id validation_1 of ");
    const lacking = openChanged((rows) => {
      for (const row of rows) delete row["choices"];
    });
    await expect(lacking).rejects.toThrow("lacks the columns choices; it has id, ");
  });
});
