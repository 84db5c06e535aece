import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { disk, emptyDisk } from "../testing/small-disk.ts";
import { replaceFile } from "./replace-file.ts";

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

  test("says when the folder is missing", () => {
    expect(() => replaceFile(join(folder, "none", "file"), ["x"])).toThrow(RunError);
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
