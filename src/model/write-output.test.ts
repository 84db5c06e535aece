import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { disk, emptyDisk } from "../testing/small-disk.ts";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { requireWritableDirectory, requireWritableFile, writeOutput } from "./write-output.ts";

vi.mock("node:fs", async (original) => {
  const { onSmallDisk } = await import("../testing/small-disk.ts");
  return onSmallDisk(await original());
});

beforeEach(() => emptyDisk());

describe("writeOutput", () => {
  test("makes the directory, and leaves nothing else", () => {
    const folder = join(temporaryDirectory(), "a", "b");
    writeOutput(join(folder, "file"), "text");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("text");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("a full disk is an error with the path, and the old file stays", () => {
    const path = join(temporaryDirectory(), "file");
    writeOutput(path, "old");
    disk.free = 2;
    expect(() => writeOutput(path, "new and longer")).toThrow(RunError);
    expect(() => writeOutput(path, "new and longer")).toThrow(`${path}: cannot be written: no space left`);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  test("a file in place of its directory is an error with the path", () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    expect(() => writeOutput(join(file, "page.html"), "text")).toThrow(RunError);
  });

  test("writes through a link, and into a device", () => {
    const folder = temporaryDirectory();
    const [target, link] = ["target", "link"].map((name) => join(folder, name));
    writeFileSync(target!, "old");
    symlinkSync(target!, link!);
    writeOutput(link!, "new");
    expect(readFileSync(target!, "utf8")).toBe("new");
    expect(lstatSync(link!).isSymbolicLink()).toBe(true);
    requireWritableFile("/dev/null");
    writeOutput("/dev/null", "text");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });
});

describe("a place", () => {
  test("that is missing, or whose directory is missing, can be written", () => {
    const folder = temporaryDirectory();
    requireWritableFile(join(folder, "file"));
    requireWritableFile(join(folder, "a", "b", "file"));
    requireWritableDirectory(join(folder, "a", "b"));
    expect(readdirSync(folder)).toEqual([]);
  });

  test("that is a directory, or below a file, is refused with its path", () => {
    const folder = temporaryDirectory();
    const file = join(folder, "file");
    mkdirSync(join(folder, "directory"));
    writeFileSync(file, "");
    expect(() => requireWritableFile(join(folder, "directory"))).toThrow("directory: cannot be written");
    expect(() => requireWritableFile(join(file, "page.html"))).toThrow(`${file} is no directory`);
    expect(() => requireWritableDirectory(file)).toThrow(`${file} is no directory`);
  });
});
