import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainImage } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import type { DemonstrationSource, Opened, Task } from "../task.ts";
import { fileTask } from "./file-task.ts";
import { filesSchema } from "./options.ts";

const red = await plainImage(28, 0);
const blue = await plainImage(56, 0);

function files(contents: Readonly<Record<string, readonly object[]>>): string {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "images"));
  writeFileSync(join(folder, "a.png"), red);
  writeFileSync(join(folder, "b.png"), blue);
  for (const [name, rows] of Object.entries(contents))
    writeFileSync(join(folder, name), rows.map((row) => JSON.stringify(row)).join("\n"));
  return folder;
}

const taskOf = (path: string, options: object = {}) => fileTask(filesSchema.parse({ path, ...options }));

async function opened<T>(source: Opened<T> | undefined): Promise<T> {
  expect(source).toBeDefined();
  return typeof source === "function" ? (source as () => Promise<T>)() : source!;
}

async function demonstrations(task: Task): Promise<DemonstrationSource> {
  const source = await opened(task.demonstrations);
  if (!("demonstration" in source)) throw new Error("expected one source");
  return source;
}

const row = { image: "a.png", question: "Colour?", answer: "red" };

describe("the task of a directory", () => {
  test("has the splits that its files are named by, each opened when it is asked for", async () => {
    const task = await taskOf(files({ "train.jsonl": [row, row], "val.jsonl": [row], "test.jsonl": [] }));
    expect((await opened(task.train)).size).toBe(2);
    expect((await opened(task.validation)).size).toBe(1);
    await expect(opened(task.test)).rejects.toThrow("expected at least one row, got none");
  });

  test("has no other splits", async () => {
    const folder = files({ "rows.jsonl": [row] });
    const task = await taskOf(folder);
    expect([task.validation, task.test]).toEqual([undefined, undefined]);
    expect(folder.endsWith(task.name)).toBe(true);
    expect((await taskOf(folder, { validation: folder })).validation).toBeDefined();
  });

  test("that does not exist is refused", async () => {
    await expect(taskOf("/nowhere/at-all")).rejects.toThrow("no such file or directory");
  });
});

describe("demonstrations", () => {
  test("are the solutions, unchanged", async () => {
    const solution = "<think>It is red.</think><answer>red</answer>";
    const task = await taskOf(files({ "rows.jsonl": [{ ...row, solution }, row] }));
    const source = await demonstrations(task);
    expect(source.size).toBe(2);
    const first = await source.demonstration(0);
    expect(first.completion).toBe(solution);
    expect(first.problem).toMatchObject({ question: "Colour?", answers: ["red"] });
    expect(first.problem.images).toHaveLength(1);
    expect((await source.demonstration(1)).completion).toBe("red");
  });

  test.each<[string, object, string]>([
    ["TRL's completion", { prompt: "Colour?", completion: "It is red.", answer: "red" }, "It is red."],
    [
      "a message",
      {
        messages: [
          { role: "user", content: "Colour?" },
          { role: "assistant", content: "It is red." },
        ],
        solution: "red",
      },
      "It is red.",
    ],
    ["ms-swift's response", { query: "Colour?", response: "It is red.", solution: "red" }, "It is red."],
    [
      "a named column",
      { question: "Colour?", answer: "red", why: { long: "It is red." }, solution: "red" },
      "It is red.",
    ],
  ])("are %s", async (name, own, completion) => {
    const columns = name === "a named column" ? { solution: "why.long" } : {};
    const source = await demonstrations(await taskOf(files({ "rows.jsonl": [own] }), { columns }));
    const { problem, completion: read, later } = await source.demonstration(0);
    expect([problem.question, problem.answers, read, later]).toEqual([
      "Colour?",
      ["red"],
      completion,
      undefined,
    ]);
  });

  test("of a conversation have all of the assistant's turns, each with its own images", async () => {
    const conversations = [
      { from: "system", value: "Be brief." },
      { from: "human", value: "<image>\nColour?" },
      { from: "gpt", value: "red" },
      { from: "human", value: "And this?\n<image>" },
      { from: "gpt", value: "blue" },
      { from: "human", value: "Thanks!" },
    ];
    const source = await demonstrations(
      await taskOf(files({ "rows.jsonl": [{ images: ["a.png", "b.png"], conversations }] })),
    );
    const { problem, completion, later = [] } = await source.demonstration(0);
    expect([problem.question, problem.images.map(({ width }) => width), completion]).toEqual([
      "<image>\nColour?",
      [28],
      "red",
    ]);
    expect(later).toMatchObject([{ question: "And this?\n<image>", completion: "blue" }]);
    expect(later.map(({ images }) => images[0]?.width)).toEqual([56]);
  });

  test("may have a path of their own", async () => {
    const folder = files({
      "train.jsonl": [row],
      "warm.jsonl": [{ ...row, solution: "It is red." }, row, row],
    });
    const source = await demonstrations(
      await taskOf(join(folder, "train.jsonl"), { warmStart: join(folder, "warm.jsonl") }),
    );
    expect(source.size).toBe(3);
    expect((await source.demonstration(0)).completion).toBe("It is red.");
  });

  test("that a named column lacks are refused, with file and row", async () => {
    const folder = files({ "rows.jsonl": [row] });
    const source = await demonstrations(await taskOf(folder, { columns: { solution: "why" } }));
    await expect(source.demonstration(0)).rejects.toThrow("rows.jsonl line 1: solution: is missing in why");
  });

  test("of two exchanges do not go with one question from elsewhere", async () => {
    const turns = ["One?", "1", "Two?", "2"].map((content, i) => ({
      role: i % 2 === 0 ? "user" : "assistant",
      content,
    }));
    const source = await demonstrations(await taskOf(files({ "rows.jsonl": [{ ...row, messages: turns }] })));
    await expect(source.demonstration(0)).rejects.toThrow(
      "solution: expected one question and its answer in messages beside the question in question, got 2",
    );
  });
});
