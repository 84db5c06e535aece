import { expect, test } from "vitest";
import { runDirectoryFor } from "./shared-options.ts";

test("two commands that begin in the same second choose different directories", () => {
  const now = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
  const [first, second] = [
    runDirectoryFor("train", { set: [] }, now),
    runDirectoryFor("train", { set: [] }, now),
  ];
  expect(first).toMatch(/^runs\/train-20260102-030405-[0-9a-f]{6}$/);
  expect(second).not.toBe(first);
});
