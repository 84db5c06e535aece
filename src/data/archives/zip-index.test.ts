import { expect, test } from "vitest";
import { ZipIndex } from "./zip-index.ts";

const entry = { offset: 0, packedBytes: 1, bytes: 1, crc32: 1, method: 0, isEncrypted: false, isLink: false };

test("a folder has the files directly in it, in the archive's order, those added later too", () => {
  const index = new ZipIndex();
  for (const name of ["a/2", "a/1", "a/b/1", "ab/1", "top"]) index.add(name, entry);
  expect(index.inFolder("a")).toEqual(["a/2", "a/1"]);
  expect(index.inFolder("a/b")).toEqual(["a/b/1"]);
  expect(index.inFolder("a/")).toEqual([]);
  expect(index.inFolder("none")).toEqual([]);
  index.add("a/3", entry);
  expect(index.inFolder("a")).toEqual(["a/2", "a/1", "a/3"]);
});

test("asking for every folder takes time in proportion to the files", () => {
  const index = new ZipIndex();
  const folders = 20_000;
  for (let i = 0; i < folders; i++) for (const frame of [1, 2]) index.add(`${i}/${frame}.png`, entry);
  const start = performance.now();
  let found = 0;
  for (let i = 0; i < folders; i++) found += index.inFolder(String(i)).length;
  expect(found).toBe(2 * folders);
  // Looking through all names for each folder takes over ten seconds.
  expect(performance.now() - start).toBeLessThan(3000);
});
