import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { threadProgram } from "./thread-program.ts";

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
  mkdirSync(join(directory, "bundle"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Writes a file as if at a second. */
function write(path: string, second: number): void {
  writeFileSync(join(directory, path), "");
  utimesSync(join(directory, path), second, second);
}

const program = () =>
  threadProgram(pathToFileURL(`${directory}/`))
    .href.split("/")
    .at(-1);

test("a thread runs the one file only if nothing was compiled since", () => {
  expect(program()).toBe("worker.js");
  write("bundle/engine-thread.js", 20);
  expect(program()).toBe("engine-thread.js");
  write("engine.tsbuildinfo", 10);
  write("credit.tsbuildinfo", 20);
  expect(program()).toBe("engine-thread.js");
  write("credit.tsbuildinfo", 21);
  expect(program()).toBe("worker.js");
});
