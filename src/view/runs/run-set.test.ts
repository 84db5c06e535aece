import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { madeRun } from "../../testing/made-run.ts";
import { temporaryDirectory } from "../../testing/temporary-directory.ts";
import { KeptNumbers } from "./kept-numbers.ts";
import { Places } from "./places.ts";
import type { Run } from "./run.ts";
import { RunSet } from "./run-set.ts";

const open = async (paths: readonly string[], clock?: () => number, most?: number) =>
  new RunSet(await Places.open(paths, clock), most);
const ids = async (set: RunSet) => (await set.list()).items.map(({ id }) => id);

test("runs inside a directory, each with its warm start behind it, and nothing else", async () => {
  const root = temporaryDirectory();
  madeRun({ path: join(root, "b") });
  madeRun({ path: join(root, "a") });
  madeRun({ path: join(root, "a", "warm-start") });
  mkdirSync(join(root, "notes"));
  expect(await ids(await open([root]))).toEqual(["a", "a/warm-start", "b"]);
});

test("the cells and warm starts of a grid, and a grid beside runs", async () => {
  const root = temporaryDirectory();
  madeRun({ path: join(root, "grid", "cells", "grpo-uniform-0") });
  madeRun({ path: join(root, "grid", "warm-starts", "0") });
  mkdirSync(join(root, "grid", "results"));
  expect(await ids(await open([join(root, "grid")]))).toEqual(["cells/grpo-uniform-0", "warm-starts/0"]);
  madeRun({ path: join(root, "single") });
  expect(await ids(await open([root]))).toEqual([
    "grid/cells/grpo-uniform-0",
    "grid/warm-starts/0",
    "single",
  ]);
});

test("a directory without runs is one that cannot be shown, until there is one", async () => {
  const root = join(temporaryDirectory(), "soon");
  mkdirSync(root);
  let now = 0;
  const set = await open([root], () => now);
  expect((await (await set.list()).items[0]?.summary())?.problem).toMatch(
    /config.json is not there \(yet\), and no run is within 5 levels below: .*soon/,
  );
  madeRun({ path: join(root, "first") });
  now += 2000;
  expect(await ids(set)).toEqual(["first"]);
});

test("a run keeps what has been read of it, and is forgotten once it is gone", async () => {
  const root = temporaryDirectory();
  madeRun({ path: join(root, "kept") });
  madeRun({ path: join(root, "lost") });
  let now = 0;
  const set = await open([root], () => now);
  const kept = await set.find("kept");
  rmSync(join(root, "lost"), { recursive: true });
  now += 2000;
  expect(await ids(set)).toEqual(["kept"]);
  expect(await set.find("kept")).toBe(kept);
  expect(await set.find("lost")).toBeUndefined();
});

test("a run that has just begun is found by its id before the next look is due", async () => {
  const root = temporaryDirectory();
  madeRun({ path: join(root, "old") });
  const set = await open([root], () => 0);
  expect(await ids(set)).toEqual(["old"]);
  madeRun({ path: join(root, "new") });
  expect((await set.find("new"))?.id).toBe("new");
});

test("of many runs the newest are listed, regardless of their names, and an older run is found by its name", async () => {
  const root = temporaryDirectory();
  const names = Array.from({ length: 12 }, (_, i) => `run-${String(i).padStart(2, "0")}`);
  for (const [i, name] of names.entries()) {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, "config.json"), "{}");
    // The newest are 05, 04, 03, …, and then 11, 10, …
    const time = 1_000_000 + (i < 6 ? 100 + i : i);
    utimesSync(join(root, name, "config.json"), time, time);
  }
  const set = await open([root], () => 0, 4);
  const list = async (named: readonly string[] = []) => {
    const { items, older } = await set.list(named);
    return [items.map(({ id }) => id), older];
  };
  expect(await list()).toEqual([["run-02", "run-03", "run-04", "run-05"], 8]);
  expect(await list(["run-09", "none"])).toEqual([["run-02", "run-03", "run-04", "run-05", "run-09"], 7]);
  expect((await set.find("run-11"))?.path).toBe(join(root, "run-11"));
  expect(await set.find("none")).toBeUndefined();
});

test("a list has at most 500 runs, and says how many are left out", async () => {
  const root = temporaryDirectory();
  for (let i = 0; i < 503; i++) {
    mkdirSync(join(root, `r${i}`));
    writeFileSync(join(root, `r${i}`, "config.json"), "{}");
  }
  const { items, older } = await (await open([root])).list();
  expect([items.length, older]).toEqual([500, 3]);
});

describe("memory", () => {
  /** A set of four runs with their ids, and the iterations whose numbers it holds of each. */
  async function four(mostTables?: number) {
    const root = temporaryDirectory();
    const names = ["a", "b", "c", "d"];
    for (const name of names) madeRun({ path: join(root, name), completions: [] });
    const numbers = new KeptNumbers(mostTables);
    const set = new RunSet(await Places.open([root]), 4, numbers);
    const held = ({ items }: { readonly items: readonly Run[] }) =>
      items.map((run) => numbers.metrics(run).events(0, 9, 9)["iteration"]?.x.length ?? 0);
    return { set, names, held };
  }

  test("a list reads how far its runs are, and holds no numbers of them", async () => {
    const { set, held } = await four();
    const list = await set.list();
    const summaries = await Promise.all(list.items.map((run) => run.summary()));
    expect(summaries.map(({ reached }) => reached)).toEqual([3, 3, 3, 3]);
    expect(held(list)).toEqual([0, 0, 0, 0]);
  });

  test("only the runs used last keep their numbers; another's are read again", async () => {
    const { set, names, held } = await four(2);
    const columns = async (name: string) =>
      (await (await set.find(name))?.metrics(0, 9, 9))?.events["iteration"]?.columns["reward"]?.mean;
    for (const name of names) expect(await columns(name)).toEqual([0.1, 0.2, 0.3]);
    const list = await set.list();
    expect(held({ items: list.items.slice(2) })).toEqual([3, 3]);
    expect(held({ items: list.items.slice(0, 2) })).toEqual([0, 0]);
    expect(await columns("a")).toEqual([0.1, 0.2, 0.3]);
  });

  test("a run that has fallen out of the list is forgotten after as many others as a list has", async () => {
    const root = temporaryDirectory();
    for (const name of ["a", "b", "c"]) madeRun({ path: join(root, name), completions: [] });
    const set = await open([root], () => 0, 1);
    const old = await set.find("a");
    await set.find("b");
    expect(await set.find("a")).toBe(old);
    for (const name of ["b", "c"]) await set.find(name);
    expect(await set.find("a")).not.toBe(old);
  });
});
