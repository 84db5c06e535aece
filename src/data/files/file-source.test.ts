import { appendFileSync, cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import {
  smallProblems,
  writeFolder,
  writeJson,
  writeJsonl,
  writeParquet,
  writeTsv,
} from "../../testing/data-files.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const problems = await smallProblems(10);
const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

const FORMATS = [
  ["jsonl", () => writeJsonl(problems)],
  ["a JSON list", () => writeJson(problems)],
  ["parquet with lists of images", () => writeParquet(problems)],
  ["parquet with one image a row", () => writeParquet(problems, { isList: false })],
  ["TSV", () => writeTsv(problems)],
  ["a folder with a csv", () => writeFolder(problems)],
] as const;

describe.each(FORMATS)("a data set in %s", (name, write) => {
  test("gives each row's question, answer and image", async () => {
    const source = await open(write());
    expect(source.size).toBe(10);
    for (const index of [9, 0, 4, 3]) {
      const problem = await source.problem(index);
      const own = problems[name === "TSV" && index % 2 === 1 ? index - 1 : index]!;
      expect(problem.question.replace("<image>", "")).toBe("What is the sum?");
      expect(problem.answers[0]).toBe(problems[index]!.answer);
      expect(problem.images).toHaveLength(1);
      const [image] = problem.images;
      const side = own === problems[index] ? 28 + 28 * (index % 2) : 28;
      expect(image).toMatchObject({ width: side, height: side });
      const grey = 20 * (problems.indexOf(own) % 10);
      expect([...image!.data.slice(0, 3)]).toEqual([grey, 255 - grey, grey]);
    }
  });
});

test("transparency is forgotten unless it is to be blended onto white", async () => {
  const folder = temporaryDirectory();
  cpSync(new URL("../../../fixtures/images/files/alpha.png", import.meta.url), join(folder, "alpha.png"));
  const path = join(folder, "rows.jsonl");
  writeFileSync(path, `${JSON.stringify({ image: "alpha.png", problem: "What is it?", answer: "1" })}\n`);
  const clear = 3 * (10 * 48 + 10);
  const pixel = async (options: object) => {
    const { images } = await (await open(path, options)).problem(0);
    return [...images[0]!.data.slice(clear, clear + 3)];
  };
  expect(await pixel({ alpha: "white" })).toEqual([255, 255, 255]);
  expect(await pixel({})).not.toEqual([255, 255, 255]);
});

describe("shards", () => {
  test("have each row once between them, and their own fingerprints", async () => {
    const path = writeJsonl(problems);
    const ids: string[] = [];
    const prints = new Set<string>();
    for (const index of [0, 1, 2]) {
      const source = await open(path, { shard: [index, 3] });
      expect(source.size).toBe([4, 3, 3][index]);
      prints.add(source.fingerprint);
      for (let i = 0; i < source.size; i++) {
        const { id } = await source.problem(i);
        expect(id).toBe(`p${index + 3 * i}`);
        ids.push(id);
      }
    }
    expect(ids.sort()).toEqual(problems.map(({ id }) => id).sort());
    expect(prints.size).toBe(3);
  });

  test("are of training alone: an evaluation takes all rows", async () => {
    const options = filesSchema.parse({
      path: writeJsonl(problems),
      validation: writeTsv(problems),
      shard: [0, 3],
    });
    expect((await openFileSource(options, "train")).size).toBe(4);
    expect((await openFileSource(options, "validation")).size).toBe(10);
  });

  test("an index outside is refused", async () => {
    const source = await open(writeJsonl(problems));
    for (const index of [-1, 10, 0.5])
      await expect(source.problem(index)).rejects.toThrow("expected a problem index from 0 to 9");
  });
});

describe("the fingerprint", () => {
  test.each(FORMATS)(
    "of %s is that of the content: neither of its place nor of its age",
    async (_name, write) => {
      const path = write();
      const { fingerprint } = await open(path);
      const isFolder = !/\.\w+$/.test(path);
      const folder = temporaryDirectory();
      const copy = isFolder ? folder : join(folder, path.slice(path.lastIndexOf("/") + 1));
      cpSync(isFolder ? path : dirname(path), folder, { recursive: true });
      const file = isFolder ? join(folder, "metadata.csv") : copy;
      utimesSync(file, 1, 1);
      expect((await open(copy)).fingerprint).toBe(fingerprint);
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(file, bytes);
      expect((await open(copy)).fingerprint).not.toBe(fingerprint);
    },
  );
});

describe("a directory", () => {
  const lines = (folder: string, name: string, ...answers: readonly string[]) => {
    const rows = answers.map((answer) => JSON.stringify({ problem: "Q", answer }));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), `${rows.join("\n")}\n`);
  };
  const answersOf = async (path: string, split: "train" | "validation" | "test", more: object = {}) => {
    const source = await openFileSource(filesSchema.parse({ path, ...more }), split);
    const found = await Promise.all(Array.from({ length: source.size }, (_, i) => source.problem(i)));
    return found.map(({ answers }) => answers[0]).join("");
  };

  test("whose files are named by splits gives each its own, in the order of their names", async () => {
    const folder = temporaryDirectory();
    lines(join(folder, "data"), "train-00001-of-00002.jsonl", "c");
    lines(join(folder, "data"), "train-00000-of-00002.jsonl", "a", "b");
    lines(join(folder, "data"), "val.jsonl", "v");
    lines(join(folder, "data"), "my_test_set.jsonl", "t");
    lines(join(folder, "data"), ".hidden-train.jsonl", "h");
    expect(await answersOf(folder, "train")).toBe("abc");
    expect(await answersOf(folder, "validation")).toBe("v");
    expect(await answersOf(folder, "test")).toBe("t");
  });

  test("without such names is all for training, or all for the split that names it", async () => {
    const folder = temporaryDirectory();
    lines(folder, "b.jsonl", "b");
    lines(folder, "a.jsonl", "a");
    expect(await answersOf(folder, "train")).toBe("ab");
    await expect(answersOf(folder, "validation")).rejects.toThrow("has no validation part");
    expect(await answersOf("/nowhere", "test", { test: folder })).toBe("ab");
  });
});

