import { appendFileSync, closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rolloutLine } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { tinyConfig } from "../../testing/tiny-run.ts";
import { rolloutGroup, rolloutPage } from "./rollout-file.ts";

const config = tinyConfig();

test("pages end between groups and together hold every completion once", async () => {
  const path = join(temporaryDirectory(), "r.jsonl");
  const groups = Array.from({ length: 100 }, (_, problem) =>
    Array.from({ length: 7 }, (_row, i) => `${problem}-${i}`),
  );
  writeFileSync(
    path,
    groups.flatMap((texts, problem) => texts.map((text) => `${rolloutLine(problem, text)}\n`)).join(""),
  );
  const seen: string[] = [];
  let pages = 0;
  for (let from: number | null = 0; from !== null; pages++) {
    const page = await rolloutPage(path, 1, from, config);
    for (const { completions } of page.groups) {
      expect(completions).toHaveLength(7);
      seen.push(...completions.map(({ text }) => text));
    }
    from = page.next;
  }
  expect(seen).toEqual(groups.flat());
  expect(pages).toBeGreaterThan(2);
});

test("the number of pictures is the recorded one, else that of the places in the question, else unknown", async () => {
  const path = join(temporaryDirectory(), "r.jsonl");
  const line = (more: object) => `${JSON.stringify({ ...JSON.parse(rolloutLine(0, "a1")), ...more })}\n`;
  const lines = [
    line({ index: 0, pictures: 3, question: "Which?" }),
    line({ index: 1, question: "Is <image> or <image> right?" }),
    line({ index: 2, question: "Which?" }),
    line({ index: 3, pictures: 0 }),
  ];
  writeFileSync(path, lines.join(""));
  const { groups } = await rolloutPage(path, 1, 0, config);
  expect(groups.map(({ pictures }) => pictures)).toEqual([3, 2, null, 0]);
  expect((await rolloutGroup(path, 1, 0, config)).map(({ pictures }) => pictures)).toEqual([3]);
});

test("a group is found by the offset of its first line alone", async () => {
  const path = join(temporaryDirectory(), "r.jsonl");
  const first = `${rolloutLine(0, "é1")}\n`;
  writeFileSync(path, `${first}${rolloutLine(1, "b1")}\n${rolloutLine(1, "c2")}\n${rolloutLine(2, "d2")}\n`);
  const group = await rolloutGroup(path, 5, Buffer.byteLength(first), config);
  expect(group.map(({ completion, iteration }) => [completion, iteration])).toEqual([
    ["b1", 5],
    ["c2", 5],
  ]);
});

describe("a group that is larger than a page", () => {
  /** A line so long, of a reward. */
  const long = (problem: number, reward: number, bytes: number) => {
    const line = JSON.parse(rolloutLine(problem, "x")) as object;
    return `${JSON.stringify({ ...line, completion: "x".repeat(bytes), reward })}\n`;
  };
  const REWARDS = [1, 1, 1, 1, 0, 0, 0, 0];

  test("in bytes is whole, and so are its advantages and the groups around it", async () => {
    const path = join(temporaryDirectory(), "r.jsonl");
    const group = (problem: number, bytes: number) => REWARDS.map((reward) => long(problem, reward, bytes));
    writeFileSync(path, group(0, 10).join(""));
    const small = (await rolloutPage(path, 1, 0, config)).groups[0];
    const expected = small?.completions.map(({ advantage }) => advantage) ?? [];
    expect(new Set(expected).size).toBe(2);
    writeFileSync(path, [...group(0, 10), ...group(1, 3.3e6), ...group(2, 10)].join(""));
    const page = await rolloutPage(path, 1, 0, config);
    expect(page.groups.map(({ completions, hasSpread }) => [completions.length, hasSpread])).toEqual([
      [8, true],
      [8, true],
    ]);
    const [, large] = page.groups;
    expect(large?.completions.map(({ advantage }) => advantage)).toEqual(expected);
    const whole = await rolloutGroup(path, 1, large?.at ?? 0, config);
    expect(whole.map(({ advantage }) => advantage)).toEqual(expected);
    const last = await rolloutPage(path, 1, page.next ?? 0, config);
    expect([last.groups.map(({ problem }) => problem), last.next]).toEqual([["made-2"], null]);
  });

  test("in completions is whole, and one of thousands says how many it lacks", async () => {
    const path = join(temporaryDirectory(), "r.jsonl");
    const group = (problem: number, count: number) =>
      Array.from({ length: count }, (_, i) => long(problem, i % 2, 1)).join("");
    writeFileSync(path, group(0, 600) + group(1, 5000) + group(2, 2));
    const pages = [await rolloutPage(path, 1, 0, config)];
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
      pages.push(await rolloutPage(path, 1, next, config));
    }
    const groups = pages.flatMap((page) => page.groups);
    expect(groups.map(({ completions, more }) => [completions.length, more])).toEqual([
      [600, 0],
      [4096, 904],
      [2, 0],
    ]);
    for (const { completions } of groups) {
      expect(completions[1]?.advantage).toBeCloseTo(-(completions[0]?.advantage ?? 0), 9);
    }
  });
});

test("a file of five gigabytes is opened at once, and memory stays small", async () => {
  const path = join(temporaryDirectory(), "r.jsonl");
  writeFileSync(path, `${rolloutLine(0, "a1")}\n${rolloutLine(0, "b2")}\n`);
  // The rest is a hole in the file: one line without an end, of five billion bytes.
  const file = openSync(path, "r+");
  ftruncateSync(file, 5e9);
  closeSync(file);
  appendFileSync(path, `\n${rolloutLine(9, "z1")}\n`);
  const before = process.memoryUsage().rss;
  const page = await rolloutPage(path, 1, 0, config);
  expect(page.groups[0]?.completions.map(({ text }) => text)).toEqual(["a1", "b2"]);
  expect(page.size).toBeGreaterThan(5e9);
  expect(page.next).toBeLessThan(1e9);
  const inside = await rolloutPage(path, 1, page.next ?? 0, config);
  expect(inside.next).toBeGreaterThan(page.next ?? 0);
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  const last = await rolloutPage(path, 1, 5e9 - 1000, config);
  expect(last.groups.at(-1)?.completions[0]?.text).toBe("z1");
  expect(last.unreadable).toBe(1);
});
