import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openFileSource } from "./file-source.ts";
import { filesSchema } from "./options.ts";

const LINE = '{"question": "Q?", "answer": "x"}\n';
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 9\n`;

const open = (path: string, options: object = {}) =>
  openFileSource(filesSchema.parse({ path, ...options }), "train");

function written(name: string, content: string | Uint8Array, folder = temporaryDirectory()): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("a table", () => {
  const wide = Buffer.from(`\uFEFF${LINE}`, "utf16le");
  test.each<[string, string | Uint8Array, string]>([
    ["compressed by gzip", gzipSync(LINE), "got a file that is compressed by gzip: unpack it with gunzip"],
    [
      "compressed by Zstandard",
      Buffer.from("28b52ffd04", "hex"),
      "compressed by Zstandard: unpack it with unzstd",
    ],
    ["that is a workbook", "PK\x03\x04", "a zip archive or a workbook"],
    ["that is a page", "<!DOCTYPE html><p>Sign in</p>", "got a page of HTML: download the file itself"],
    ["that is a pointer", POINTER, "is a Git LFS pointer"],
  ])("%s is refused as such under any name", async (_name, content, message) => {
    for (const ending of ["jsonl", "json", "tsv", "csv", "parquet"]) {
      const opened = open(written(`rows.${ending}`, content));
      await expect(opened).rejects.toThrow(DataError);
      await expect(opened).rejects.toThrow(`rows.${ending}: `);
      await expect(opened).rejects.toThrow(message);
    }
  });

  test("in UTF-16 is refused as such in each format of text", async () => {
    for (const ending of ["jsonl", "json", "tsv", "csv"]) {
      for (const content of [wide, wide.subarray(2)]) {
        const path = written(`rows.${ending}`, content);
        await expect(open(path)).rejects.toThrow(`${path} line 1: is no UTF-8 text, but looks like UTF-16`);
      }
    }
  });

  test("of parquet with another name is refused as parquet", async () => {
    await expect(open(written("rows.jsonl", "PAR1 PAR1"))).rejects.toThrow(
      "expected jsonl, got parquet: data.format: parquet reads it",
    );
  });

  test.each(["rows.ndjson", "rows.jsonlines", "ROWS.JSONL"])("named %s has JSON lines", async (name) => {
    expect((await open(written(name, LINE))).size).toBe(1);
  });

  test("that is one object over several lines is refused as a whole", async () => {
    const path = written("rows.json", JSON.stringify({ data: [{ question: "Q?", answer: "x" }] }, null, 2));
    await expect(open(path)).rejects.toThrow(
      "expected a list of rows, or one object a line, got an object over several lines",
    );
  });
});

describe("a directory", () => {
  test("with a compressed table is refused, since its rows would be missing", async () => {
    const folder = temporaryDirectory();
    written("train-1.jsonl", LINE, folder);
    const packed = written("train-2.jsonl.gz", gzipSync(LINE), folder);
    await expect(open(folder)).rejects.toThrow(`${packed}: is compressed; unpack it (gunzip), or remove it`);
    written("train-2.jsonl", LINE, folder);
    expect((await open(folder)).size).toBe(2);
  });
});

describe("JSON lines", () => {
  test("that are blank are no rows, but count as lines", async () => {
    const source = await open(written("rows.jsonl", `${LINE}  \t\r\n\r\n${LINE}   `));
    expect(source.size).toBe(2);
    expect(source.place(1)).toContain("line 4");
  });

  test("may have Python's infinities, which are no answers", async () => {
    const row = '{"question": "Is it Infinity?", "answer": "no", "top": Infinity, "low": [-Infinity, NaN]}';
    const problem = await (await open(written("rows.jsonl", row))).problem(0);
    expect(problem).toMatchObject({ question: "Is it Infinity?", columns: { top: null, low: [null, null] } });
    const answer = await open(written("rows.jsonl", '{"question": "Q?", "answer": 1e400}'));
    await expect(answer.problem(0)).rejects.toThrow(
      "answer: expected a text or a finite number, got Infinity",
    );
  });

  test("with a key twice have its last value, as in Python", async () => {
    const source = await open(written("rows.jsonl", '{"question": "Q?", "answer": "x", "answer": "y"}'));
    expect((await source.problem(0)).answers).toEqual(["y"]);
  });
});
