import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeImage } from "../../model/index.ts";
import { smallProblems } from "../../testing/data-files.ts";
import { oneProblem as one, oneRow, IMAGE_A as red, oneSummary as summary } from "../../testing/one-row.ts";
import { ROW_CONVENTIONS, writeConvention, writeVerlParquet } from "../../testing/row-formats.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const base64 = Buffer.from(red).toString("base64");
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
      "images in the parts that are in a column as well",
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
      ["Colour?", ["red", "red", "crimson"], [28]],
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
    [
      "MMMU with several answers",
      { question: "?", options: "[]", answer: "['1/3', '0.333']" },
      ["?", ["1/3", "0.333"], []],
    ],
    [
      "a question that names its images",
      { images: ["a.png", "b.png"], question: "<image_2> or <image1>?", answer: "1" },
      ["<image> or <image>?", ["1"], [56, 28]],
    ],
    ["a vector as answer", { question: "?", answer: "[1, 2]" }, ["?", ["[1, 2]"], []]],
    [
      "verl whose structs are texts",
      { prompt: "[{'role': 'user', 'content': 'Colour?'}]", reward_model: '{"ground_truth": "red"}' },
      ["Colour?", ["red"], []],
    ],
    [
      "a struct of nulls before an image",
      { images: [{ bytes: null, path: null }], image: "b.png", question: "?", answer: "1" },
      ["?", ["1"], [56]],
    ],
    [
      "Anthropic's source",
      {
        messages: [
          user([
            { type: "image", source: { type: "base64", media_type: "image/png", data: base64 } },
            text("?"),
          ]),
          assistant("1"),
        ],
      },
      ["<image>?", ["1"], [28]],
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
      "expected base64, got ",
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

  test("a Git LFS pointer in the place of an archive is named", async () => {
    const path = oneRow({ image: "images/p.png", question: "?", answer: "1" });
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    writeFileSync(join(dirname(path), "images.zip"), pointer);
    const source = await openFileSource(filesSchema.parse({ path }), "train");
    await expect(source.problem(0)).rejects.toThrow("images.zip: is a Git LFS pointer");
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
      image: "a.png",
      pic: { bytes: long, path: "x" },
      uri: `data:image/png;base64,${long}`,
      prose: "ab ".repeat(999),
    });
    expect(kept.columns).toEqual({
      question: "?",
      answer: "1",
      image: "a.png",
      pic: { path: "x" },
      prose: "ab ".repeat(999),
    });
  });
});

test.each([...ROW_CONVENTIONS, "verl's parquet"])("%s state the same problems", async (name) => {
  const problems = await smallProblems(6);
  const path = name === "verl's parquet" ? writeVerlParquet(problems) : writeConvention(name, problems);
  const source = await openFileSource(filesSchema.parse({ path }), "train");
  expect(source.size).toBe(6);
  for (const [index, { question, answer, image }] of problems.entries()) {
    const problem = await source.problem(index);
    expect(problem.question).toContain(question);
    expect(problem.answers).toContain(answer);
    expect(problem.images).toEqual([await decodeImage(image)]);
  }
});