describe("a row", () => {
  const one = async (row: object, options: object = {}) => {
    const folder = dirname(writeJsonl(problems));
    const path = join(folder, "one.jsonl");
    writeFileSync(path, JSON.stringify(row));
    return (await open(path, options)).problem(0);
  };

  test("may name several images, each with its place", async () => {
    const { question, images } = await one({
      image: ["images/p0.png", "images/p1.png"],
      problem: "Is <image> larger than <image>?",
      solution: "<answer> no </answer>",
    });
    expect(question).toBe("Is <image> larger than <image>?");
    expect(images.map(({ width }) => width)).toEqual([28, 56]);
  });

  test("may name them by number, and then has them in that order, those unnamed first", async () => {
    const row = { images: ["images/p0.png", "images/p1.png", "images/p2.png"], answer: 5 };
    const {
      question,
      images,
      answers: [answer],
    } = await one({
      ...row,
      question: "Compare <image 2> with <image 1>, then <image 2>.",
    });
    expect(question).toBe("<image>Compare <image> with <image>, then <image>.");
    expect(images.map(({ width }) => width)).toEqual([28, 56, 28, 56]);
    expect(answer).toBe("5");
  });

  test("may hold an image as a data URI, and none at all", async () => {
    const uri = `data:image/png;base64,${Buffer.from(problems[1]!.image).toString("base64")}`;
    expect((await one({ image: uri, problem: "Q", answer: "1" })).images[0]?.width).toBe(56);
    expect((await one({ problem: "Q", answer: "1" })).images).toEqual([]);
  });

  test("gives the first exchange of a conversation, in either form of turns", async () => {
    const conversations = [
      { from: "system", value: "Be brief." },
      { from: "human", value: "First?" },
      { from: "gpt", value: "one" },
      { from: "human", value: "Second?" },
      { from: "gpt", value: "two" },
    ];
    expect(await one({ conversations })).toMatchObject({ question: "First?", answers: ["one"] });
    const messages = conversations.map(({ from, value }) => ({
      role: from === "gpt" ? "assistant" : from === "human" ? "user" : from,
      content: value,
    }));
    expect(await one({ messages })).toMatchObject({ question: "First?", answers: ["one"] });
  });

  test("is read by the columns that the user names", async () => {
    const row = { question: "not this", text: "this", label: "7", topic: "sums", key: 3, answer: "not this" };
    const columns = { question: "text", answer: "label", kind: "topic", id: "key", image: "" };
    expect(await one(row, { columns })).toMatchObject({
      id: "3",
      question: "this",
      answers: ["7"],
      kind: "sums",
    });
  });

  test("without an id is called by its place", async () => {
    expect((await one({ problem: "Q", answer: "1" })).id).toMatch(/one\.jsonl line 1$/);
  });
});

test("a parquet row is kept whole, except for columns of bytes that no problem needs", async () => {
  const text = (name: string) =>
    ({ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }) as const;
  const bytes = (name: string) => ({ name, type: "BYTE_ARRAY", repetition_type: "OPTIONAL" }) as const;
  const [problem] = problems;
  const buffer = parquetWriteBuffer({
    schema: [
      { name: "schema", num_children: 6 },
      text("question"),
      text("answer"),
      bytes("image"),
      bytes("preview"),
      { name: "note", type: "INT64", repetition_type: "OPTIONAL" },
      { name: "rate", type: "DOUBLE", repetition_type: "OPTIONAL" },
    ],
    columnData: [
      { name: "question", data: ["Q"] },
      { name: "answer", data: ["1"] },
      { name: "image", data: [problem!.image] },
      { name: "preview", data: [problem!.image] },
      { name: "note", data: [2n ** 60n] },
      { name: "rate", data: [Number.NaN] },
    ],
  });
  const path = join(temporaryDirectory(), "one.parquet");
  writeFileSync(path, new Uint8Array(buffer));
  const source = await open(path);
  const { columns } = await source.problem(0);
  expect(columns).toEqual({ question: "Q", answer: "1", note: "1152921504606846976", rate: null });
  expect(Object.keys((await source.stated(0)).row)).not.toContain("preview");
  expect(source.columns).toContain("preview");
});

test("reading does not depend on the order, and rows are found again after others were added", async () => {
  const path = writeJsonl(problems);
  const source = await open(path);
  const there = await Promise.all([7, 2, 7, 0].map((index) => source.problem(index)));
  expect(there.map(({ id }) => id)).toEqual(["p7", "p2", "p7", "p0"]);
  expect(there[0]).toEqual(there[2]);
  appendFileSync(path, `${JSON.stringify({ problem: "Q", answer: "1" })}\n`);
  expect((await open(path)).size).toBe(11);
});
