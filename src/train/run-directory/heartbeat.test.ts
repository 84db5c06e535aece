import { existsSync, readFileSync, statSync, utimesSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { Heartbeat } from "./heartbeat.ts";

const LONG_AGO = new Date(2020, 0, 1);

test("names the process, renews the file's time, and is gone at the end", async () => {
  const file = join(temporaryDirectory(), "process.json");
  const heartbeat = new Heartbeat(file, 0.02);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
    pid: process.pid,
    host: hostname(),
    everySeconds: 0.02,
  });
  utimesSync(file, LONG_AGO, LONG_AGO);
  await expect.poll(() => statSync(file).mtimeMs).toBeGreaterThan(LONG_AGO.getTime());
  heartbeat.end();
  expect(existsSync(file)).toBe(false);
});
