import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { areDistinctPlaces } from "./distinct-places.ts";
import { shellWord } from "./shell-word.ts";

test("a directory, its path with a slash and a link to it are one place; names of nothing are their own", () => {
  const path = join(temporaryDirectory(), "a");
  mkdirSync(path);
  symlinkSync(path, `${path}-link`);
  expect(areDistinctPlaces([path, `${path}/`])).toBe(false);
  expect(areDistinctPlaces([path, `${path}-link`])).toBe(false);
  expect(areDistinctPlaces([path, "org/model", "small"])).toBe(true);
  expect(areDistinctPlaces(["small", "small"])).toBe(false);
});

test.each([
  ["runs/grpo_1", "runs/grpo_1"],
  ["runs/my run", "'runs/my run'"],
  ["it's $HOME", `'it'\\''s $HOME'`],
  ["", "''"],
])("%j as a word of a shell is %s", (path, word) => {
  expect(shellWord(path)).toBe(word);
});
