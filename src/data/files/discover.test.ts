import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { discoverFiles, findFiles } from "./discover.ts";
import { filesSchema } from "./options.ts";

/** A folder with empty files of these names. */
function folderOf(...names: string[]): string {
  const folder = join(temporaryDirectory(), "data");
  mkdirSync(folder);
  for (const name of names) writeFileSync(join(folder, name), "");
  return folder;
}

const options = (path: string, more: object = {}) => filesSchema.parse({ path, ...more });
const namesOf = (found: ReturnType<typeof findFiles>) => found?.paths.map((path) => path.split("/").at(-1));

describe("the files of a split that a folder of its own has", () => {
  const train = folderOf("train.jsonl");

  test("are all of them where no name says a split, or all say one other split", () => {
    const plain = folderOf("a.jsonl", "b.jsonl");
    expect(namesOf(findFiles(options(train, { test: plain }), "test"))).toEqual(["a.jsonl", "b.jsonl"]);
    const one = folderOf("validation-0.jsonl", "validation-1.jsonl");
    expect(namesOf(findFiles(options(train, { test: one }), "test"))).toHaveLength(2);
  });

  test("are those with its name where names say splits", () => {
    const folder = folderOf("train-0.jsonl", "test-0.jsonl");
    expect(namesOf(findFiles(options(train, { test: folder }), "test"))).toEqual(["test-0.jsonl"]);
  });

  test("are not found in a folder with training and validation files alone, which are not evaluated as test files", () => {
    const folder = folderOf("train-0.jsonl", "validation-0.jsonl");
    expect(findFiles(options(train, { test: folder }), "test")).toBeUndefined();
    expect(() => discoverFiles(options(train, { test: folder }), "test")).toThrow("has no test part");
  });
});

test("the folder data/ may be a link", () => {
  const folder = temporaryDirectory();
  symlinkSync(folderOf("train.jsonl"), join(folder, "data"));
  expect(namesOf(findFiles(options(folder), "train"))).toEqual(["train.jsonl"]);
});

test("parts of two releases of a table in one folder are refused; a part of one is accepted", () => {
  const part = folderOf("train-00001-of-00004.parquet");
  expect(namesOf(findFiles(options(part), "train"))).toHaveLength(1);
  const both = folderOf("train-00000-of-00001.parquet", "train-00000-of-00002.parquet");
  expect(() => findFiles(options(both), "train")).toThrow("got parts of 1 and of 2");
});
