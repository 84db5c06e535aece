import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { decodeImage } from "../../model/index.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const CASES = fileURLToPath(new URL("../../../fixtures/data/cases/", import.meta.url));
const open = (name: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path: join(CASES, "rows", name), ...options }), "train");
const png = (name: string) => decodeImage(join(CASES, "rows", name));

/** Rows that failed before, one for each kind of fault. */
describe("rows from outside", () => {
  test.each(["content-parts.jsonl", "content-parts-inline-image.jsonl"])(
    "%s has its image and answer",
    async (name) => {
      const problem = await (await open(name)).problem(0);
      expect(problem).toMatchObject({ question: "<image>Colour?", answers: ["red"] });
      expect(problem.images).toEqual([await png("a.png")]);
    },
  );

  test("verl's row has its answer in reward_model", async () => {
    const problem = await (await open("verl-prompt.jsonl")).problem(0);
    expect(problem).toMatchObject({ question: "<image>Colour?", answers: ["red"], kind: "geo3k", id: "0" });
    expect(problem.images).toEqual([await png("a.png")]);
    expect(problem.columns).toMatchObject({ ability: "math", extra_info: { split: "train", index: 0 } });
  });

  test("verl's parquet has its answer in reward_model", async () => {
    const source = await open("verl.parquet");
    const problems = [await source.problem(0), await source.problem(1)];
    expect(problems.map(({ question, answers }) => [question, answers])).toEqual([
      ["<image>q1", ["1"]],
      ["<image>q2", ["2"]],
    ]);
    expect(problems.map(({ images }) => images.length)).toEqual([1, 1]);
    expect(JSON.stringify(problems[0]!.columns)).not.toContain("bytes");
  });

  test("every answer of a list is accepted", async () => {
    expect((await (await open("answers-list.jsonl")).problem(0)).answers).toEqual(["red", "crimson"]);
  });

  test("a URL is refused as one", async () => {
    await expect((await open("url-image.jsonl")).problem(0)).rejects.toThrow(
      'image "https://example.org/a.png": is a URL: data.fetchImages: true downloads it',
    );
  });

  test("base64 without a mark is an image", async () => {
    expect((await (await open("base64-plain.jsonl")).problem(0)).images).toHaveLength(1);
  });

  test("an empty list does not hide the column behind it", async () => {
    const source = await open("empty-list-before-image.jsonl");
    expect((await source.problem(0)).images).toEqual([await png("a.png")]);
    expect((await source.problem(1)).images).toEqual([await png("b.png")]);
  });

  test("NaN is a missing answer", async () => {
    const source = await open("nan-answer.parquet");
    await expect(source.problem(0)).rejects.toThrow("answer: is missing");
    expect((await source.problem(1)).answers).toEqual(["3"]);
  });

  test("a Git LFS pointer is refused as one", async () => {
    await expect(open("lfs-pointer.parquet")).rejects.toThrow("is a Git LFS pointer");
  });

  test("options are shown, and a number among them is a place", async () => {
    const source = await open("options-lists.jsonl");
    expect(await source.problem(0)).toMatchObject({
      question: "Which colour 0?\nOptions:\nA. red\nB. blue",
      answers: ["A", "red"],
      options: ["red", "blue"],
    });
    expect(await source.problem(3)).toMatchObject({
      question: "Which?\nOptions:\nA. red\nB. blue",
      answers: ["A", "red"],
      options: ["red", "blue"],
    });
  });

  test("the reference in prose is the content of its box", async () => {
    const source = await open("prose-reference.jsonl");
    for (const index of [0, 1, 2]) expect((await source.problem(index)).answers).toEqual([String(index)]);
  });
});

describe("images from outside", () => {
  const { images } = JSON.parse(readFileSync(join(CASES, "images.json"), "utf8")) as {
    readonly images: Readonly<Record<string, { width: number; height: number; sha256: string }>>;
  };

  test("are all tried", () => {
    expect(Object.keys(images)).toEqual(readdirSync(join(CASES, "images")).sort());
  });

  test.each(Object.entries(images))("%s has Pillow's pixels", async (name, { width, height, sha256 }) => {
    const image = await decodeImage(join(CASES, "images", name));
    expect([image.width, image.height]).toEqual([width, height]);
    expect(createHash("sha256").update(image.data).digest("hex")).toBe(sha256);
  });
});
