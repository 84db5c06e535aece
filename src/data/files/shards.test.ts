import { describe, expect, test } from "vitest";
import { DataError } from "../../errors/index.ts";
import { requireSingleShards, requireWholeShards } from "./shards.ts";

describe("the parts of a table", () => {
  test.each([
    [["d/test-00000-of-00001.parquet"]],
    [["d/test-00001-of-00002.parquet", "d/test-00000-of-00002.parquet"]],
    [["d/a-00000-of-00001.parquet", "d/b-00000-of-00001.parquet", "e/a-00000-of-00001.parquet"]],
    [["d/test-00000-of-00001-0123456789abcdef.parquet"]],
    [["d/test.parquet", "d/other-1-of-3.parquet"]],
  ])("%j are whole", (paths) => {
    requireWholeShards(paths);
    requireSingleShards(paths);
  });

  test.each([
    [["d/test-00000-of-00003.parquet"], "d: test-*.parquet: expected all 3 parts, got 1: lacks 00001, 00002"],
    [["d/test-00001-of-00001.parquet"], "d: test-*.parquet: expected all 1 parts, got 1: lacks 00000"],
  ])("%j lack some, which only a whole table minds", (paths, message) => {
    requireSingleShards(paths);
    expect(() => requireWholeShards(paths)).toThrow(new DataError(message));
  });

  test.each([
    [
      ["test-00000-of-00001.parquet", "test-00000-of-00002.parquet", "test-00001-of-00002.parquet"],
      "expected the parts of one release, got parts of 1 and of 2",
    ],
    [
      ["test-00000-of-00001.parquet", "test-00000-of-00001-0123456789abcdef.parquet"],
      "expected each part once",
    ],
  ])("%j would be read twice", (paths, message) => {
    for (const check of [requireSingleShards, requireWholeShards]) {
      expect(() => check(paths)).toThrow(DataError);
      expect(() => check(paths)).toThrow(message);
    }
  });
});
