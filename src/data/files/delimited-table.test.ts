import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { openDelimited } from "./delimited-table.ts";

async function csv(text: string) {
  const path = join(temporaryDirectory(), "rows.csv");
  writeFileSync(path, text);
  return openDelimited(path, "csv", 1e6);
}

test.each<[string, string]>([
  ["whose partner is in another row", '"5 tall,1\nq2,"x"\n'],
  ["before the same in the next row", '"5 tall,1\n"6 tall,2\n'],
  ["in a later column", 'q1,"5 tall\nq2,"x" and\n'],
])("a quote at a field's start %s makes the row broken", async (_name, rows) => {
  const table = await csv(`question,answer\nq0,a0\n${rows}q9,a9\n`);
  expect(await table.row(0)).toEqual({ question: "q0", answer: "a0" });
  await expect(table.row(1)).rejects.toThrow(
    /rows\.csv line 3: a field in quotes over several lines: expected "," or the row's end after its closing quote, got "/,
  );
  expect(await table.row(table.size - 1)).toEqual({ question: "q9", answer: "a9" });
});

test("a quote that is still open at the file's end makes the row broken", async () => {
  const table = await csv('question,answer\n"5 tall,1\nq2,2\n');
  await expect(table.row(0)).rejects.toThrow("rows.csv line 2: cannot be split into fields");
});

test("fields over several lines, and quotes within a line, are as they are written", async () => {
  const table = await csv('question,answer\r\n"one\ntwo, ""x""\n","3"\r\n,"a\nb"\r\n6" tall,5"\r\n');
  expect(table.size).toBe(3);
  expect(await table.row(0)).toEqual({ question: 'one\ntwo, "x"\n', answer: "3" });
  expect(await table.row(1)).toEqual({ question: "", answer: "a\nb" });
  expect(await table.row(2)).toEqual({ question: '6" tall', answer: '5"' });
});
