import { appendFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricsLine } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { MetricsEnd } from "./metrics-end.ts";

const fileOf = (text: string) => {
  const path = join(temporaryDirectory(), "metrics.jsonl");
  writeFileSync(path, text);
  return path;
};
const endOf = (text: string) => new MetricsEnd().read(fileOf(text));

test("the last whole line says how far the run is; a line that is being written does not", async () => {
  const whole = `${metricsLine(1)}\n${metricsLine(2)}\n`;
  expect(await endOf(whole)).toEqual({ reached: 2, metricsBytes: whole.length });
  expect(await endOf(whole + metricsLine(3).slice(0, 30))).toEqual({
    reached: 2,
    metricsBytes: whole.length,
  });
  expect(await endOf("")).toEqual({ reached: 0, metricsBytes: 0 });
  expect(await endOf(metricsLine(1))).toEqual({ reached: 0, metricsBytes: 0 });
});

test("lines that cannot be read are passed over, however long they are", async () => {
  const torn = `{"event":"iteration","iter\n${"\0".repeat(4096)}\n\n{"event":"note"}\n[3]\n`;
  expect((await endOf(`${metricsLine(7)}\n${torn}`)).reached).toBe(7);
  for (const length of [20_000, 300_000]) {
    const text = `${metricsLine(8)}\n${"é".repeat(length)}\n`;
    expect(await endOf(text)).toEqual({ reached: 8, metricsBytes: Buffer.byteLength(text) });
  }
  expect((await endOf(torn)).reached).toBe(0);
});

test("a file that grows, becomes shorter or is overwritten is read again", async () => {
  const path = fileOf(`${metricsLine(1)}\n`);
  const end = new MetricsEnd();
  const reached = async () => (await end.read(path)).reached;
  expect(await reached()).toBe(1);
  appendFileSync(path, `${metricsLine(2)}\n`);
  expect(await reached()).toBe(2);
  truncateSync(path, metricsLine(1).length + 1);
  expect(await reached()).toBe(1);
  writeFileSync(path, `${metricsLine(3)}\n${metricsLine(4)}\n`);
  expect(await reached()).toBe(4);
});

test("only the end of a long file is read", async () => {
  const end = `\n${metricsLine(9)}\n`;
  const path = fileOf(end);
  // A sparse file of 8 GiB: more than can be read into one array.
  truncateSync(path, 8 * 2 ** 30);
  appendFileSync(path, end);
  expect(await new MetricsEnd().read(path)).toEqual({ reached: 9, metricsBytes: 8 * 2 ** 30 + end.length });
});
