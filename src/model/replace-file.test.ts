import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { disk, emptyDisk } from "../testing/small-disk.ts";
import { replaceFile, replaceFiles } from "./replace-file.ts";

vi.mock("node:fs", async (original) => {
  const { onSmallDisk } = await import("../testing/small-disk.ts");
  return onSmallDisk(await original());
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-replace-"));
  emptyDisk();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("replaceFile", () => {
  test("writes the parts one after another and leaves nothing else", () => {
    const path = join(folder, "file");
    replaceFile(path, ["ab", Uint8Array.of(99, 100)]);
    expect(readFileSync(path, "utf8")).toBe("abcd");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("takes the place of an older, longer file", () => {
    const path = join(folder, "file");
    writeFileSync(path, "something longer");
    replaceFile(path, ["new"]);
    expect(readFileSync(path, "utf8")).toBe("new");
  });

  test.each([0, 1, 5])("keeps the old file when the disk is full after %i bytes", (free) => {
    const path = join(folder, "file");
    writeFileSync(path, "the last good one");
    disk.free = free;
    const replace = () => replaceFile(path, ["abc", "def"]);
    expect(replace).toThrow(RunError);
    disk.free = free;
    expect(replace).toThrow("no space left on the disk");
    expect(readFileSync(path, "utf8")).toBe("the last good one");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test.each([
    ["ENOSPC", "no space left on the disk"],
    ["EROFS", "the file system is read-only"],
    ["EDQUOT", "the disk quota is used up"],
    ["EACCES", "permission denied"],
  ])("names the path and the reason of %s, not its own temporary file", (code, reason) => {
    const path = join(folder, "file");
    writeFileSync(path, "the last good one");
    disk.refusal = code;
    expect(() => replaceFile(path, ["abc"])).toThrow(
      new RunError(`${path}: cannot be written: ${reason}; what was there before is unchanged`),
    );
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("says when the folder is missing", () => {
    const path = join(folder, "none", "file");
    expect(() => replaceFile(path, ["x"])).toThrow(
      new RunError(`${path}: cannot be written: no such directory; what was there before is unchanged`),
    );
  });

  test("says which of several files are new where a later one cannot be replaced", () => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    mkdirSync(join(second, "full"), { recursive: true });
    const replace = () =>
      replaceFiles([
        { path: first, parts: ["a"] },
        { path: second, parts: ["b"] },
      ]);
    expect(replace).toThrow(`already replaced: ${first}; the others are unchanged`);
    expect(readdirSync(folder).sort()).toEqual(["first", "second"]);
  });

  test("passes on an error of Node itself in making the parts", () => {
    function* parts() {
      yield Buffer.alloc(-1);
    }
    expect(() => replaceFile(join(folder, "file"), parts())).toThrow(RangeError);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("passes on a failure of the parts themselves and cleans up", () => {
    function* parts() {
      yield "abc";
      throw new TypeError("no second part");
    }
    expect(() => replaceFile(join(folder, "file"), parts())).toThrow(TypeError);
    expect(readdirSync(folder)).toEqual([]);
  });
});
