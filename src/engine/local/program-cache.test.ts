import { expect, test } from "vitest";
import type { Program } from "../../tensor/index.ts";
import { ProgramCache } from "./program-cache.ts";

/** Stands in for programs: remembers what was compiled and released. */
function workshop() {
  const events: string[] = [];
  const compile = (key: string) => async () => {
    events.push(`compile ${key}`);
    const program = { release: async () => void events.push(`release ${key}`) } as unknown as Program;
    return { program, key };
  };
  return { events, compile };
}

test("a program is compiled at first use only", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(2, {});
  const first = await cache.get("a", compile("a"));
  expect(await cache.get("a", compile("a"))).toBe(first);
  expect(events).toEqual(["compile a"]);
});

test("the program used longest ago is released when there are too many", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(2, {});
  for (const key of ["a", "b", "a", "c", "a", "b"]) {
    expect((await cache.get(key, compile(key))).key).toBe(key);
  }
  expect(events).toEqual(["compile a", "compile b", "compile c", "release b", "compile b", "release c"]);
});

test("clearing releases all; they are compiled anew after it", async () => {
  const { events, compile } = workshop();
  const cache = new ProgramCache(3, {});
  await cache.get("a", compile("a"));
  await cache.get("b", compile("b"));
  await cache.clear();
  await cache.get("a", compile("a"));
  expect(events).toEqual(["compile a", "compile b", "release a", "release b", "compile a"]);
});
