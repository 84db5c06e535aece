import type fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { RunError } from "../errors/index.ts";
import { replaceFile } from "./replace-file.ts";

/** Bytes that the disk still takes; more fails as a full disk does, the last bytes as a short write. */
const disk = vi.hoisted(() => ({ free: Number.POSITIVE_INFINITY }));

vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  const writeSync = (file: number, bytes: Uint8Array, at: number, length: number) => {
    if (disk.free === 0)
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const written = original.writeSync(file, bytes, at, Math.min(length, disk.free));
    disk.free -= written;
    return written;
  };
  return { ...original, default: original, writeSync };
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-replace-"));
  disk.free = Number.POSITIVE_INFINITY;
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
