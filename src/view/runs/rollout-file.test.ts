import { appendFileSync, closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
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
