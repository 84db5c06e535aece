import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { plainImage } from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/tiny-run.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const red = await plainImage(28, 0);
const blue = await plainImage(56, 0);
const base64 = Buffer.from(red).toString("base64");

/** The problem of one row; a.png is 28 pixels wide, b.png 56. */
async function one(row: object | string, options: object = {}) {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, "images"));
  writeFileSync(join(folder, "a.png"), red);
  writeFileSync(join(folder, "b.png"), blue);
  const path = join(folder, "one.jsonl");
  writeFileSync(path, typeof row === "string" ? row : JSON.stringify(row));
  return (await openFileSource(filesSchema.parse({ path, ...options }), "train")).problem(0);
}

const summary = async (row: object | string, options: object = {}) => {
  const { question, answers, images } = await one(row, options);
  return [question, answers, images.map(({ width }) => width)];
};
const user = (content: unknown) => ({ role: "user", content });
const assistant = (content: unknown) => ({ role: "assistant", content });
const system = { role: "system", content: "Be brief." };
const image = (value?: unknown) => ({ type: "image", ...(value !== undefined && { image: value }) });
const text = (words: string) => ({ type: "text", text: words });

describe("a row of", () => {
  test.each<[string, object, unknown]>([
    [
      "TRL with messages as prompt and completion",
      {
        images: ["a.png"],
        prompt: [system, user([image(), text("Colour?")])],
        completion: [assistant([text("red")])],
      },
      ["<image>Colour?", ["red"], [28]],
    ],
    ["TRL with texts", { image: "a.png", prompt: "Colour?", completion: "red" }, ["Colour?", ["red"], [28]]],
    [
      "TRL with a prompt and a solution",
      { image: "a.png", prompt: [user("Colour?")], solution: "<think>red</think><answer>red</answer>" },
      ["Colour?", ["red"], [28]],
    ],
    [
      "TRL whose parts name nulls, as Arrow unifies them",
      {
        images: ["a.png"],
        messages: [
          user([
            { type: "image", text: null },
            { type: "text", text: "Colour?" },
          ]),
          assistant([{ type: "text", text: "red" }]),
        ],
      },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "OpenAI's image_url in base64",
      {
        messages: [
          user([
            { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
            text("Colour?"),
          ]),
          assistant("red"),
        ],
      },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "two images in the text's parts, one beside them",
      {
        images: ["b.png"],
        messages: [user([image("a.png"), text("or"), image(), text("?")]), assistant("a")],
      },
      ["<image>or<image>?", ["a"], [28, 56]],
    ],
    [
      "images in the parts that stand in a column as well",
      { images: ["a.png"], messages: [user([image("a.png"), text("Colour?")]), assistant("red")] },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "verl with a list of targets",
      {
        prompt: [user("<image>Colour?")],
        images: [{ image: "file://b.png" }],
        reward_model: { ground_truth: { target: ["red", "crimson"] } },
      },
      ["<image>Colour?", ["red", "crimson"], [56]],
    ],
    [
      "EasyR1",
      { images: ["a.png"], problem: "<image>Colour?", answer: "red" },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "ms-swift with query and response",
      { query: "<image>Colour?", response: "red", images: [{ image: "a.png" }] },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "ms-swift with messages and a solution",
      {
        messages: [system, user("<image>Colour?")],
        solution: "red",
        images: [{ path: "a.png", bytes: null }],
      },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "ms-swift with a history, whose first exchange counts",
      { query: "Sure?", response: "yes", history: [["<image>Colour?", "red"]], images: ["a.png"] },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "ms-swift's conversation",
      { conversation: [{ human: "<image>Colour?", assistant: "red" }], images: ["a.png"] },
      ["<image>Colour?", ["red"], [28]],
    ],
    [
      "Alpaca",
      { instruction: "Name it.", input: "the colour", output: "red" },
      ["Name it.\nthe colour", ["red"], []],
    ],
    [
      "LLaVA with later exchanges that show more images",
      {
        image: ["a.png", "b.png"],
        conversations: [
          { from: "human", value: "<image>\nColour?" },
          { from: "gpt", value: "red" },
          { from: "human", value: "<image>\nAnd this?" },
          { from: "gpt", value: "blue" },
        ],
      },
      ["<image>\nColour?", ["red"], [28]],
    ],
    [
      "ThinkLite with base64",
      { image: base64, problem: "Colour?", answer: "red" },
      ["Colour?", ["red"], [28]],
    ],
    [
      "base64 in a struct",
      { image: { bytes: base64, path: null }, problem: "Colour?", answer: "red" },
      ["Colour?", ["red"], [28]],
    ],
    [
      "bytes as a list of numbers",
      { image: { bytes: [...red] }, problem: "Colour?", answer: "red" },
      ["Colour?", ["red"], [28]],
    ],
    [
      "VQAv2",
      {
        image: "a.png",
        question: "Colour?",
        answers: [{ answer: "red", answer_id: 1 }, { answer: "red" }, { answer: "crimson" }],
      },
      ["Colour?", ["red", "crimson"], [28]],
    ],
    [
      "SQuAD",
      { question: "Colour?", answers: { text: ["red", "crimson"], answer_start: [1, 2] } },
      ["Colour?", ["red", "crimson"], []],
    ],
    [
      "DocVQA as a text that is a list",
      { question: "Colour?", answers: "['red', \"o'er\"]" },
      ["Colour?", ["red", "o'er"], []],
    ],
    ["ChartQA", { question: "How many?", label: ["14"] }, ["How many?", ["14"], []]],
    ["GSM8K", { question: "How many?", answer: "He has 3 + 4 = 7.\n#### 7" }, ["How many?", ["7"], []]],
    [
      "a thought before the answer",
      { question: "How many?", solution: "<think>3 + 4</think>\n\n7" },
      ["How many?", ["7"], []],
    ],
    [
      "MMMU",
      {
        question: "Which is <image 2>?",
        options: "['<image 1>', 'the \"right\" one, b']",
        answer: "B",
        image_1: "a.png",
        image_2: "b.png",
        image_3: null,
      },
      [
        'Which is <image>?\nOptions:\nA. <image>\nB. the "right" one, b',
        ["B", 'the "right" one, b'],
        [56, 28],
      ],
    ],
    [
      "MMMU's open questions",
      { question: "How many?", options: "[]", answer: "7" },
      ["How many?", ["7"], []],
    ],
  ])("%s", async (_name, row, expected) => {
    expect(await summary(row)).toEqual(expected);
  });
});

describe("options", () => {
  const OPTIONS = ["red", "blue", "green"];
  const shown = "Which?\nOptions:\nA. red\nB. blue\nC. green";
  test.each<[string, object]>([
    ["a list", { options: OPTIONS }],
    ["a list with letters", { options: ["A. red", "B. blue", "C. green"] }],
    ["a list with letters in brackets", { choices: ["(A) red", "(B) blue", "(C) green"] }],
    ["a dict by letter", { options: { B: "blue", A: "red", C: "green" } }],
    ["a dict with nulls", { options: { A: "red", B: "blue", C: "green", D: null } }],
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

  test("are never dropped in silence", async () => {
    await expect(one({ question: "Which?", options: "red or blue", answer: "A" })).rejects.toThrow(
      "options: expected a list",
    );
    await expect(one({ question: "Which?", options: { first: "red" }, answer: "A" })).rejects.toThrow(
      "expected letters as keys, got first",
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
      "answer: is missing",
    );
    const row = { question: "Q", options: ["red"], answer: "x" };
    expect((await one(row, { columns: { options: "" } })).options).toBeUndefined();
  });
});

describe("nothing passes in silence:", () => {
  test("whole numbers beyond 2^53 are exact", async () => {
    const { answers, columns } = await one(
      '{"question": "n?", "answer": 9007199254740993, "more": [12345678901234567890, 0.1234567890123456789000, "9007199254740993"]}',
    );
    expect(answers).toEqual(["9007199254740993"]);
    expect(columns["more"]).toEqual([
      "12345678901234567890",
      Number("0.1234567890123456789"),
      "9007199254740993",
    ]);
    expect(columns["answer"]).toBe("9007199254740993");
  });

  test("NaN as Python writes it is missing, and what looks like it in a text is not", async () => {
    await expect(one('{"question": "n?", "answer": NaN}')).rejects.toThrow("answer: is missing");
    const { question, answers } = await one('{"question": "NaN \\" NaN?", "answer": NaN, "label": "3"}');
    expect([question, answers]).toEqual(['NaN " NaN?', ["3"]]);
    await expect(one({ question: "n?", answer: "nan" })).rejects.toThrow("answer: is missing");
  });

  test.each<[string, object, string]>([
    [
      "two questions beside one answer",
      { messages: [user("One?"), assistant("1"), user("Two?")], answer: "2" },
      "expected one question in messages beside the answer in answer, got 2",
    ],
    [
      "turns of a tool",
      { messages: [user("One?"), { role: "tool", content: "x" }, assistant("1")] },
      'expected turns of a user and an assistant, got "tool"',
    ],
    [
      "a part that is sound",
      { messages: [user([{ type: "audio", audio: "a.wav" }]), assistant("1")] },
      'expected a part of type text, image or video, got "audio"',
    ],
    [
      "an image in an answer",
      { messages: [user("Draw"), assistant([image("a.png")])] },
      "got an image or a video in an assistant's turn",
    ],
    [
      "a place that nothing fills",
      { messages: [user([image(), image("a.png"), text("?")]), assistant("1")] },
      "expected 1 images beside its content, got 0",
    ],
    [
      "images in another store",
      { image: "s3://bucket/a.png", question: "?", answer: "1" },
      "is a URL that cannot be read",
    ],
    ["a video by URL", { video: "https://example.org/a.mp4", question: "?", answer: "1" }, "is a URL"],
    [
      "broken base64",
      { image: `data:image/png;base64,${"?".repeat(80)}`, question: "?", answer: "1" },
      "is no base64",
    ],
  ])("%s", async (_name, row, expected) => {
    await expect(one(row)).rejects.toThrow(expected);
  });

  test("a Git LFS pointer in the place of an image or a table is named", async () => {
    const folder = temporaryDirectory();
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    for (const name of ["a.png", "a.mp4", "train.csv", "b.jsonl"]) writeFileSync(join(folder, name), pointer);
    const path = join(folder, "one.jsonl");
    const rows = [{ image: "a.png" }, { video: "a.mp4" }].map((media) => ({
      ...media,
      question: "?",
      answer: "1",
    }));
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
    const source = await openFileSource(filesSchema.parse({ path }), "train");
    await expect(source.problem(0)).rejects.toThrow('image "a.png": is a Git LFS pointer');
    await expect(source.problem(1)).rejects.toThrow('video "a.mp4": is a Git LFS pointer');
    for (const name of ["train.csv", "b.jsonl"]) {
      const options = filesSchema.parse({ path: join(folder, name) });
      await expect(openFileSource(options, "train")).rejects.toThrow(`${name}: is a Git LFS pointer`);
    }
  });

  test("the whole row is kept, without pixels", async () => {
    const { columns } = await one({
      question: "?",
      answer: "1",
      image: base64,
      images: [],
      seen: { at: [1, null, true] },
      pic: { bytes: base64, path: "x" },
    });
    expect(columns).toEqual({
      question: "?",
      answer: "1",
      image: base64,
      images: [],
      seen: { at: [1, null, true] },
      pic: { bytes: base64, path: "x" },
    });
    const long = Buffer.from(new Uint8Array(999)).toString("base64");
    const kept = await one({
      question: "?",
      answer: "1",
      pic: { bytes: long, path: "x" },
      uri: `data:image/png;base64,${long}`,
      prose: "ab ".repeat(999),
    });
    expect(kept.columns).toEqual({
      question: "?",
      answer: "1",
      pic: { path: "x" },
      prose: "ab ".repeat(999),
    });
  });
});
