import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { type JudgeRecord, judgeRecords, ReplyCache } from "./reply-cache.ts";

const record = (key: string, reply: string): JudgeRecord => ({
  key,
  model: "qwen",
  prompt: "binary",
  step: "decide",
  question: "Ü".repeat(50),
  answers: ["1"],
  extracted: null,
  reply,
});

test("a cache longer than a piece is read line by line, and never as one text", () => {
  const directory = temporaryDirectory();
  const path = join(directory, "judge.jsonl");
  const lines = Array.from({ length: 12_000 }, (_, i) => JSON.stringify(record(`${i}`, `reply ${i}`)));
  writeFileSync(path, `${lines.join("\n")}\n`);
  appendFileSync(path, '{"key":"cut off');
  const parts = vi.spyOn(Buffer.prototype, "toString");
  const cache = new ReplyCache(directory);
  expect(cache.get("11999")).toBe("reply 11999");
  cache.add(record("new", "reply"));
  expect(parts.mock.results.every(({ value }) => (value as string).length < 10_000)).toBe(true);
  parts.mockRestore();
  expect([...judgeRecords(directory)]).toHaveLength(12_001);
  expect(readFileSync(path, "utf8")).toContain('{"key":"cut off\n{"key":"new"');
});

test("without a file the replies that were used last are kept", () => {
  const cache = new ReplyCache(undefined, 2);
  cache.add(record("a", "1"));
  cache.add(record("b", "2"));
  expect(cache.get("a")).toBe("1");
  cache.add(record("c", "3"));
  expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual(["1", undefined, "3"]);
  const kept = new ReplyCache(temporaryDirectory(), 2);
  for (const key of ["a", "b", "c"]) kept.add(record(key, key));
  expect(kept.get("a")).toBe("a");
});
