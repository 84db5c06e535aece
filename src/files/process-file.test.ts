import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/temporary-directory.ts";
import { ProcessFile } from "./process-file.ts";

const LONG_AGO = new Date(2020, 0, 1);
const place = () => join(temporaryDirectory(), "process.json");
const contentOf = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;

test("names the process, renews the file's time, and is gone at the end", async () => {
  const file = place();
  const own = new ProcessFile(file, "the run", 0.02);
  expect(contentOf(file)).toMatchObject({ pid: process.pid, host: hostname(), everySeconds: 0.02 });
  utimesSync(file, LONG_AGO, LONG_AGO);
  await expect.poll(() => statSync(file).mtimeMs).toBeGreaterThan(LONG_AGO.getTime());
  own.end();
  own.end();
  expect(existsSync(file)).toBe(false);
});

test("a held place is refused until its end", () => {
  const file = place();
  const own = new ProcessFile(file, "the run");
  expect(() => new ProcessFile(file, "the run")).toThrow(`the run: process ${process.pid} on ${hostname()}`);
  own.end();
  new ProcessFile(file, "the run").end();
});

test("a running process of this machine keeps its place, a killed one does not", async () => {
  const file = place();
  const own = new ProcessFile(file, "the run");
  const content = contentOf(file);
  own.end();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  writeFileSync(file, JSON.stringify({ ...content, pid: child.pid }));
  utimesSync(file, LONG_AGO, LONG_AGO);
  expect(() => new ProcessFile(file, "the run")).toThrow(`process ${child.pid}`);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  new ProcessFile(file, "the run").end();
});

test("a file with this process's number that an earlier process left does not block", () => {
  const file = place();
  const own = new ProcessFile(file, "the run");
  const text = readFileSync(file, "utf8");
  own.end();
  writeFileSync(file, text);
  new ProcessFile(file, "the run").end();
});

test("the end leaves a file that another process has written in its place", () => {
  const file = place();
  const own = new ProcessFile(file, "the run");
  const other = JSON.stringify({ ...contentOf(file), id: "of another process" });
  writeFileSync(file, other);
  own.end();
  expect(readFileSync(file, "utf8")).toBe(other);
});

test("of another machine the time of the last renewal counts", () => {
  const file = place();
  writeFileSync(file, JSON.stringify({ pid: 1, host: "elsewhere", everySeconds: 10 }));
  expect(() => new ProcessFile(file, "the run")).toThrow("process 1 on elsewhere");
  utimesSync(file, LONG_AGO, LONG_AGO);
  new ProcessFile(file, "the run").end();
});

test("a place that cannot be written is named", () => {
  const file = join(temporaryDirectory(), "missing", "process.json");
  expect(() => new ProcessFile(file, "the run")).toThrow(`${file}: cannot be written`);
});
