import { appendFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { GrowingFile } from "./growing-file.ts";

const path = join(temporaryDirectory(), "lines.jsonl");

function growing(most = Number.POSITIVE_INFINITY) {
  const lines: (string | undefined)[] = [];
  const file = new GrowingFile(
    { maxBytes: 64, maxLineBytes: 1 << 12 },
    {
      onReset: () => lines.splice(0),
      onLine: ({ text }) => {
        lines.push(text);
        return lines.length < most;
      },
    },
  );
  return { file, lines };
}

test("lines that were added are read once, a last line when it has its end", async () => {
  const { file, lines } = growing();
  writeFileSync(path, "one\ntwo\nthr");
  await Promise.all([file.readOn(path), file.readOn(path)]);
  expect([lines, file.bytes, file.hasMore]).toEqual([["one", "two"], 8, true]);
  appendFileSync(path, "ee\n");
  await file.readOn(path);
  expect([lines, file.hasMore]).toEqual([["one", "two", "three"], false]);
});

test.each([
  ["a longer one, written in place", "uno\ndue\ntre\nquattro\n"],
  ["one of the same length that differs at its end alone", "one\ntwo\nTHREE\n"],
  ["a shorter one", "uno\n"],
])("another file is read from its start: %s", async (_name, text) => {
  const { file, lines } = growing();
  writeFileSync(path, "one\ntwo\nthree\n");
  await file.readOn(path);
  writeFileSync(path, text);
  utimesSync(path, 1, 1);
  await file.readOn(path);
  expect(lines.map((line) => `${line}\n`).join("")).toBe(text);
});

test("a file that was put in its place is another, and one that is gone has no lines", async () => {
  const { file, lines } = growing();
  writeFileSync(path, "one\n");
  await file.readOn(path);
  writeFileSync(`${path}.new`, "one\ntwo\n");
  renameSync(`${path}.new`, path);
  await file.readOn(path);
  expect(lines).toEqual(["one", "two"]);
  file.reset();
  expect([lines, file.bytes]).toEqual([[], 0]);
});

test("a taker that has enough is asked no more until the file changes", async () => {
  const { file, lines } = growing(2);
  writeFileSync(path, "one\ntwo\nthree\n");
  await file.readOn(path);
  await file.readOn(path);
  expect([lines, file.hasMore]).toEqual([["one", "two"], true]);
});
