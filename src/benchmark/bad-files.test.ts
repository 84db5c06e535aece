import { copyFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { openSource } from "../data/index.ts";
import { benchmarkFixture, changedTable } from "../testing/benchmark-rounds.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { benchmarkSchema, createBenchmark } from "./index.ts";

const TABLES = {
  chartqa: "ChartQA_TEST.tsv",
  docvqa: "DocVQA_VAL.tsv",
  infovqa: "InfoVQA_VAL.tsv",
  textvqa: "TextVQA_VAL.tsv",
};
const PARQUET = {
  chartqa: "test-00000-of-00001.parquet",
  docvqa: "validation-00000-of-00001.parquet",
  infovqa: "validation-00000-of-00001.parquet",
  textvqa: "validation-00000-of-00001.parquet",
  vqav2: "validation-00000-of-00001.parquet",
};

const open = async (kind: string, data: string | undefined) => {
  const { source } = await createBenchmark(benchmarkSchema.parse({ kind }), { data, seed: 0 });
  return openSource(source);
};

describe.each(Object.entries(TABLES))("%s from %s", (kind, file) => {
  test("opens in the folder, in one with its name, and by itself", async () => {
    const path = await changedTable(kind, file, () => undefined);
    const source = await open(kind, dirname(path));
    expect(source.size).toBe(64);
    expect((await open(kind, path)).fingerprint).toBe(source.fingerprint);
    const [first, later] = [await source.problem(0), await source.problem(9)];
    expect(first.images.map(({ width, height }) => [width, height])).toEqual([[28, 28]]);
    expect(later.images).toEqual(first.images);
    expect(() => JSON.stringify(first.columns)).not.toThrow();
  });

  test("says which column is missing, and what the file has", async () => {
    const path = await changedTable(kind, file, (lines) => {
      lines[0]![lines[0]!.indexOf("answer")] = "label";
    });
    await expect(open(kind, path)).rejects.toThrow(
      new RegExp(`${file}: is no .*${file} as published: lacks the columns answer; it has index, .*label`),
    );
  });

  test("names both rows of one id", async () => {
    const path = await changedTable(kind, file, (lines) => {
      lines[7]![0] = "3";
    });
    const source = await open(kind, path);
    for (let i = 0; i < 6; i++) await source.problem(i);
    await expect(source.problem(6)).rejects.toThrow(
      new RegExp(`${file} line 8: has the id 3 of .*${file} line 5`),
    );
  });

  test.each([
    ["empty", "", "image: is missing"],
    ["another row's that there is not", "999", "999"],
    ["broken", Buffer.alloc(120, 7).toString("base64"), "image"],
  ])("names the row whose image is %s", async (_, cell, reason) => {
    const path = await changedTable(kind, file, (lines) => {
      lines[5]![lines[0]!.indexOf("image")] = cell;
    });
    const source = await open(kind, path);
    await source.problem(3);
    await expect(source.problem(4)).rejects.toThrow(new RegExp(`${file} line 6: .*${reason}`));
  });

  test("names the row without an answer", async () => {
    const path = await changedTable(kind, file, (lines) => {
      lines[2]![lines[0]!.indexOf("answer")] = "";
    });
    const source = await open(kind, path);
    await expect(source.problem(1)).rejects.toThrow(`${file} line 3: answer: is missing`);
  });
});

describe.each(Object.entries(PARQUET))("%s from %s", (kind, file) => {
  test("says what it expects where there is another file", async () => {
    const folder = temporaryDirectory();
    copyFileSync(benchmarkFixture(kind, file), join(folder, "train-00000-of-00001.parquet"));
    await expect(open(kind, folder)).rejects.toThrow(
      new RegExp(`benchmark ${kind}: .*: expected .*\\.parquet.*, got train-00000-of-00001.parquet`),
    );
  });

  test("says which columns are missing", async () => {
    const folder = temporaryDirectory();
    const columns = [{ name: "question", data: ["What?"], type: "STRING" as const }];
    writeFileSync(join(folder, file), new Uint8Array(parquetWriteBuffer({ columnData: columns })));
    await expect(open(kind, folder)).rejects.toThrow(/lacks the columns .*answer.*; it has question/);
  });

  test("shows images, and has every column", async () => {
    const source = await open(kind, benchmarkFixture(kind, file));
    const { images, columns } = await source.problem(63);
    expect(images.map(({ width, height }) => [width, height])).toEqual([[28, 28]]);
    expect(columns).toHaveProperty("question");
    expect(() => JSON.stringify(columns)).not.toThrow();
  });
});

test("no place at all is named with the files that are expected", async () => {
  await expect(open("docvqa", undefined)).rejects.toThrow(
    "benchmark docvqa: expected the place of DocVQA_VAL.tsv or DocVQA/validation-*.parquet (--data, or its option data)",
  );
});

describe.each(Object.entries(PARQUET))("the parts of %s", (kind, file) => {
  const part = (name: string) => file.replace("00000-of-00001", name);
  const folderOf = (...names: string[]) => {
    const folder = temporaryDirectory();
    for (const name of names) copyFileSync(benchmarkFixture(kind, file), join(folder, part(name)));
    return folder;
  };

  test("are all needed, also where one is named", async () => {
    const folder = folderOf("00000-of-00003");
    const lacks = /benchmark .*expected all 3 parts, got 1: lacks 00001, 00002/;
    await expect(open(kind, folder)).rejects.toThrow(lacks);
    await expect(open(kind, join(folder, part("00000-of-00003")))).rejects.toThrow(lacks);
  });

  test("are of one release", async () => {
    const folder = folderOf("00000-of-00001", "00000-of-00002", "00001-of-00002");
    await expect(open(kind, folder)).rejects.toThrow(/got parts of 1 and of 2/);
  });
});
