import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { MetricTable } from "./metric-table.ts";

const ALL = Number.MAX_SAFE_INTEGER;

async function tableOf(lines: readonly string[]): Promise<MetricTable> {
  const path = join(temporaryDirectory(), "metrics.jsonl");
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  const table = new MetricTable();
  await table.readOn(path);
  return table;
}

test("a run of 200,000 iterations is thinned evenly and keeps its ends", async () => {
  const count = 200_000;
  const lines = Array.from(
    { length: count },
    (_, i) => `{"event":"iteration","iteration":${i + 1},"reward":${i + 1}}`,
  );
  const table = await tableOf(lines);
  const { x = [], columns = {} } = table.events(0, ALL, 1_000_000)["iteration"] ?? {};
  expect(x.length).toBeLessThanOrEqual(65_536);
  expect(x.length).toBeGreaterThan(32_000);
  expect(x[0]).toBe(1);
  expect(x.at(-1)).toBeGreaterThan(count - 8);
  const steps = new Set(x.slice(1).map((at, i) => at - (x[i] ?? 0)));
  expect([...steps]).toEqual([4]);
  expect(columns["reward"]?.mean).toEqual(x);
});

test("a metric that is measured now and then has holes elsewhere", async () => {
  const table = await tableOf([
    '{"event":"iteration","iteration":1,"a":1}',
    '{"event":"iteration","iteration":2,"a":2,"kl":0.5}',
    '{"event":"iteration","iteration":3,"a":3}',
  ]);
  expect(table.events(0, ALL, 10)["iteration"]?.columns).toEqual({
    a: { mean: [1, 2, 3] },
    kl: { mean: [null, 0.5, null] },
  });
});

test("only the iterations asked for are in the buckets", async () => {
  const lines = Array.from(
    { length: 9 },
    (_, i) => `{"event":"iteration","iteration":${i + 1},"a":${i + 1}}`,
  );
  const found = (await tableOf(lines)).events(3, 6, 2)["iteration"];
  const a = { mean: [3.5, 5.5], low: [3, 5], high: [4, 6] };
  expect(found).toEqual({ x: [4, 6], every: 2, columns: { a } });
});

test("buckets of runs of any length end at multiples of a power of two", async () => {
  const lines = Array.from(
    { length: 1500 },
    (_, i) => `{"event":"iteration","iteration":${i + 1},"a":${i + 1}}`,
  );
  const [long, short] = [await tableOf(lines), await tableOf(lines.slice(0, 705))];
  const of = (table: MetricTable) => table.events(0, ALL, 600)["iteration"];
  expect([of(long)?.every, of(short)?.every]).toEqual([4, 2]);
  expect(of(long)?.x.slice(0, 2)).toEqual([4, 8]);
  expect(of(short)?.x.slice(-2)).toEqual([704, 705]);
});

test("a share of nothing is no measurement, nor an accuracy where no answer was judged", async () => {
  const none = { share: 0, low: 0, high: 1, of: 0 };
  const table = await tableOf([
    JSON.stringify({
      event: "iteration",
      iteration: 1,
      parts: none,
      accuracy: 0.5,
      problems: 2,
      unscorable: 2,
    }),
    JSON.stringify({
      event: "evaluation",
      iteration: 1,
      problems: 4,
      unscorable: 4,
      accuracy: 0,
      low: 0,
      high: 1,
      byKind: { sum: none, largest: { share: 0, low: 0, high: 0.5, of: 3 } },
    }),
  ]);
  const { iteration, evaluation } = table.events(0, ALL, 10);
  expect(Object.keys(iteration?.columns ?? {})).toEqual(["parts.of", "accuracy", "problems", "unscorable"]);
  expect(Object.keys(evaluation?.columns ?? {})).toEqual([
    "problems",
    "unscorable",
    "byKind.sum.of",
    "byKind.largest.share",
    "byKind.largest.low",
    "byKind.largest.high",
    "byKind.largest.of",
  ]);
});

test("a file that is overwritten in place by a longer one is another", async () => {
  const path = join(temporaryDirectory(), "metrics.jsonl");
  const line = (iteration: number, a: number) => `{"event":"iteration","iteration":${iteration},"a":${a}}\n`;
  writeFileSync(path, line(1, 0.1) + line(2, 0.2));
  const table = new MetricTable();
  await table.readOn(path);
  writeFileSync(path, line(1, 0.7) + line(2, 0.8) + line(3, 0.9));
  await table.readOn(path);
  expect(table.events(0, ALL, 10)["iteration"]?.columns["a"]?.mean).toEqual([0.7, 0.8, 0.9]);
});

test("records that would fill the memory are cut: columns, events, and objects in objects", async () => {
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`m${i}`, i]));
  const many = Array.from({ length: 50 }, (_, i) => `{"event":"e${i}","iteration":1,"a":1}`);
  const table = await tableOf([
    JSON.stringify({ event: "e0", iteration: 1, ...wide, a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }),
    ...many,
  ]);
  const events = table.events(0, ALL, 10);
  expect(Object.keys(events)).toHaveLength(16);
  expect(Object.keys(events["e0"]?.columns ?? {})).toHaveLength(400);
  expect(table.isCut).toBe(true);
});

test("what is cut is said: numbers of one kind of line, and kinds of lines", async () => {
  const line = (count: number, event = "iteration") =>
    JSON.stringify({
      event,
      iteration: 1,
      ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i])),
    });
  expect((await tableOf([line(400)])).isCut).toBe(false);
  expect((await tableOf([line(401)])).isCut).toBe(true);
  const kinds = (count: number) => Array.from({ length: count }, (_, i) => line(1, `e${i}`));
  expect((await tableOf(kinds(16))).isCut).toBe(false);
  const cut = await tableOf(kinds(17));
  expect(cut.isCut).toBe(true);
  cut.clear();
  expect(cut.isCut).toBe(false);
});

test("of warnings the newest 100 different messages are kept, and forgotten with the file", async () => {
  const path = join(temporaryDirectory(), "metrics.jsonl");
  const line = (message: string, iteration: number) =>
    `${JSON.stringify({ event: "warning", iteration, message })}\n`;
  writeFileSync(path, Array.from({ length: 102 }, (_, i) => line(`warning ${i}`, i)).join(""));
  const table = new MetricTable();
  await table.readOn(path);
  expect(table.warnings).toHaveLength(100);
  expect(table.warnings[0]).toEqual({ message: "warning 2", first: 2, last: 2, times: 1 });
  expect(table.warnings.at(-1)?.message).toBe("warning 101");
  table.clear();
  expect(table.warnings).toEqual([]);
});
