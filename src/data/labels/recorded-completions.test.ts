import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { type RecordedCompletion, recordedCompletions } from "./recorded-completions.ts";

const read = async (...rows: readonly object[]) => {
  const path = join(temporaryDirectory(), "own.jsonl");
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  const found: RecordedCompletion[] = [];
  for await (const completion of recordedCompletions([path])) found.push(completion);
  return found;
};

test("a completion that comes again is left out, and other keys are ignored", async () => {
  const row = { problem: "p1", completion: "7", score: 1 };
  const found = await read(row, row, { ...row, completion: "8", stopReason: "length" });
  expect(found.map(({ text, isTruncated }) => [text, isTruncated])).toEqual([
    ["7", false],
    ["8", true],
  ]);
});

test.each<[object, string]>([
  [{ problem: 1, completion: "7" }, "own.jsonl line 1: problem: expected string, got 1"],
  [{ problem: "p1" }, "own.jsonl line 1: completion: expected string, got undefined"],
  [{ problem: "p1", completion: "7", tokens: [1, "a"] }, 'tokens.1: expected number, got "a"'],
])("a line of another form is named, with the value that it has: %j", async (row, message) => {
  await expect(read(row)).rejects.toThrow(message);
});
